package org.wardfl.gpu.tabular;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.wardfl.algo.ClientAlgo;
import org.wardfl.algo.conformance.ClientAlgoConformance;

/// The kit on a perceptron with kept optimizer state.
class TorchTabularConformanceTest extends ClientAlgoConformance {

  @BeforeEach
  void write() throws IOException {
    var rows = new StringBuilder("a,b,y,split\n");
    for (int i = 0; i < 40; i++) {
      rows.append(i % 7).append(',').append(i * i % 11).append(',').append(i % 7 > 3 ? 1 : 0);
      rows.append(i % 5 == 4 ? ",test\n" : ",train\n");
    }
    Files.writeString(file(), rows);
  }

  private Path file() throws IOException {
    return Files.createDirectories(folder.resolve("data")).resolve("site.csv");
  }

  @Override
  protected ClientAlgo create() {
    return new TorchTabularFactory().create();
  }

  @Override
  protected Map<String, Object> arguments() {
    return Map.of(
        "layers",
        List.of(5L),
        "learning_rate",
        0.1,
        "optimizer",
        "adam",
        "local_epochs",
        3L,
        "batch_size",
        8L,
        "optimizer_state",
        "keep");
  }

  @Override
  protected Map<String, Object> dataSettings() {
    return Map.of("label", "y");
  }

  @Override
  protected Optional<Path> data() {
    return Optional.of(folder.resolve("data").resolve("site.csv"));
  }
}
