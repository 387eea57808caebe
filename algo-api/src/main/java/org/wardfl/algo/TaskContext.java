package org.wardfl.algo;

/// What an algorithm knows about the task it is working on.
public interface TaskContext {

  /// The round, counted from 1; 0 for an INITIAL task.
  int round();

  /// How many rounds the workflow has.
  int totalRounds();

  /// The seed of this task for a purpose of the algorithm's own choosing (`shuffle`, `dropout`,
  /// `init`): see [Seed].
  ///
  /// It is the same however often the task is repeated. For an INITIAL task no site name is in it.
  long seed(String purpose);

  /// Whether an update may lack this tensor: the job leaves it out of the federation's model.
  default boolean mayOmit(String tensor) {
    return false;
  }

  /// Whether to stop.
  AbortSignal abort();

  /// Reports how far the task is; a task that reports nothing for long is still alive as long as
  /// its process is.
  ///
  /// @param fraction 0 to 1
  /// @param note a few words for the site's log, without patient data
  void progress(double fraction, String note);
}
