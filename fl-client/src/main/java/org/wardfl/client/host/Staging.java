package org.wardfl.client.host;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.wardfl.client.sandbox.Bench;

/// A task's files as its process sees them.
final class Staging {

  private static final String MODEL = "model";
  private static final String STATE = "state";
  private static final String UPDATE = "update";

  private Staging() {}

  /// The task for a process that sees the machine's files. Of the machine's CUDA devices it sees
  /// its own only, counted from 0.
  static HostedTask seen(HostedTask task) {
    return new HostedTask(
        task.job(),
        task.task(),
        task.dataset(),
        task.jobFolder(),
        task.scratch(),
        task.model(),
        task.stateIn(),
        task.updateOut(),
        task.stateOut(),
        devices(task),
        task.python(),
        task.siteSettings(),
        TaskLimits.NONE);
  }

  private static List<Integer> devices(HostedTask task) {
    return IntStream.range(0, task.gpus().size()).boxed().toList();
  }

  /// Brings the task's files into a sandbox, and names them as it does.
  ///
  /// @throws IOException if they cannot be brought there
  static HostedTask given(HostedTask task, Bench bench) throws IOException {
    bench.clear();
    return new HostedTask(
        task.job(),
        task.task(),
        task.dataset().map(Bench::data),
        Bench.JOB,
        bench.scratch(),
        given(task.model(), MODEL, bench),
        given(task.stateIn(), STATE, bench),
        Bench.OUT.resolve(UPDATE),
        Bench.OUT.resolve(STATE),
        devices(task),
        task.python(),
        task.siteSettings(),
        TaskLimits.NONE);
  }

  private static Optional<Path> given(Optional<Path> file, String name, Bench bench)
      throws IOException {
    return file.isPresent() ? Optional.of(bench.give(file.get(), name)) : Optional.empty();
  }

  /// Brings what the task made out of the sandbox.
  ///
  /// @throws IOException if it is something else than files, or cannot be copied
  static void taken(HostedTask task, Bench bench) throws IOException {
    bench.take(UPDATE, task.updateOut());
    bench.take(STATE, task.stateOut());
    bench.clear();
  }
}
