package org.wardfl.server.job;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.TaskKind;
import org.wardfl.proto.job.AggregationChoice;
import org.wardfl.proto.job.WorkflowDefinition;
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

  FedAvgPlanner(int index, WorkflowDefinition.FedAvg workflow) {
    this.index = index;
    this.workflow = workflow;
  }

  /// The track of the model that a site trains by itself.
  static String alone(SiteName site) {
    return "alone/" + site;
  }

  @Override
  public Optional<RoundPlan> next(JobState state) {
    int done = state.done(index);
    if (done < workflow.rounds()) {
      return Optional.of(train(state));
    }
    boolean scored = done > workflow.rounds();
    return scored || state.definition().lastTraining() != index
        ? Optional.empty()
        : Optional.of(evaluate(state));
  }

  @Override
  public Recipe recipe(RoundPlan.Reduction reduction) {
    return new Recipe.Combine(
        workflow.weightType(),
        workflow.weighting(),
        workflow.counters(),
        workflow.exclude(),
        // What one site does by itself is not compared with others.
        reduction.track().equals(TaskAssignment.GLOBAL)
            ? workflow.aggregation()
            : new AggregationChoice.Mean());
  }

  private RoundPlan train(JobState state) {
    var job = state.definition();
    int round = state.lastRound() + 1;
    var tasks = new ArrayList<TaskAssignment>();
    var reductions = new ArrayList<RoundPlan.Reduction>();
    var global = new ArrayList<TaskKey>();
    for (var site : Selection.of(job, round)) {
      tasks.add(task(state, 0, site, TaskKind.TRAIN, TaskAssignment.GLOBAL));
      global.add(tasks.getLast().key());
    }
    reductions.add(new RoundPlan.Reduction(TaskAssignment.GLOBAL, global));
    if (workflow.alone()) {
      for (var key : global) {
        tasks.add(task(state, 1, key.site(), TaskKind.TRAIN, alone(key.site())));
        reductions.add(new RoundPlan.Reduction(alone(key.site()), List.of(tasks.getLast().key())));
      }
    }
    return new RoundPlan(
        RunRecord.Kind.TRAIN,
        round,
        tasks,
        new RoundPlan.Closing(
            job.minSites(), job.mandatorySites(), workflow.roundDeadline(), workflow.closeEarly()),
        reductions);
  }

  private RoundPlan evaluate(JobState state) {
    int round = state.lastRound() + 1;
    var tasks = new ArrayList<TaskAssignment>();
    for (var site : Selection.of(state.definition(), round)) {
      tasks.add(task(state, 0, site, TaskKind.EVALUATE, TaskAssignment.GLOBAL));
      if (state.models().containsKey(alone(site))) {
        tasks.add(task(state, 1, site, TaskKind.EVALUATE, alone(site)));
      }
    }
    // The model is there already: nobody's failure to score it may spoil the job.
    var closing =
        new RoundPlan.Closing(
            0, Collections.emptySortedSet(), workflow.roundDeadline(), workflow.closeEarly());
    return new RoundPlan(RunRecord.Kind.EVALUATE, round, tasks, closing, List.of());
  }

  private TaskAssignment task(
      JobState state, int step, SiteName site, TaskKind kind, String track) {
    // A site that trains by itself starts from the model that the federation starts from.
    var model =
        Optional.ofNullable(state.models().get(track))
            .or(() -> Optional.ofNullable(state.models().get(TaskAssignment.GLOBAL)));
    return new TaskAssignment(
        new TaskKey(state.id(), state.lastRound() + 1, step, site),
        kind,
        model,
        Math.toIntExact(state.definition().rounds()),
        workflow.weightType(),
        track);
  }
}
