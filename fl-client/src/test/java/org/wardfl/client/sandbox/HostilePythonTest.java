package org.wardfl.client.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.model.ModelFile;
import org.wardfl.algo.run.TaskResult;
import org.wardfl.client.host.AlgorithmHost;

/// A job's own Python in a sandbox.
class HostilePythonTest {

  private static final Path PYTHON = Path.of("/usr/bin/python3");

  @TempDir private Path folder;
  private Sandbox sandbox;

  @SuppressWarnings("NullAway.Init")
  HostilePythonTest() {}

  @BeforeEach
  void find() throws IOException, InterruptedException {
    var found = Sandbox.find(folder.resolve("sandbox"), List.of());
    assumeTrue(found.sandbox().isPresent(), found.finding());
    assumeTrue(
        Files.isExecutable(PYTHON)
            && new ProcessBuilder(PYTHON.toString(), "-c", "import numpy").start().waitFor() == 0,
        "there is no " + PYTHON + " with numpy");
    sandbox = found.sandbox().orElseThrow();
  }

  @Test
  void itDoesItsTask() throws Exception {
    try (var hosted = new Hosted(folder, sandbox)) {
      assertThat(run(hosted, "hostile:Plain")).isInstanceOf(TaskResult.Initialized.class);
      try (var model = ModelFile.open(hosted.update())) {
        assertThat(model.specs()).hasSize(1);
      }
    }
  }

  @Test
  void itFindsNothing() throws Exception {
    try (var hosted = new Hosted(folder, sandbox)) {
      assertThat(run(hosted, "hostile:Curious"))
          .isInstanceOfSatisfying(
              TaskResult.Failed.class, failed -> assertThat(failed.message()).endsWith("found ."));
    }
  }

  private static TaskResult run(Hosted hosted, String name) throws IOException {
    try (var source = HostilePythonTest.class.getResourceAsStream("hostile.py")) {
      Files.copy(Objects.requireNonNull(source), hosted.job().resolve("hostile.py"));
    }
    if (hosted.python(name, PYTHON).run() instanceof AlgorithmHost.Finished(var result)) {
      return result;
    }
    throw new AssertionError("its process ended");
  }
}
