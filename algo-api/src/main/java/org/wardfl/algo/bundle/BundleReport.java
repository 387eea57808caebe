package org.wardfl.algo.bundle;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wardfl.algo.bundle.expression.Expression;
import org.wardfl.algo.bundle.expression.ExpressionException;
import org.wardfl.algo.bundle.expression.SiteFiles;
import org.wardfl.algo.bundle.plan.PlanReader;

/// What a bundle is, whether it can be trained in a federation, and with which engine.
///
/// @param name of its folder
/// @param metadata what it says of itself; empty if that cannot be read
/// @param configs its configuration files
/// @param findings what is wrong, errors first
/// @param obstacles why it cannot be trained in a federation; none if it can
/// @param notNative pieces that only MONAI has, by their ids; none if the native engine has all
/// @param opaque how many expressions of the training configuration are not plain data, of how many
/// @param ownCode Python files that it brings, which a site has to allow
public record BundleReport(
    String name,
    Optional<Metadata> metadata,
    List<String> configs,
    List<Finding> findings,
    List<String> obstacles,
    List<String> notNative,
    Opaque opaque,
    List<String> ownCode) {

  private static final List<String> REQUIRED =
      List.of(
          "bundle_root",
          "device",
          "dataset_dir",
          "network_def",
          "train::trainer",
          "train::dataset",
          "train::trainer::max_epochs");

  /// Copies.
  public BundleReport {
    configs = List.copyOf(configs);
    findings = List.copyOf(findings);
    obstacles = List.copyOf(obstacles);
    notNative = List.copyOf(notNative);
    ownCode = List.copyOf(ownCode);
  }

  /// Expressions that stay opaque.
  ///
  /// @param expressions all of the training configuration
  /// @param opaque those that are not plain data and are left to MONAI
  public record Opaque(int expressions, int opaque) {}

  /// Whether nothing is wrong that forbids using it.
  public boolean isUsable() {
    return findings.stream().noneMatch(finding -> finding.level() == Finding.Level.ERROR);
  }

  /// Whether it can be trained in a federation, in MONAI at least.
  public boolean isTrainable() {
    return isUsable() && obstacles.isEmpty();
  }

  /// Whether the native engine has every piece that its training and its scoring need.
  public boolean isNative() {
    return isTrainable() && notNative.isEmpty();
  }

  /// Looks at a bundle. What is wrong with it is in the report; nothing of it is run.
  ///
  /// @param overrides what a site lays over the training configuration, by id
  /// @throws IOException if it cannot be read
  public static BundleReport of(BundleFiles files, Map<String, Node> overrides) throws IOException {
    return new Look(files).report(overrides);
  }

  private static final class Look {

    private final BundleFiles files;
    private final List<Finding> findings = new ArrayList<>();
    private final List<String> obstacles = new ArrayList<>();
    private List<String> notNative = List.of();
    private int expressions;
    private int opaque;

    Look(BundleFiles files) {
      this.files = files;
    }

    BundleReport report(Map<String, Node> overrides) throws IOException {
      var metadata = metadata();
      layout();
      var configs =
          files.sizes().keySet().stream()
              .filter(name -> name.matches("configs/[^/]+\\.(json|yaml|yml)"))
              .filter(name -> !name.equals("configs/metadata.json"))
              .toList();
      var train = configuration(configs, "train");
      if (train.isPresent()) {
        training(train.get(), configuration(configs, "evaluate"), overrides);
      } else {
        obstacles.add("there is no configs/train.json or train.yaml: it has nothing to train with");
      }
      for (var config : configs) {
        if (!config.equals(train.orElse(""))) {
          read(config);
        }
      }
      findings.sort(java.util.Comparator.comparing(Finding::level));
      return new BundleReport(
          files.name(),
          metadata,
          configs,
          findings,
          obstacles,
          notNative,
          new Opaque(expressions, opaque),
          files.sizes().keySet().stream().filter(name -> name.endsWith(".py")).toList());
    }

    private static Optional<String> configuration(List<String> configs, String stem) {
      return configs.stream()
          .filter(name -> name.matches("configs/" + stem + "\\.\\w+"))
          .findFirst();
    }

    private Optional<Metadata> metadata() throws IOException {
      try {
        var root = Config.mapping(files, "configs/metadata.json");
        return Optional.of(Metadata.read(root, findings));
      } catch (BundleException e) {
        findings.add(
            Finding.error("configs/metadata.json", e.getMessage() + "; every bundle needs one"));
        return Optional.empty();
      }
    }

    private void layout() {
      if (!files.has("LICENSE")) {
        findings.add(Finding.error("LICENSE", "missing: nobody knows whether it may be used"));
      }
      if (!files.has("models/model.pt")) {
        findings.add(
            Finding.warn("models/model.pt", "missing: training starts from random weights"));
      }
    }

    /// Only the training configuration decides; others may be kept for other tools.
    private void read(String config) throws IOException {
      try {
        Config.mapping(files, config);
      } catch (BundleException e) {
        findings.add(Finding.warn(config, String.valueOf(e.getMessage())));
      }
    }

    private void training(String file, Optional<String> evaluate, Map<String, Node> overrides)
        throws IOException {
      Config config;
      Optional<Config> evaluation = Optional.empty();
      try {
        config = Config.read(files, List.of(file), overrides);
        if (evaluate.isPresent()) {
          evaluation = Optional.of(Config.read(files, List.of(file, evaluate.get()), overrides));
        }
      } catch (BundleException e) {
        findings.add(Finding.error(file, String.valueOf(e.getMessage())));
        return;
      }
      for (var id : REQUIRED) {
        if (reached(config, id).isEmpty()) {
          obstacles.add(file + " has no " + id);
        }
      }
      if (evaluation.isEmpty() || reached(evaluation.get(), "validate::evaluator").isEmpty()) {
        findings.add(
            Finding.warn(
                file,
                "no configs/evaluate.json with a validate::evaluator: the received model cannot be"
                    + " scored"));
      }
      notNative = PlanReader.read(config, evaluation).missing();
      var references = config.checkReferences(file, "");
      findings.addAll(references);
      var resolution = new Resolution(config, SiteFiles.NONE);
      config.forEach(
          "",
          (id, node) -> {
            if (node instanceof Node.Text(var text) && text.startsWith("$")) {
              expressions++;
              opaque += Expression.isPlain(text.substring(1)) ? 0 : 1;
              if (references.isEmpty()) {
                evaluate(file, id, resolution);
              }
            }
            if (node instanceof Node.Mapping(var members)) {
              part(file, id, members);
            }
          });
    }

    private void evaluate(String file, String id, Resolution resolution) {
      try {
        var _ = resolution.value(id);
      } catch (ExpressionException e) {
        if (e.isWrong()) {
          findings.add(Finding.warn(file + " " + id, "fails in Python: " + e.getMessage()));
        }
      }
    }

    private void part(String file, String id, Map<String, Node> members) {
      if (members.get("pretrained") instanceof Node.Truth(boolean wanted) && wanted) {
        findings.add(
            Finding.warn(file + " " + id, "pretrained: it would download weights at the hospital"));
      }
    }

    /// An id whose parents may be references.
    private static Optional<Node> reached(Config config, String id) {
      var path = id;
      for (int at = id.indexOf("::"); at >= 0; at = id.indexOf("::", at + 2)) {
        var parent = config.get(id.substring(0, at));
        if (parent.isPresent()
            && parent.get() instanceof Node.Text(var text)
            && text.startsWith("@")) {
          path = text.substring(1) + id.substring(at);
        }
      }
      return config.follow(path);
    }
  }
}
