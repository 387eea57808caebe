package org.wardfl.server.job;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.wardfl.algo.SiteName;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.proto.task.TaskKey;
import org.wardfl.server.result.RunRecord;

/// One round as a workflow plans it: who does what, when it is over, and what is made of the
/// answers.
///
/// The engine knows rounds only in this form, so a new kind of workflow is a new planner and
/// nothing else.
///
/// @param kind what it is for
/// @param round counted over the whole job
/// @param tasks all tasks, on any track
/// @param closing when it is over
/// @param reductions what becomes of the accepted answers, one entry per track that gets a new
///   model
public record RoundPlan(
    RunRecord.Kind kind,
    int round,
    List<TaskAssignment> tasks,
    Closing closing,
    List<Reduction> reductions) {

  /// Copies.
  public RoundPlan {
    tasks = List.copyOf(tasks);
    reductions = List.copyOf(reductions);
  }

  /// When a round is over.
  ///
  /// Only tasks of the global track count toward `minAccepted` and `mandatory`.
  ///
  /// @param minAccepted accepted answers without which the job fails
  /// @param mandatory sites without whose accepted answer the job fails
  /// @param deadline after which the round closes with those who answered
  /// @param closeEarly how long after `minAccepted` answers the rest is waited for; empty for as
  ///   long as the deadline lets
  public record Closing(
      int minAccepted,
      SortedSet<SiteName> mandatory,
      Duration deadline,
      Optional<Duration> closeEarly) {

    /// Copies.
    public Closing {
      mandatory = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(mandatory));
    }
  }

  /// A new model of one track from accepted answers, made as [Planner#recipe] says.
  ///
  /// @param track whose model
  /// @param tasks whose updates, all of the same model
  /// @param memory the track of a second file that the reduction reads and replaces, such as the
  ///   state of a server optimizer; a track without a file begins without one
  public record Reduction(String track, List<TaskKey> tasks, Optional<String> memory) {

    /// Copies.
    public Reduction {
      tasks = List.copyOf(tasks);
    }

    /// Without memory.
    public Reduction(String track, List<TaskKey> tasks) {
      this(track, tasks, Optional.empty());
    }
  }
}
