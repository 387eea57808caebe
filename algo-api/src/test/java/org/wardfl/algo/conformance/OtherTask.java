package org.wardfl.algo.conformance;

import java.util.Optional;
import java.util.function.ToLongFunction;
import org.wardfl.algo.AbortSignal;
import org.wardfl.algo.TaskContext;

/// A task as a wrong algorithm sees it.
///
/// @param task the one it was given
/// @param seeds purpose to seed
/// @param abort the signal it asks
record OtherTask(TaskContext task, ToLongFunction<String> seeds, AbortSignal abort)
    implements TaskContext {

  /// With one seed for every purpose.
  static OtherTask seeded(TaskContext task, long seed) {
    return new OtherTask(task, _ -> seed, task.abort());
  }

  /// With a signal that is never set.
  static OtherTask deaf(TaskContext task) {
    return new OtherTask(task, task::seed, Optional::empty);
  }

  @Override
  public int round() {
    return task.round();
  }

  @Override
  public int totalRounds() {
    return task.totalRounds();
  }

  @Override
  public long seed(String purpose) {
    return seeds.applyAsLong(purpose);
  }

  @Override
  public void progress(double fraction, String note) {
    task.progress(fraction, note);
  }
}
