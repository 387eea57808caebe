package org.wardfl.gpu.segmentation;

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

/// The kit on a small U-Net with kept optimizer state.
class TorchSegmentationConformanceTest extends ClientAlgoConformance {

  // Not a temporary folder: a second JVM must find the same files without being told where.
  private static final Path FOLDER = Path.of("target", "test-data", "segmentation");

  @BeforeAll
  static void write() throws IOException {
    if (!Files.exists(FOLDER.resolve("empty"))) {
      Spheres.write(FOLDER.resolve("site"), 2, 1);
      Spheres.write(FOLDER.resolve("empty"), 0, 0);
    }
  }

  @Override
  public ClientAlgoFactory factory() {
    return new TorchSegmentationFactory();
  }

  @Override
  public Arguments arguments() {
    return new Arguments(new TreeMap<>(Spheres.arguments()));
  }

  @Override
  public AlgoContext.DataBinding data() {
    return volumes("site");
  }

  @Override
  public Optional<AlgoContext.DataBinding> emptyData() {
    return Optional.of(volumes("empty"));
  }

  @Override
  public List<String> jvmOptions() {
    var cache = Path.of(System.getProperty("DJL_CACHE_DIR", "target/djl")).toAbsolutePath();
    return List.of("-DDJL_CACHE_DIR=" + cache);
  }

  private static AlgoContext.DataBinding volumes(String name) {
    return new AlgoContext.DataBinding(
        "volumes", Optional.of(FOLDER.resolve(name)), Arguments.none());
  }
}
