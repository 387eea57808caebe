package org.wardfl.server.job;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.statistics.Bins;
import org.wardfl.proto.job.WorkflowDefinition;
import org.wardfl.proto.task.StatisticsTask;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.proto.task.TaskKey;
import org.wardfl.server.result.RunRecord;

/// Plans federated statistics: a round in which the sites tell everything but histograms, and one
/// of histograms over the ranges that follow from the first.
///
/// There is nothing to reduce: what sites tell is in the events, and results are made of these.
final class StatisticsPlanner implements Planner {

  private final int index;
  private final WorkflowDefinition.Statistics workflow;

  StatisticsPlanner(int index, WorkflowDefinition.Statistics workflow) {
    this.index = index;
    this.workflow = workflow;
  }

  @Override
  public Optional<RoundPlan> next(JobState state) {
    return switch (state.done(index)) {
      case 0 -> Optional.of(summaries(state));
      case 1 -> workflow.wantsHistograms() ? histograms(state) : Optional.empty();
      default -> Optional.empty();
    };
  }

  @Override
  public Recipe recipe(RoundPlan.Reduction reduction) {
    throw new IllegalStateException("statistics have no reduction " + reduction.track());
  }

  private RoundPlan summaries(JobState state) {
    var job = state.definition();
    var sites = Selection.of(job, state.lastRound() + 1);
    var closing =
        new RoundPlan.Closing(
            job.minSites(), job.mandatorySites(), workflow.roundDeadline(), Optional.empty());
    return plan(state, sites, Collections.emptySortedMap(), closing);
  }

  /// Of the sites that told something before; without any range there is no such round.
  private Optional<RoundPlan> histograms(JobState state) {
    var round = state.open().orElseThrow();
    var bins = new HistogramRanges(workflow, index).agreed(round.answers());
    if (bins.isEmpty()) {
      return Optional.empty();
    }
    // What was told before stands: nobody's failure may spoil it.
    var closing =
        new RoundPlan.Closing(
            0, Collections.emptySortedSet(), workflow.roundDeadline(), Optional.empty());
    return Optional.of(plan(state, JobEngine.sites(round.accepted()), bins, closing));
  }

  private RoundPlan plan(
      JobState state,
      Collection<SiteName> sites,
      SortedMap<String, Bins> bins,
      RoundPlan.Closing closing) {
    int round = state.lastRound() + 1;
    var tasks = new ArrayList<TaskAssignment>();
    for (var site : sites) {
      tasks.add(
          new TaskAssignment(
              new TaskKey(state.id(), round, 0, site),
              TaskKind.DATA_STATS,
              Optional.empty(),
              Math.toIntExact(state.definition().rounds()),
              WeightType.FULL,
              TaskAssignment.GLOBAL,
              StatisticsTask.parameters(index, bins)));
    }
    return new RoundPlan(RunRecord.Kind.STATISTICS, round, tasks, closing, List.of());
  }
}
