package org.wardfl.server.job;

import java.util.Optional;
import org.wardfl.proto.job.WorkflowDefinition;

/// Plans the one round in which the sites score the model that the job has.
final class EvaluatePlanner implements Planner {

  private final int index;
  private final WorkflowDefinition.Evaluate workflow;

  EvaluatePlanner(int index, WorkflowDefinition.Evaluate workflow) {
    this.index = index;
    this.workflow = workflow;
  }

  @Override
  public Optional<RoundPlan> next(JobState state) {
    return state.done(index) > 0
        ? Optional.empty()
        : Optional.of(Evaluation.round(state, workflow.roundDeadline(), Optional.empty()));
  }

  @Override
  public Recipe recipe(RoundPlan.Reduction reduction) {
    throw new IllegalStateException("an evaluation makes no model, but " + reduction.track());
  }
}
