package org.wardfl.gpu.bundle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.wardfl.algo.AlgoContext;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.ClientAlgoFactory;
import org.wardfl.algo.conformance.ClientAlgoConformance;

/// The bundle of `examples/monai-bundle`, natively: all that is asked of every algorithm.
class BundleConformanceTest extends ClientAlgoConformance {

  private static final Path EXAMPLE = Path.of("..", "examples", "monai-bundle");
  private static final Path FOLDER = Path.of("target", "bundle-conformance");

  @BeforeAll
  static void write() throws IOException {
    if (!Files.exists(FOLDER.resolve("empty"))) {
      Cubes.write(FOLDER.resolve("site"), 4, 16);
      Cubes.write(FOLDER.resolve("empty"), 0, 16);
    }
  }

  @Override
  public ClientAlgoFactory factory() {
    return new BundleFactory();
  }

  @Override
  public Arguments arguments() {
    return new Arguments(new TreeMap<>(Map.of("bundle", "spheres")));
  }

  @Override
  public Optional<Path> jobFolder() {
    return Optional.of(EXAMPLE);
  }

  @Override
  public AlgoContext.DataBinding data() {
    return binding("site");
  }

  @Override
  public Optional<AlgoContext.DataBinding> emptyData() {
    return Optional.of(binding("empty"));
  }

  @Override
  public List<String> jvmOptions() {
    var cache = Path.of(System.getProperty("DJL_CACHE_DIR", "target/djl")).toAbsolutePath();
    return List.of("-DDJL_CACHE_DIR=" + cache);
  }

  private static AlgoContext.DataBinding binding(String name) {
    return new AlgoContext.DataBinding(
        "spheres", Optional.of(FOLDER.resolve(name)), Arguments.none());
  }
}
