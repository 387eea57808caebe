package org.wardfl.cli.model;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.wardfl.algo.model.ModelDifference;
import org.wardfl.cli.CommonOptions;
import org.wardfl.cli.TextTable;
import org.wardfl.proto.json.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `ward model diff A B`.
@Command(
    name = "diff",
    mixinStandardHelpOptions = true,
    description = {
      "Compare two models tensor by tensor.",
      "Exit code 0 if they hold the same values, 1 if they differ."
    },
    footerHeading = "%nExample:%n",
    footer = "  ward model diff run-001/model.safetensors run-002/model.safetensors")
public final class DiffCommand implements Callable<Integer> {

  @Parameters(index = "0", paramLabel = "A", description = "A safetensors file.")
  private Path first;

  @Parameters(index = "1", paramLabel = "B", description = "Another.")
  private Path second;

  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  /// For picocli, which sets the fields.
  @SuppressWarnings("NullAway.Init")
  public DiffCommand() {}

  @Override
  public Integer call() {
    try (var a = ModelCommand.open(first);
        var b = ModelCommand.open(second)) {
      var difference = ModelDifference.of(a, b);
      var out = spec.commandLine().getOut();
      out.print(common.json() ? Json.document(json(difference)) : text(difference));
      out.flush();
      return difference.isEmpty() ? 0 : 1;
    } catch (IOException e) {
      throw ModelCommand.unreadable(first.resolveSibling(second), e);
    }
  }

  private static String text(ModelDifference difference) {
    var text = new StringBuilder();
    difference.onlyInFirst().forEach(name -> text.append("only in A: " + name + "\n"));
    difference.onlyInSecond().forEach(name -> text.append("only in B: " + name + "\n"));
    difference.otherForm().forEach(line -> text.append("another form: " + line + "\n"));
    if (!difference.changed().isEmpty()) {
      var table = new TextTable("tensor", "differing", "largest", "norm", "relative");
      for (var change : difference.changed()) {
        table.row(
            change.name(),
            Long.toString(change.elements()),
            number(change.largest()),
            number(change.norm()),
            number(change.relative()));
      }
      text.append(table);
    }
    text.append(
        difference.isEmpty()
            ? "the same values in all " + difference.equal() + " tensors\n"
            : difference.equal() + " tensors with the same values\n");
    return text.toString();
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.5g", value);
  }

  private static Map<String, Object> json(ModelDifference difference) {
    var json = new LinkedHashMap<String, Object>();
    json.put("same", difference.isEmpty());
    json.put("onlyInFirst", difference.onlyInFirst());
    json.put("onlyInSecond", difference.onlyInSecond());
    json.put("otherForm", difference.otherForm());
    json.put("equal", difference.equal());
    json.put(
        "changed",
        difference.changed().stream()
            .map(change -> {
              var entry = new LinkedHashMap<String, Object>();
              entry.put("name", change.name());
              entry.put("elements", change.elements());
              entry.put("largest", text(change.largest()));
              entry.put("norm", text(change.norm()));
              entry.put("relative", text(change.relative()));
              return entry;
            })
            .toList());
    return json;
  }

  // JSON has no NaN and no infinity.
  private static Object text(double value) {
    return Double.isFinite(value) ? (Object) value : Double.toString(value);
  }
}
