package org.wardfl.algo.run;

import org.wardfl.algo.AbortCause;
import org.wardfl.algo.DataStats;
import org.wardfl.algo.Metrics;
import org.wardfl.algo.TrainSummary;
import org.wardfl.algo.model.ModelHash;

/// How a task ended.
public sealed interface TaskResult {

  /// INITIAL is done.
  ///
  /// @param model the hash of the written file
  /// @param sizeBytes its size
  record Initialized(ModelHash model, long sizeBytes) implements TaskResult {}

  /// TRAIN is done.
  ///
  /// @param update the hash of the written file
  /// @param sizeBytes its size
  /// @param summary what the training did
  /// @param received scores of the received model
  /// @param stateSaved whether the state file was written
  record Trained(
      ModelHash update, long sizeBytes, TrainSummary summary, Metrics received, boolean stateSaved)
      implements TaskResult {}

  /// EVALUATE is done.
  ///
  /// @param metrics scores of the received model
  record Evaluated(Metrics metrics) implements TaskResult {}

  /// DATA_STATS is done.
  ///
  /// @param statistics what the algorithm tells
  record Described(DataStats statistics) implements TaskResult {}

  /// The algorithm failed; no file was written.
  ///
  /// @param phase where
  /// @param message one sentence that may leave the site
  /// @param detail what helps the site's admin and must stay at the site, such as a stack trace
  record Failed(Phase phase, String message, String detail) implements TaskResult {}

  /// The task was stopped; no file was written.
  ///
  /// @param cause why
  /// @param gaveUp whether the algorithm did not stop and still occupies its thread, so that its
  ///   process should end
  record Aborted(AbortCause cause, boolean gaveUp) implements TaskResult {}
}
