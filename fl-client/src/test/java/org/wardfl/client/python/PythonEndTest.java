package org.wardfl.client.python;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardfl.algo.AbortCause;
import org.wardfl.algo.run.TaskResult;

/// How a task in Python is stopped, and what happens when its process is gone.
@Timeout(120)
class PythonEndTest {

  @TempDir private Path temporary;

  @BeforeEach
  void needsPython() {
    PythonRun.require("numpy");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "returns_when_aborted",
        "ignores_abort",
        "hangs_in_native_code",
        "evaluate_sleeps"
      })
  void anAbortEndsWhateverPythonDoes(String fault) throws Exception {
    try (var run = new PythonRun(temporary);
        var task = run.fault(fault).training();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var running = threads.submit(task::run);
      long pid = task.pid();
      long start = System.nanoTime();
      task.runner().abort(AbortCause.REQUESTED);
      assertThat(running.get()).isEqualTo(new TaskResult.Aborted(AbortCause.REQUESTED, false));
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
      assertThat(task.request().updateOut()).doesNotExist();
      task.end();
      PythonRun.await(() -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
      // The next task has a process that knows nothing of it.
      assertThat(run.fault("none").train()).isInstanceOf(TaskResult.Trained.class);
    }
  }

  @Test
  void aKilledProcessIsNoticedAtOnce() throws Exception {
    try (var run = new PythonRun(temporary);
        var task = run.fault("ignores_abort").training();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var running = threads.submit(task::run);
      long pid = task.pid();
      ProcessHandle.of(pid).orElseThrow().destroyForcibly();
      var failed = (TaskResult.Failed) running.get();
      assertThat(failed.message())
          .isEqualTo("the Python process ended in train: it was killed (signal 9)");
    }
  }

  @Test
  void theKeeperTakesItsTaskAlong() throws Exception {
    try (var run = new PythonRun(temporary);
        var task = run.fault("ignores_abort").training();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var running = threads.submit(task::run);
      var process = ProcessHandle.of(task.pid()).orElseThrow();
      process.parent().orElseThrow().destroyForcibly();
      var failed = (TaskResult.Failed) running.get();
      assertThat(failed.message()).startsWith("the Python process ended in train: ");
      PythonRun.await(() -> !process.isAlive());
      assertThat(run.fault("none").train()).isInstanceOf(TaskResult.Trained.class);
    }
  }

  @Test
  void pythonEndsWithTheProcessThatStartedIt() throws Exception {
    var command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            PythonMain.class.getName(),
            temporary.toString());
    var process = new ProcessBuilder(command).inheritIO().start();
    var scratch = temporary.resolve("scratch-1");
    PythonRun.await(() -> Files.exists(scratch.resolve("pid")));
    var pids = Files.readString(scratch.resolve("pids")).split(" ", -1);
    var keeper = process.children().findFirst().orElseThrow();
    assertThat(process.descendants().count()).isGreaterThan(2);
    process.destroyForcibly().waitFor();
    PythonRun.await(() -> !keeper.isAlive());
    for (var pid : pids) {
      var left = ProcessHandle.of(Long.parseLong(pid));
      PythonRun.await(() -> left.filter(ProcessHandle::isAlive).isEmpty());
    }
  }

  @Test
  void aProcessThatGivesNoSignOfLifeIsEnded() throws Exception {
    var limits =
        new PythonLimits(Duration.ofMinutes(1), Duration.ofSeconds(2), Duration.ofSeconds(2));
    try (var run = new PythonRun(temporary, limits)) {
      assertThat(run.fault("hangs_in_native_code").failure().message())
          .isEqualTo("the Python process ended in train: it gave no sign of life for 2 s");
    }
  }
}
