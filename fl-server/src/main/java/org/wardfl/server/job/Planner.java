package org.wardfl.server.job;

import java.util.Optional;
import org.wardfl.proto.job.WorkflowDefinition;

/// Plans the rounds of one workflow of a job; the one thing that a new kind of workflow adds to the
/// engine.
///
/// Pure: the same state gives the same plan, and what was planned is an event, never planned again.
/// Everything that a plan may depend on is in the state: the job's definition, the newest models by
/// track, the best one, and the round before, closed and with its answers. That is also what a
/// workflow takes over from an earlier one: it starts from the model of the global track.
interface Planner {

  /// The planner of one of a job's workflows.
  ///
  /// @param index which, from 0
  static Planner of(JobState state, int index) {
    return switch (state.definition().workflows().get(index)) {
      case WorkflowDefinition.FedAvg fedAvg ->
          new FedAvgPlanner(index, fedAvg, state.definition().sites().size());
      case WorkflowDefinition.Cyclic cyclic -> new CyclicPlanner(index, cyclic);
      case WorkflowDefinition.CrossSite crossSite -> new CrossSitePlanner(index, crossSite);
      case WorkflowDefinition.Evaluate evaluate -> new EvaluatePlanner(index, evaluate);
      case WorkflowDefinition.Statistics statistics -> new StatisticsPlanner(index, statistics);
    };
  }

  /// The next round of this workflow; empty when it is over, so that the next workflow begins or
  /// the job is complete.
  ///
  /// @param state between two rounds: what the round before owed is published. That round may
  ///   belong to an earlier workflow; [JobState#done] tells
  Optional<RoundPlan> next(JobState state);

  /// How a reduction of one of its rounds is made. Follows from the job's definition alone, so it
  /// need not be recorded.
  ///
  /// @throws IllegalStateException if this workflow plans no such reduction
  Recipe recipe(RoundPlan.Reduction reduction);

  /// Whether the scores of a track's model in a round may be compared with those of other rounds,
  /// so that the best model is chosen by them. Where each round has other sites, they may not.
  default boolean compares(RoundPlan plan, String track) {
    return true;
  }
}
