package org.wardfl.client.host;

import org.wardfl.algo.AbortCause;
import org.wardfl.algo.run.TaskResult;
import org.wardfl.proto.job.JobId;

/// Runs algorithms. Safe for many threads.
public interface AlgorithmHost extends AutoCloseable {

  /// Makes a run of one task ready; nothing happens until it is run.
  Run prepare(HostedTask task);

  /// A job has ended; what is kept for it is released.
  void end(JobId job);

  @Override
  void close();

  /// One run of one task.
  interface Run {

    /// Runs the task to its end.
    Outcome run();

    /// Stops it; from any thread, also before it runs.
    void abort(AbortCause cause);
  }

  /// How a run ended.
  sealed interface Outcome {}

  /// The algorithm came to an end.
  ///
  /// @param result which
  record Finished(TaskResult result) implements Outcome {}

  /// The process that it ran in is gone, and nothing else is.
  ///
  /// @param reason one sentence that may leave the site
  record Died(String reason) implements Outcome {}

  /// It was ended because it went beyond what it may, and would again.
  ///
  /// @param reason one sentence that may leave the site
  record Ended(String reason) implements Outcome {}
}
