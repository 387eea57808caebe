package org.wardfl.cli.model;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.wardfl.algo.model.ModelFile;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.algo.model.TensorSummary;
import org.wardfl.cli.CommonOptions;
import org.wardfl.cli.TextTable;
import org.wardfl.proto.json.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `ward model show FILE`.
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description = "List a model's tensors with their types, shapes and ranges of values.",
    footerHeading = "%nExample:%n",
    footer = "  ward model show workspace/breast-cancer-fedavg/run-001/model.safetensors")
public final class ShowCommand implements Callable<Integer> {

  @Parameters(paramLabel = "FILE", description = "A safetensors file.")
  private Path file;

  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  /// For picocli, which sets the fields.
  @SuppressWarnings("NullAway.Init")
  public ShowCommand() {}

  @Override
  public Integer call() {
    try (var model = ModelCommand.open(file)) {
      var tensors = new ArrayList<TensorSummary>();
      for (var tensor : model.specs()) {
        tensors.add(TensorSummary.of(model, tensor));
      }
      var hash = ModelWriter.hash(file).hex();
      var out = spec.commandLine().getOut();
      out.print(
          common.json() ? Json.document(json(model, tensors, hash)) : text(model, tensors, hash));
      out.flush();
      return 0;
    } catch (IOException e) {
      throw ModelCommand.unreadable(file, e);
    }
  }

  private static long elements(List<TensorSummary> tensors) {
    return tensors.stream().mapToLong(tensor -> tensor.spec().shape().elements()).sum();
  }

  private static String text(ModelFile model, List<TensorSummary> tensors, String hash) {
    var table = new TextTable("tensor", "type", "shape", "role", "min", "max", "mean", "norm");
    for (var tensor : tensors) {
      table.row(
          tensor.spec().name(),
          tensor.spec().dtype().toString(),
          tensor.spec().shape().toString(),
          tensor.spec().role().toString().toLowerCase(Locale.ROOT),
          number(tensor.min()),
          number(tensor.max()),
          number(tensor.mean()),
          number(tensor.norm()) + (tensor.notFinite() > 0 ? " !" : ""));
    }
    var text = new StringBuilder(table.toString());
    model
        .aliases()
        .forEach((alias, name) -> text.append(alias + " is another name of " + name + "\n"));
    long broken = tensors.stream().mapToLong(TensorSummary::notFinite).sum();
    if (broken > 0) {
      text.append(broken + " values are NaN or infinite (tensors marked !)\n");
    }
    return text
        + "%n%d tensors, %d elements, %d bytes%nsha256 %s%n"
            .formatted(tensors.size(), elements(tensors), model.fileBytes(), hash);
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.5g", value);
  }

  private static Map<String, Object> json(
      ModelFile model, List<TensorSummary> tensors, String hash) {
    var json = new LinkedHashMap<String, Object>();
    json.put("sha256", hash);
    json.put("bytes", model.fileBytes());
    json.put("elements", elements(tensors));
    json.put("aliases", model.aliases());
    json.put(
        "tensors",
        tensors.stream()
            .map(tensor -> {
              var entry = new LinkedHashMap<String, Object>();
              entry.put("name", tensor.spec().name());
              entry.put("dtype", tensor.spec().dtype().toString());
              entry.put("shape", tensor.spec().shape().toString());
              entry.put("role", tensor.spec().role().toString().toLowerCase(Locale.ROOT));
              entry.put("min", finite(tensor.min()));
              entry.put("max", finite(tensor.max()));
              entry.put("mean", finite(tensor.mean()));
              entry.put("norm", tensor.norm());
              entry.put("notFinite", tensor.notFinite());
              return entry;
            })
            .toList());
    return json;
  }

  private static java.util.Optional<Double> finite(double value) {
    return Double.isFinite(value) ? java.util.Optional.of(value) : java.util.Optional.empty();
  }
}
