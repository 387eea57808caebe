package org.wardfl.proto.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonReaderTest {

  @Test
  void whatIsWrittenIsReadAgain() {
    var value = new LinkedHashMap<String, Object>();
    value.put("text", "a \"b\" \\ \n \u2028 \ud83d\ude00 é");
    value.put("whole", -12L);
    value.put("number", 0.1);
    value.put("list", List.of(true, false, List.of(), Map.of()));
    assertThat(JsonReader.read(Json.line(value))).isEqualTo(value);
    assertThat(JsonReader.read(Json.document(value))).isEqualTo(value);
  }

  @Test
  void everyKindOfValueIsRead() {
    assertThat(JsonReader.readObject(" {\"a\": [null, 1.5e2, \"\\u00e9\\/\"]} "))
        .isEqualTo(Map.of("a", Arrays.asList(null, 150.0, "é/")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[1,]",
        "{\"a\":1,}",
        "{\"a\":1,\"a\":2}",
        "01",
        "1.",
        "NaN",
        "Infinity",
        "1e999",
        "\"\u0001\"",
        "\"\\x\"",
        "\"\\u12g4\"",
        "tru",
        "1 2",
        "{a:1}",
        "'a'",
        "+1"
      })
  void everythingElseIsRefused(String text) {
    assertThatThrownBy(() -> JsonReader.read(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("JSON, character ");
  }

  @Test
  void deepNestingIsRefused() {
    var text = "[".repeat(100_000);
    assertThatThrownBy(() -> JsonReader.read(text)).hasMessageContaining("nesting deeper than");
  }
}
