package org.wardfl.server.job;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Optional;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.proto.task.TaskKey;
import org.wardfl.server.result.RunRecord;

/// Rounds and tasks in which models are scored.
final class Evaluation {

  private Evaluation() {}

  /// A round in which every selected site scores the federation's model, and its own models where
  /// it has any.
  static RoundPlan round(JobState state, Duration deadline, Optional<Duration> closeEarly) {
    int round = state.lastRound() + 1;
    var tasks = new ArrayList<TaskAssignment>();
    for (var site : Selection.of(state.definition(), round)) {
      task(state, 0, site, TaskAssignment.GLOBAL).ifPresent(tasks::add);
      task(state, 1, site, SiteModels.alone(site)).ifPresent(tasks::add);
      task(state, 2, site, SiteModels.trained(site)).ifPresent(tasks::add);
    }
    return new RoundPlan(
        RunRecord.Kind.EVALUATE,
        round,
        tasks,
        closing(deadline, closeEarly),
        Collections.emptyList());
  }

  /// The model is there already: nobody's failure to score it may spoil the job.
  static RoundPlan.Closing closing(Duration deadline, Optional<Duration> closeEarly) {
    return new RoundPlan.Closing(0, Collections.emptySortedSet(), deadline, closeEarly);
  }

  /// A task in the next round to score the newest model of a track; empty if there is none.
  static Optional<TaskAssignment> task(JobState state, int step, SiteName site, String track) {
    return Optional.ofNullable(state.models().get(track))
        .map(model -> task(state, step, site, track, model));
  }

  /// A task in the next round to score a model.
  static TaskAssignment task(
      JobState state, int step, SiteName site, String track, ModelHash model) {
    return new TaskAssignment(
        new TaskKey(state.id(), state.lastRound() + 1, step, site),
        TaskKind.EVALUATE,
        Optional.of(model),
        Math.toIntExact(state.definition().rounds()),
        WeightType.DIFF,
        track);
  }
}
