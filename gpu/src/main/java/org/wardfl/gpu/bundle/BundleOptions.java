package org.wardfl.gpu.bundle;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.bundle.BundleException;
import org.wardfl.algo.bundle.BundleFiles;
import org.wardfl.algo.bundle.BundleWeights;
import org.wardfl.algo.bundle.Config;
import org.wardfl.algo.bundle.Node;
import org.wardfl.algo.bundle.plan.PlanReader;
import org.wardfl.algo.bundle.plan.TrainingPlan;
import org.wardfl.gpu.option.Settings;
import org.wardfl.gpu.training.MethodOptions;
import org.wardfl.gpu.training.TrainingOptions;

/// A bundle and the arguments of a job that runs it natively, checked.
///
/// @param bundle the folder or ZIP file
/// @param plan what it asks for
/// @param train its training configuration, with all overrides
/// @param evaluation its configuration for scoring, if it has one
/// @param training how a task trains
/// @param fromWeights whether the first model is the bundle's own
/// @param cacheBytes how much prepared cases may take up
record BundleOptions(
    Path bundle,
    TrainingPlan plan,
    Config train,
    Optional<Config> evaluation,
    TrainingOptions training,
    boolean fromWeights,
    long cacheBytes) {

  private static final String BUNDLE = "bundle";

  static void checkArguments(Arguments arguments, Arguments data)
      throws AlgoException.Configuration {
    arguments.only(BUNDLE, "overrides", "local_epochs", "optimizer_state", "start", "cache");
    data.only();
    new Settings(arguments).word("start", "untrained", List.of("untrained", "weights"));
  }

  static BundleOptions of(Path jobFolder, Arguments arguments, Arguments data)
      throws AlgoException.Configuration {
    return of(jobFolder, arguments, data, Map.of());
  }

  /// @param site what the site lays over everything else, by id
  static BundleOptions of(
      Path jobFolder, Arguments arguments, Arguments data, Map<String, Node> site)
      throws AlgoException.Configuration {
    checkArguments(arguments, data);
    var settings = new Settings(arguments);
    var path = jobFolder.resolve(arguments.string(BUNDLE)).normalize();
    if (!path.startsWith(jobFolder.normalize())) {
      throw new AlgoException.Configuration("argument `bundle`: it is outside the job folder");
    }
    boolean fromWeights = arguments.string("start", "untrained").equals("weights");
    try (var files = BundleFiles.open(path)) {
      var overrides = new LinkedHashMap<String, Node>();
      var given = arguments.nested("overrides").orElseGet(Arguments::none);
      given.values().forEach((id, value) -> overrides.put(id, node(value)));
      overrides.putAll(site);
      var train = Config.read(files, List.of(configuration(files, "train")), overrides);
      Optional<Config> evaluation = Optional.empty();
      if (has(files, "evaluate")) {
        evaluation =
            Optional.of(
                Config.read(
                    files,
                    List.of(configuration(files, "train"), configuration(files, "evaluate")),
                    overrides));
      }
      if (fromWeights && !files.has(BundleWeights.FILE)) {
        throw new AlgoException.Configuration(
            "argument `start`: the bundle has no " + BundleWeights.FILE + "; expected untrained");
      }
      var plan = plan(train, evaluation);
      return new BundleOptions(
          path,
          plan,
          train,
          evaluation,
          training(plan, settings),
          fromWeights,
          settings.bytes("cache", "1GiB"));
    } catch (BundleException e) {
      throw new AlgoException.Configuration("the bundle cannot be used: " + e.getMessage());
    } catch (IOException e) {
      throw new AlgoException.Configuration(
          "the bundle cannot be read: " + e.getClass().getSimpleName());
    }
  }

  private static TrainingPlan plan(Config train, Optional<Config> evaluation)
      throws AlgoException.Configuration {
    var recognized = PlanReader.read(train, evaluation);
    if (recognized.plan().isEmpty()) {
      throw new AlgoException.Configuration(
          "the native engine lacks "
              + String.join("; ", recognized.missing())
              + "; run the bundle with engine: monai");
    }
    return recognized.plan().get();
  }

  private static boolean has(BundleFiles files, String stem) {
    return List.of("json", "yaml", "yml").stream()
        .anyMatch(end -> files.has("configs/" + stem + "." + end));
  }

  private static String configuration(BundleFiles files, String stem) throws BundleException {
    for (var end : List.of("json", "yaml", "yml")) {
      if (files.has("configs/" + stem + "." + end)) {
        return "configs/" + stem + "." + end;
      }
    }
    throw new BundleException("it has no configs/" + stem + ".json, so it cannot be trained");
  }

  private static Node node(Object value) {
    return switch (value) {
      case String text -> new Node.Text(text);
      case Long number -> new Node.Whole(number);
      case Double number -> new Node.Real(number);
      case Boolean truth -> new Node.Truth(truth);
      case List<?> list -> {
        var elements = new ArrayList<Node>();
        list.forEach(element -> elements.add(node(element)));
        yield new Node.Items(elements);
      }
      case Map<?, ?> map -> {
        var members = new LinkedHashMap<String, Node>();
        map.forEach((name, member) -> members.put(String.valueOf(name), node(member)));
        yield new Node.Mapping(members);
      }
      default -> throw new IllegalArgumentException(value.getClass().getName());
    };
  }

  private static TrainingOptions training(TrainingPlan plan, Settings settings)
      throws AlgoException.Configuration {
    var optimizer = plan.optimizer();
    return new TrainingOptions(
        optimizer.rate(),
        optimizer.momentum(),
        optimizer.decay(),
        optimizer.adam(),
        new TrainingOptions.Epochs(settings.whole("local_epochs", 1, 1, 1_000_000)),
        plan.batchSize(),
        plan.shuffle(),
        settings.word("optimizer_state", "keep", List.of("keep", "reset")).equals("keep"),
        MethodOptions.of(Arguments.none()));
  }
}
