package org.wardfl.cli.model;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.wardfl.algo.model.ModelDifference;
import org.wardfl.algo.model.TensorDifference;
import org.wardfl.algo.tensor.TensorSpec;
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
      "Exit code 0 if nothing differs: names, types, shapes, roles, ties, values; 1 if anything does."
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
      var difference = ModelDifference.between(a, b);
      var out = spec.commandLine().getOut();
      out.print(common.json() ? Json.document(json(difference)) : text(difference));
      out.flush();
      return difference.isIdentical() ? 0 : 1;
    } catch (IOException e) {
      throw ModelCommand.unreadable(first + " or " + second, e);
    }
  }

  private static List<TensorDifference> changed(ModelDifference difference) {
    return difference.tensors().stream().filter(tensor -> !tensor.isIdentical()).toList();
  }

  private static String text(ModelDifference difference) {
    var text = new StringBuilder();
    difference.onlyInFirst().forEach(name -> text.append("only in A: " + name + "\n"));
    difference.onlyInSecond().forEach(name -> text.append("only in B: " + name + "\n"));
    difference
        .mismatches()
        .forEach(mismatch ->
            text.append(
                "another form: %s: %s and %s%n"
                    .formatted(mismatch.name(), form(mismatch.first()), form(mismatch.second()))));
    difference
        .ties()
        .forEach(tie ->
            text.append(
                "another tie: %s: %s in A, %s in B%n"
                    .formatted(
                        tie.name(),
                        tied(tie.name(), tie.first()),
                        tied(tie.name(), tie.second()))));
    var changed = changed(difference);
    if (!changed.isEmpty()) {
      var table = new TextTable("tensor", "differing", "largest", "norm", "relative");
      for (var tensor : changed) {
        table.row(
            tensor.name(),
            Long.toString(tensor.differing()),
            number(tensor.maxAbsolute()),
            number(tensor.l2()),
            (tensor.relative().isPresent() ? number(tensor.relative().getAsDouble()) : "-")
                + (tensor.nonFinite() > 0 ? " !" : ""));
      }
      text.append(table);
    }
    long nonFinite = changed.stream().mapToLong(TensorDifference::nonFinite).sum();
    if (nonFinite > 0) {
      text.append(nonFinite + " of the differing values are NaN or infinite (tensors marked !)\n");
    }
    int same = difference.tensors().size() - changed.size();
    text.append(
        difference.isIdentical()
            ? "the same values in all " + same + " tensors\n"
            : same + " tensors with the same values\n");
    return text.toString();
  }

  private static String form(TensorSpec tensor) {
    return tensor.dtype() + tensor.shape().toString() + " " + ModelCommand.role(tensor);
  }

  private static String tied(String name, String to) {
    return name.equals(to) ? "a tensor of its own" : "another name of " + to;
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.5g", value);
  }

  private static Map<String, Object> json(ModelDifference difference) {
    var json = new LinkedHashMap<String, Object>();
    var changed = changed(difference);
    json.put("same", difference.isIdentical());
    json.put("onlyInFirst", difference.onlyInFirst());
    json.put("onlyInSecond", difference.onlyInSecond());
    json.put("otherForm", difference.mismatches().stream().map(DiffCommand::json).toList());
    json.put("ties", difference.ties().stream().map(DiffCommand::json).toList());
    json.put("equal", difference.tensors().size() - changed.size());
    json.put("changed", changed.stream().map(DiffCommand::json).toList());
    return json;
  }

  private static Map<String, Object> json(ModelDifference.Mismatch mismatch) {
    var json = new LinkedHashMap<String, Object>();
    json.put("name", mismatch.name());
    json.put("first", ModelCommand.json(mismatch.first()));
    json.put("second", ModelCommand.json(mismatch.second()));
    return json;
  }

  private static Map<String, Object> json(ModelDifference.Tie tie) {
    var json = new LinkedHashMap<String, Object>();
    json.put("name", tie.name());
    json.put("first", tie.first());
    json.put("second", tie.second());
    return json;
  }

  private static Map<String, Object> json(TensorDifference tensor) {
    var json = new LinkedHashMap<String, Object>();
    json.put("name", tensor.name());
    json.put("elements", tensor.differing());
    json.put("notFinite", tensor.nonFinite());
    json.put("largest", ModelCommand.finite(tensor.maxAbsolute()));
    json.put("norm", ModelCommand.finite(tensor.l2()));
    json.put(
        "relative",
        tensor.relative().isPresent()
            ? Optional.of(ModelCommand.finite(tensor.relative().getAsDouble()))
            : Optional.empty());
    return json;
  }
}
