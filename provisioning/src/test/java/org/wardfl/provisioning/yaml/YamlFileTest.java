package org.wardfl.provisioning.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class YamlFileTest {

  @Test
  void valuesHaveTypesAndUnits() throws YamlException {
    var file =
        YamlFile.parse(
            "job.yaml",
            """
            name: x
            rounds: 20
            rate: 5e-2
            on: true
            wait: 1.5h
            memory: 2GiB
            sites: [a, 'b']
            deep: {inner: "7"}
            """);
    assertThat(file.string("name")).isEqualTo("x");
    assertThat(file.integer("rounds")).isEqualTo(20);
    assertThat(file.number("rate")).isEqualTo(0.05);
    assertThat(file.bool("on")).isTrue();
    assertThat(file.duration("wait")).isEqualTo(Duration.ofMinutes(90));
    assertThat(file.bytes("memory")).isEqualTo(2L << 30);
    assertThat(file.strings("sites")).containsExactly("a", "b");
    assertThat(file.mapping("deep").plain()).containsEntry("inner", "7");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a: 1\\na: 2 | f:2: key `a` is given twice, first in line 1",
        "a: !!int 3 | f:1: tags are not allowed",
        "a: &x [1]\\nb: *x | f:1: anchors and aliases are not allowed",
        "- 1 | f:1: expected a mapping",
        "a: [1 | f:1: not YAML",
        "a: 1\\n---\\nb: 2 | not YAML",
        "? [x] : 1 | f:1: a key must be a plain text",
      })
  void hostileTextIsRefusedWithItsLine(String text, String message) {
    assertThatThrownBy(() -> YamlFile.parse("f", text.replace("\\n", "\n")))
        .isInstanceOf(YamlException.class)
        .hasMessageContaining(message);
  }

  @Test
  void invisibleCharactersAndDepthAreRefused() {
    assertThatThrownBy(() -> YamlFile.parse("f", "a: \"x\u202ey\""))
        .hasMessageContaining("U+202E is not allowed");
    assertThatThrownBy(() -> YamlFile.parse("f", "a: " + "[".repeat(40) + "]".repeat(40)))
        .hasMessageContaining("nesting deeper than 32");
  }

  @Test
  void mistakesAreNamedWithASuggestion() throws YamlException {
    var file = YamlFile.parse("job.yaml", "workflow:\n  rouds: 3\n  wait: 30\n  n: x\n");
    var workflow = file.mapping("workflow");
    assertThatThrownBy(() -> workflow.only("rounds", "wait", "n"))
        .hasMessage("job.yaml:2: unknown key `rouds` in workflow; did you mean `rounds`?");
    assertThatThrownBy(() -> workflow.duration("wait"))
        .hasMessage(
            "job.yaml:3: workflow.wait: found '30', expected a duration with its unit, such as 250ms, 30s, 5m, 2h or 7d");
    assertThatThrownBy(() -> workflow.integer("n"))
        .hasMessage("job.yaml:4: workflow.n: found the text 'x', expected a whole number");
    assertThatThrownBy(() -> workflow.string("type"))
        .hasMessage("job.yaml:2: `workflow.type` is missing");
  }
}
