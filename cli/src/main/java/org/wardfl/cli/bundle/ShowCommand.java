package org.wardfl.cli.bundle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.wardfl.algo.bundle.BundleException;
import org.wardfl.algo.bundle.BundleFiles;
import org.wardfl.algo.bundle.BundleReport;
import org.wardfl.algo.bundle.Config;
import org.wardfl.algo.bundle.Finding;
import org.wardfl.algo.bundle.Node;
import org.wardfl.cli.CommandException;
import org.wardfl.cli.CommonOptions;
import org.wardfl.cli.ExitCode;
import org.wardfl.proto.json.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `ward bundle show BUNDLE`.
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description = {
      "Say what a MONAI bundle is, whether it can be trained in a federation, natively or only in"
          + " MONAI, and if not why.",
      "Nothing of the bundle is run. Exit code 0 if it can be used, 2 if it has errors."
    },
    footerHeading = "%nExample:%n",
    footer = "  ward bundle show spleen_ct_segmentation.zip --overrides site.json")
public final class ShowCommand implements Callable<Integer> {

  @Parameters(paramLabel = "BUNDLE", description = "A bundle's folder or ZIP file.")
  private Path bundle;

  @Option(
      names = "--overrides",
      paramLabel = "FILE",
      description = "A site's own values by id (JSON or YAML), laid over the configuration.")
  private List<Path> overrides = List.of();

  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  /// For picocli, which sets the fields.
  @SuppressWarnings("NullAway.Init")
  public ShowCommand() {}

  @Override
  public Integer call() {
    try (var files = BundleFiles.open(bundle)) {
      var report = BundleReport.of(files, overrides());
      var out = spec.commandLine().getOut();
      out.print(common.json() ? Json.document(json(report)) : text(report));
      out.flush();
      return (report.isUsable() ? ExitCode.DONE : ExitCode.WRONG_INPUT).code();
    } catch (BundleException e) {
      throw new CommandException(ExitCode.WRONG_INPUT, String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new CommandException(ExitCode.FAILED, bundle + " cannot be read: " + e.getMessage(), e);
    }
  }

  private Map<String, Node> overrides() throws IOException, BundleException {
    var all = new LinkedHashMap<String, Node>();
    for (var file : overrides) {
      if (!Files.isRegularFile(file)) {
        throw new BundleException("there is no file " + file + "; expected overrides");
      }
      all.putAll(Config.parse(file.toString(), Files.readString(file)).members());
    }
    return all;
  }

  private static String verdict(BundleReport report) {
    if (!report.isUsable()) {
      return "cannot be used: see the errors";
    }
    if (!report.isTrainable()) {
      return "cannot be trained in a federation: " + String.join("; ", report.obstacles());
    }
    return report.isNative()
        ? "can be trained in a federation, natively (engine: native) or in MONAI (engine: monai)"
        : "can be trained in a federation, in MONAI only (engine: monai); the native engine lacks "
            + String.join("; ", report.notNative());
  }

  private static String text(BundleReport report) {
    var lines = new StringBuilder(report.name());
    report
        .metadata()
        .ifPresent(metadata -> {
          lines.append(" ").append(metadata.version()).append('\n');
          line(lines, "task", metadata.task());
          line(lines, "what", metadata.description());
          line(lines, "use", metadata.intendedUse());
          line(lines, "MONAI", metadata.monaiVersion());
          metadata.inputs().forEach((name, form) -> line(lines, "input", name + ": " + form));
          metadata.outputs().forEach((name, form) -> line(lines, "output", name + ": " + form));
        });
    if (report.metadata().isEmpty()) {
      lines.append('\n');
    }
    line(lines, "configs", String.join(", ", report.configs()));
    if (report.opaque().expressions() > 0) {
      line(
          lines,
          "code",
          "%d of %d expressions of the training configuration are Python code, left to MONAI"
              .formatted(report.opaque().opaque(), report.opaque().expressions()));
    }
    if (!report.ownCode().isEmpty()) {
      line(
          lines,
          "own code",
          report.ownCode().size() + " Python files, which each site has to allow");
    }
    for (var finding : report.findings()) {
      line(
          lines,
          finding.level() == Finding.Level.ERROR ? "ERROR" : "warning",
          finding.where() + ": " + finding.what());
    }
    line(lines, "verdict", verdict(report));
    return lines.toString();
  }

  private static void line(StringBuilder lines, String title, String value) {
    if (!value.isEmpty()) {
      var plain = value.replaceAll("\\p{Cntrl}+", " ");
      lines.append("%-9s %s%n".formatted(title, plain));
    }
  }

  private static Map<String, Object> json(BundleReport report) {
    var json = new LinkedHashMap<String, Object>();
    json.put("name", report.name());
    json.put("version", report.metadata().map(metadata -> metadata.version()));
    json.put("task", report.metadata().map(metadata -> metadata.task()));
    json.put("usable", report.isUsable());
    json.put("trainable", report.isTrainable());
    json.put("native", report.isNative());
    json.put("obstacles", report.obstacles());
    json.put("notNative", report.notNative());
    json.put("configs", report.configs());
    json.put("expressions", report.opaque().expressions());
    json.put("opaque", report.opaque().opaque());
    json.put("ownCode", report.ownCode());
    json.put("findings", report.findings().stream().map(ShowCommand::json).toList());
    return json;
  }

  private static Map<String, Object> json(Finding finding) {
    var json = new LinkedHashMap<String, Object>();
    json.put("level", finding.level().toString());
    json.put("where", finding.where());
    json.put("what", finding.what());
    return json;
  }
}
