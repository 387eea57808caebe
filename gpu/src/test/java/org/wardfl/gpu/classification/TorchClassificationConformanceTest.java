package org.wardfl.gpu.classification;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.wardfl.algo.AlgoContext;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.ClientAlgoFactory;
import org.wardfl.algo.conformance.ClientAlgoConformance;

/// The kit on a small network of convolutions.
class TorchClassificationConformanceTest extends ClientAlgoConformance {

  // Not a temporary folder: a second JVM must find the same files without being told where.
  private static final Path FOLDER = Path.of("target", "test-data", "classification");

  @BeforeAll
  static void write() throws IOException {
    if (!Files.exists(FOLDER.resolve("empty"))) {
      Stripes.write(FOLDER.resolve("site"), 20, 8);
      Stripes.write(FOLDER.resolve("empty"), 0, 0);
    }
  }

  @Override
  public ClientAlgoFactory factory() {
    return new TorchClassificationFactory();
  }

  @Override
  public Arguments arguments() {
    return new Arguments(new TreeMap<>(Stripes.arguments()));
  }

  @Override
  public AlgoContext.DataBinding data() {
    return pictures("site");
  }

  @Override
  public Optional<AlgoContext.DataBinding> emptyData() {
    return Optional.of(pictures("empty"));
  }

  @Override
  public List<String> jvmOptions() {
    var cache = Path.of(System.getProperty("DJL_CACHE_DIR", "target/djl")).toAbsolutePath();
    return List.of("-DDJL_CACHE_DIR=" + cache);
  }

  private static AlgoContext.DataBinding pictures(String name) {
    return new AlgoContext.DataBinding(
        "pictures", Optional.of(FOLDER.resolve(name)), Arguments.none());
  }
}
