package org.wardfl.server.job;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import org.wardfl.aggregator.UpdateLikeness;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.proto.task.TaskKey;

/// What somebody wants of a job, or tells it.
public sealed interface Command {

  /// Begin.
  ///
  /// @param initialModel the job's own first model, if it brings one
  /// @param sites whose resources the job takes; empty where nobody counts them
  record Start(Optional<ModelHash> initialModel, SortedSet<SiteName> sites) implements Command {

    /// Begin where nobody counts resources.
    public Start(Optional<ModelHash> initialModel) {
      this(initialModel, new TreeSet<>());
    }
  }

  /// Take the resources of further sites; does nothing before the job has begun.
  ///
  /// @param sites whose
  record Join(SortedSet<SiteName> sites) implements Command {}

  /// The job can never begin; does nothing if it has.
  ///
  /// @param failure why
  record GiveUp(Failure failure) implements Command {}

  /// A task was answered, and the answer checked.
  ///
  /// @param task which
  /// @param answer what became of it
  record Answered(TaskKey task, Answer answer) implements Command {}

  /// Time has passed; something may be due.
  record TimePassed() implements Command {}

  /// A track's next model is stored.
  ///
  /// @param round the round that asked for it
  /// @param track whose
  /// @param model the file
  /// @param weights what each contributor counted by
  /// @param memory the file that takes the place of the reduction's memory, if it keeps one
  /// @param likeness how the updates lie to each other and to the model, where it was looked at
  record ModelReady(
      int round,
      String track,
      ModelHash model,
      SortedMap<SiteName, Double> weights,
      Optional<ModelHash> memory,
      SortedMap<SiteName, UpdateLikeness> likeness)
      implements Command {

    /// Without a look at the updates.
    public ModelReady(
        int round,
        String track,
        ModelHash model,
        SortedMap<SiteName, Double> weights,
        Optional<ModelHash> memory) {
      this(round, track, model, weights, memory, Collections.emptySortedMap());
    }

    /// The same with a look at the updates.
    public ModelReady with(SortedMap<SiteName, UpdateLikeness> found) {
      return new ModelReady(round, track, model, weights, memory, found);
    }
  }

  /// A track's next model cannot be made.
  ///
  /// @param round the round that asked for it
  /// @param track whose
  /// @param reason one sentence
  record ReductionFailed(int round, String track, String reason) implements Command {}

  /// End the job.
  ///
  /// @param by the certified name of the person who wants it, if one does
  record Abort(Optional<String> by) implements Command {}
}
