package org.wardfl.gpu.segmentation;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.wardfl.algo.Arguments;
import org.wardfl.gpu.network.Scripts;

/// The kit on a network that the job brings, with a layer that DJL does not have: a transposed
/// convolution in three dimensions.
class ScriptedSegmentationConformanceTest extends TorchSegmentationConformanceTest {

  private static final Path JOB = Path.of("target", "test-data", "scripted-segmentation-job");

  @BeforeAll
  static void bring() throws IOException {
    Scripts.copy(JOB, "volumes.ts");
  }

  @Override
  public Arguments arguments() {
    var arguments = new TreeMap<>(Spheres.arguments());
    arguments.put("network", new TreeMap<>(Map.of("type", "script", "file", "volumes.ts")));
    return new Arguments(arguments);
  }

  @Override
  public Optional<Path> jobFolder() {
    return Optional.of(JOB);
  }
}
