package org.wardfl.server.job;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.WeightType;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.proto.task.TaskKey;
import org.wardfl.server.result.RunRecord;

/// Round 0, in which one site makes the model that the job starts from.
final class FirstModel {

  private FirstModel() {}

  /// @param step how many sites were asked before
  static RoundPlan plan(JobState state, int step, SiteName site) {
    var job = state.definition();
    var task =
        new TaskAssignment(
            new TaskKey(state.id(), 0, step, site),
            TaskKind.INITIAL,
            Optional.empty(),
            Math.toIntExact(job.rounds()),
            WeightType.FULL,
            TaskAssignment.GLOBAL);
    var closing =
        new RoundPlan.Closing(
            0,
            Collections.emptySortedSet(),
            job.workflows().getFirst().roundDeadline(),
            Optional.empty());
    return new RoundPlan(
        RunRecord.Kind.INITIAL,
        0,
        List.of(task),
        closing,
        List.of(new RoundPlan.Reduction(TaskAssignment.GLOBAL, List.of(task.key()))));
  }
}
