package org.wardfl.cli.model;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.wardfl.algo.model.ModelSummary;
import org.wardfl.algo.model.TensorSummary;
import org.wardfl.algo.model.TensorSummary.Range;
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
      var summary = ModelSummary.of(model);
      var out = spec.commandLine().getOut();
      out.print(common.json() ? Json.document(json(summary)) : text(summary));
      out.flush();
      return 0;
    } catch (IOException e) {
      throw ModelCommand.unreadable(file.toString(), e);
    }
  }

  private static String text(ModelSummary summary) {
    var table = new TextTable("tensor", "type", "shape", "role", "min", "max", "mean", "norm");
    for (var tensor : summary.tensors()) {
      table.row(
          tensor.spec().name(),
          tensor.spec().dtype().toString(),
          tensor.spec().shape().toString(),
          ModelCommand.role(tensor.spec()),
          number(tensor, Range::min),
          number(tensor, Range::max),
          number(tensor, Range::mean),
          number(tensor, Range::l2Norm) + (tensor.notFinite() > 0 ? " !" : ""));
    }
    var text = new StringBuilder(table.toString());
    summary
        .aliases()
        .forEach((alias, name) -> text.append(alias + " is another name of " + name + "\n"));
    if (summary.notFinite() > 0) {
      text.append(summary.notFinite() + " values are NaN or infinite (tensors marked !)\n");
    }
    return text
        + "%n%d tensors, %d elements (%d of parameters), %d bytes%nsha256 %s%n"
            .formatted(
                summary.tensors().size(),
                summary.elements(),
                summary.parameters(),
                summary.fileBytes(),
                summary.hash().hex());
  }

  private static String number(TensorSummary tensor, ToDoubleFunction<Range> which) {
    return tensor
        .range()
        .map(range -> String.format(Locale.ROOT, "%.5g", which.applyAsDouble(range)))
        .orElse("-");
  }

  private static Map<String, Object> json(ModelSummary summary) {
    var json = new LinkedHashMap<String, Object>();
    json.put("sha256", summary.hash().hex());
    json.put("bytes", summary.fileBytes());
    json.put("elements", summary.elements());
    json.put("parameters", summary.parameters());
    json.put("aliases", summary.aliases());
    json.put("metadata", summary.metadata());
    json.put("tensors", summary.tensors().stream().map(ShowCommand::json).toList());
    return json;
  }

  private static Map<String, Object> json(TensorSummary tensor) {
    var json = ModelCommand.json(tensor.spec());
    json.put("min", tensor.range().map(Range::min));
    json.put("max", tensor.range().map(Range::max));
    json.put("mean", tensor.range().map(Range::mean));
    json.put("norm", tensor.range().map(range -> ModelCommand.finite(range.l2Norm())));
    json.put("notFinite", tensor.notFinite());
    return json;
  }
}
