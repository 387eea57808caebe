package org.wardfl.server.job;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wardfl.algo.SiteName;
import org.wardfl.proto.job.WorkflowDefinition;
import org.wardfl.proto.job.WorkflowDefinition.Models;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.proto.task.TaskKey;
import org.wardfl.server.result.RunRecord;

/// Plans the rounds of federated averaging; step 0 is the federation's own model, step 1 what each
/// site trains by itself.
///
/// The last workflow that trains is followed by a round in which the sites score what it has made.
final class FedAvgPlanner implements Planner {

  private final int index;
  private final WorkflowDefinition.FedAvg workflow;
  private final int sites;

  /// @param sites of the job
  FedAvgPlanner(int index, WorkflowDefinition.FedAvg workflow, int sites) {
    this.index = index;
    this.workflow = workflow;
    this.sites = sites;
  }

  @Override
  public Optional<RoundPlan> next(JobState state) {
    boolean scored = state.done(index) > 0 && state.lastKind() == RunRecord.Kind.EVALUATE;
    if (scored) {
      return Optional.empty();
    }
    if (state.done(index) < workflow.rounds() && !isStopped(state)) {
      return Optional.of(train(state));
    }
    return state.definition().lastTraining() == index
        ? Optional.of(Evaluation.round(state, workflow.roundDeadline(), workflow.closeEarly()))
        : Optional.empty();
  }

  @Override
  public Recipe recipe(RoundPlan.Reduction reduction) {
    return reduction.track().equals(TaskAssignment.GLOBAL)
        ? new Recipe.Combine(
            workflow.weightType(),
            workflow.weighting(),
            workflow.counters(),
            workflow.exclude(),
            workflow.aggregation(),
            workflow.optimizer(),
            sites)
        : Recipe.Combine.one(workflow.weightType(), workflow.counters(), workflow.exclude());
  }

  /// Whether the models of the last rounds were no better. In round r the model of round r - 1 is
  /// scored.
  private boolean isStopped(JobState state) {
    return workflow.patience().isPresent()
        && state.best().isPresent()
        && state.done(index) > 0
        && state.lastRound() - 1 - Math.max(state.best().get().round(), state.workflowStart())
            >= workflow.patience().get();
  }

  private RoundPlan train(JobState state) {
    var job = state.definition();
    int round = state.lastRound() + 1;
    var tasks = new ArrayList<TaskAssignment>();
    var global = new ArrayList<TaskKey>();
    for (var site : Selection.of(job, round)) {
      tasks.add(task(state, 0, site, TaskAssignment.GLOBAL));
      global.add(tasks.getLast().key());
    }
    var reductions = new ArrayList<RoundPlan.Reduction>();
    reductions.add(
        new RoundPlan.Reduction(
            TaskAssignment.GLOBAL, global, workflow.optimizer().map(_ -> "optimizer/" + index)));
    if (workflow.alone()) {
      for (var key : global) {
        var track = SiteModels.alone(key.site());
        tasks.add(task(state, 1, key.site(), track));
        reductions.add(new RoundPlan.Reduction(track, List.of(tasks.getLast().key())));
      }
    }
    siteModels(state, global, tasks, reductions);
    return new RoundPlan(
        RunRecord.Kind.TRAIN,
        round,
        tasks,
        new RoundPlan.Closing(
            job.minSites(), job.mandatorySites(), workflow.roundDeadline(), workflow.closeEarly()),
        reductions);
  }

  /// Keeps what each site makes of the model, if a later workflow asks for it: always what was
  /// trained last, so in every round if no round is known to be the last; and the best, by the
  /// site's own score, so each is scored one round later.
  private void siteModels(
      JobState state,
      List<TaskKey> global,
      List<TaskAssignment> tasks,
      List<RoundPlan.Reduction> reductions) {
    var job = state.definition();
    boolean best =
        workflow.keyMetric().isPresent() && SiteModels.wanted(job, index, Models.SITE_BEST);
    boolean last = SiteModels.wanted(job, index, Models.SITE_FINAL);
    boolean mayBeLast =
        workflow.patience().isPresent() || state.done(index) + 1 == workflow.rounds();
    for (var key : global) {
      var track = SiteModels.trained(key.site());
      if (best) {
        Evaluation.task(state, 2, key.site(), track).ifPresent(tasks::add);
      }
      if (best || (last && mayBeLast)) {
        reductions.add(new RoundPlan.Reduction(track, List.of(key)));
      }
    }
  }

  private TaskAssignment task(JobState state, int step, SiteName site, String track) {
    return state.training(step, site, track, workflow.weightType());
  }
}
