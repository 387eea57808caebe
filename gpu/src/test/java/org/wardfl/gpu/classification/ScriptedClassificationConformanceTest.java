package org.wardfl.gpu.classification;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.wardfl.algo.Arguments;
import org.wardfl.gpu.network.Scripts;

/// The kit on a network that the job brings: batch normalization, dropout, tied tensors.
class ScriptedClassificationConformanceTest extends TorchClassificationConformanceTest {

  private static final Path JOB = Path.of("target", "test-data", "scripted-job");

  @BeforeAll
  static void bring() throws IOException {
    Scripts.copy(JOB, "dropout.ts");
  }

  @Override
  public Arguments arguments() {
    var arguments = new TreeMap<>(Stripes.arguments());
    arguments.put("network", new TreeMap<>(Map.of("type", "script", "file", "dropout.ts")));
    return new Arguments(arguments);
  }

  @Override
  public Optional<Path> jobFolder() {
    return Optional.of(JOB);
  }
}
