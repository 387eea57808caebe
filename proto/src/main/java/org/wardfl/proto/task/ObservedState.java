package org.wardfl.proto.task;

import java.util.List;

/// What a site is doing, whole, for people to look at; no decision of the server rests on it.
///
/// @param tasks the tasks in work
public record ObservedState(List<ObservedTask> tasks) {

  /// Copies.
  public ObservedState {
    tasks = List.copyOf(tasks);
  }

  /// One task in work.
  ///
  /// @param key which
  /// @param activity what it is at
  /// @param fraction how far, 0 to 1
  public record ObservedTask(TaskKey key, Activity activity, double fraction) {}

  /// What a site is at.
  public enum Activity {
    /// Getting the model.
    FETCHING,
    /// The algorithm runs.
    RUNNING,
    /// Sending the result.
    DELIVERING
  }
}
