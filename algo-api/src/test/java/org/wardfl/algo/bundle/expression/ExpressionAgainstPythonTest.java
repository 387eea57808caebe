package org.wardfl.algo.bundle.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The same expressions in Java and in Python: the same values, bit for bit, and errors for errors.
@Timeout(120)
class ExpressionAgainstPythonTest {

  private static final String PYTHON = "/usr/bin/python3";
  private static final int COUNT = 20_000;
  private static final String REFERENCES =
      """
      {"count": 3, "rate": 0.1, "flag": true, "names": ["ct", "mr", "a/b"],
       "lengths": [4, 1, 7], "table": {"ct": 1, "mr": [2]}}\
      """;
  private static final Map<String, Value> VALUES =
      Map.of(
          "count", whole(3),
          "rate", new Value.Real(0.1),
          "flag", new Value.Truth(true),
          "names", new Value.Items(List.of(text("ct"), text("mr"), text("a/b"))),
          "lengths", new Value.Items(List.of(whole(4), whole(1), whole(7))),
          "table", new Value.Mapping(members()));

  @TempDir private Path folder;

  @Test
  void generatedExpressionsHaveThePythonsValues() throws Exception {
    assumeTrue(Files.isExecutable(Path.of(PYTHON)), () -> "there is no " + PYTHON);
    long seed = Long.getLong("ward.seed", System.nanoTime());
    System.out.println("ward.seed=" + seed);
    var maker = new ExpressionMaker(new Random(seed));
    var expressions = new LinkedHashSet<String>();
    while (expressions.size() < COUNT) {
      expressions.add(maker.next());
    }
    var python = python(expressions);
    var opaque = new TreeMap<String, Integer>();
    int failed = 0;
    int at = 0;
    for (var expression : expressions) {
      var wanted = python.get(at++);
      String found;
      try {
        found = form(value(expression));
      } catch (ExpressionException e) {
        if (!e.isWrong()) {
          opaque.merge(String.valueOf(e.getMessage()), 1, Integer::sum);
          continue;
        }
        found = "E";
        failed++;
      }
      assertThat(found).as("seed %d: %s", seed, expression).isEqualTo(wanted);
    }
    int left = opaque.values().stream().mapToInt(Integer::intValue).sum();
    System.out.println(
        COUNT + " expressions: " + failed + " fail in both, " + left + " opaque " + opaque);
    assertThat(left).as(opaque.toString()).isLessThan(COUNT / 10);
    assertThat(failed).isLessThan(COUNT * 3 / 4);
  }

  private List<String> python(Set<String> expressions) throws Exception {
    var script = folder.resolve("evaluate.py");
    try (var source = ExpressionAgainstPythonTest.class.getResourceAsStream("evaluate.py")) {
      Files.copy(Objects.requireNonNull(source), script);
    }
    var input = folder.resolve("expressions");
    Files.write(input, expressions);
    var output = folder.resolve("values");
    var process =
        new ProcessBuilder(PYTHON, script.toString(), REFERENCES)
            .redirectInput(input.toFile())
            .redirectOutput(output.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertThat(process.waitFor()).isZero();
    return new ArrayList<>(Files.readAllLines(output, StandardCharsets.UTF_8));
  }

  private static Value value(String expression) throws ExpressionException {
    return Expression.parse(expression)
        .value(id -> Objects.requireNonNull(VALUES.get(id), id), SiteFiles.NONE, new Budget());
  }

  private static String form(Value value) {
    return switch (value) {
      case Value.Nothing _ -> "N";
      case Value.Truth(boolean truth) -> truth ? "B1" : "B0";
      case Value.Whole(long number) -> "I" + number;
      case Value.Real(double number) ->
          Double.isNaN(number) ? "Fnan" : "F%016x".formatted(Double.doubleToRawLongBits(number));
      case Value.Text(var text) ->
          "S\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\t", "\\t") + "\"";
      case Value.Items(var elements) -> form(elements, "[", "]");
      case Value.Fixed(var elements) -> form(elements, "(", ")");
      case Value.Mapping(var members) -> {
        var all = new StringJoiner(",", "{", "}");
        members.forEach((key, member) -> all.add(form(key) + ":" + form(member)));
        yield all.toString();
      }
      case Value.Range(long start, long stop, long step) -> "R" + start + "," + stop + "," + step;
      case Value.Once(var elements) -> "O" + form(elements, "[", "]");
      case Value.Made _, Value.Unknown _ -> "?";
    };
  }

  private static String form(List<Value> elements, String open, String close) {
    var all = new StringJoiner(",", open, close);
    elements.forEach(element -> all.add(form(element)));
    return all.toString();
  }

  private static Value whole(long number) {
    return new Value.Whole(number);
  }

  private static Value text(String text) {
    return new Value.Text(text);
  }

  private static Map<Value, Value> members() {
    var members = new java.util.LinkedHashMap<Value, Value>();
    members.put(text("ct"), whole(1));
    members.put(text("mr"), new Value.Items(List.of(whole(2))));
    return members;
  }
}
