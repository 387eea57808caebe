package org.wardfl.client.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutputLinesTest {

  private final List<String> said = new ArrayList<>();

  @Test
  void linesEndAtEitherCharacterAndTheLastNeedsNone() {
    try (var lines = new OutputLines(said::add)) {
      for (var part : List.of("on", "e\ntw", "o\r50%\r\n\nlast")) {
        var bytes = part.getBytes(StandardCharsets.UTF_8);
        lines.add(bytes, bytes.length);
      }
    }
    assertThat(said).containsExactly("one", "two", "50%", "last");
  }

  @Test
  void aLineWithoutEndIsCut() {
    var bytes = "x".repeat(9000).getBytes(StandardCharsets.UTF_8);
    try (var lines = new OutputLines(said::add)) {
      lines.add(bytes, bytes.length);
    }
    assertThat(said).extracting(String::length).containsExactly(4000, 4000, 1000);
  }
}
