package org.wardfl.proto.task;

import java.util.Comparator;
import org.wardfl.algo.SiteName;
import org.wardfl.proto.job.JobId;

/// Identifies a task. A repeated task has the same key and the same model, and gets the stored
/// result.
///
/// @param job the job
/// @param round counted over the whole job from 1; 0 for the initial model; one more than the last
///   for the final evaluation
/// @param step within the round, from 0; protocols with several exchanges in a round have several
/// @param site who does it
public record TaskKey(JobId job, int round, int step, SiteName site)
    implements Comparable<TaskKey> {

  private static final Comparator<TaskKey> ORDER =
      Comparator.comparing((TaskKey key) -> key.job().value())
          .thenComparingInt(TaskKey::round)
          .thenComparingInt(TaskKey::step)
          .thenComparing(TaskKey::site);

  /// Checks the ranges.
  ///
  /// @throws IllegalArgumentException on a negative round or step
  public TaskKey {
    if (round < 0 || step < 0) {
      throw new IllegalArgumentException(
          "task of round " + round + ", step " + step + ": neither may be negative");
    }
  }

  @Override
  public int compareTo(TaskKey other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return job + "/" + round + "/" + step + "/" + site;
  }
}
