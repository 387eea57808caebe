package org.wardfl.server.job;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.wardfl.algo.Seed;
import org.wardfl.algo.SiteName;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.job.WorkflowDefinition;
import org.wardfl.proto.job.WorkflowDefinition.CounterRule;
import org.wardfl.proto.job.WorkflowDefinition.Models;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.server.result.RunRecord;

/// Plans cyclic weight transfer: every round is one visit, whose site trains what the visit before
/// has made.
///
/// A site that does not deliver is passed over, unless it is mandatory or fewer than `min_sites`
/// would be left of this time around. With a key metric all sites score the model after each time
/// around; the scores of a visit, which are one site's, choose no best model.
final class CyclicPlanner implements Planner {

  private final int index;
  private final WorkflowDefinition.Cyclic workflow;

  CyclicPlanner(int index, WorkflowDefinition.Cyclic workflow) {
    this.index = index;
    this.workflow = workflow;
  }

  @Override
  public Optional<RoundPlan> next(JobState state) {
    int sites = state.definition().sitesOfRound();
    int roundsEach = sites + (workflow.keyMetric().isPresent() ? 1 : 0);
    int done = state.done(index);
    int time = done / roundsEach;
    int visit = done % roundsEach;
    if (time < workflow.rounds() && !(visit == 0 && isStopped(state, roundsEach))) {
      return Optional.of(
          visit < sites
              ? visit(state, order(state.definition(), time).get(visit), visit)
              : evaluation(state));
    }
    boolean scored = done > 0 && state.lastKind() == RunRecord.Kind.EVALUATE;
    return scored || state.definition().lastTraining() != index
        ? Optional.empty()
        : Optional.of(evaluation(state));
  }

  @Override
  public Recipe recipe(RoundPlan.Reduction reduction) {
    return Recipe.Combine.one(workflow.weightType(), CounterRule.MEAN, workflow.exclude());
  }

  @Override
  public boolean compares(RoundPlan plan, String track) {
    return plan.kind() != RunRecord.Kind.TRAIN;
  }

  /// Whether the last times around brought nothing better.
  private boolean isStopped(JobState state, int roundsEach) {
    if (workflow.patience().isEmpty() || state.best().isEmpty() || state.done(index) == 0) {
      return false;
    }
    int best = state.best().get().round();
    int since = best > state.workflowStart() ? state.lastRound() - 1 - best : state.done(index);
    return since / roundsEach >= workflow.patience().get();
  }

  /// In which order the sites are visited the n-th time, from 0.
  List<SiteName> order(JobDefinition job, int time) {
    return switch (workflow.order()) {
      case FIXED -> List.copyOf(Selection.of(job, time + 1));
      case RANDOM -> drawn(job, time);
      case RANDOM_NO_REPEAT -> withoutRepeat(job, time);
    };
  }

  private List<SiteName> drawn(JobDefinition job, int time) {
    var sites = new ArrayList<>(Selection.of(job, time + 1));
    Collections.shuffle(
        sites, new Random(Seed.derive(job.seed(), time + 1, "", "order of workflow " + index)));
    return sites;
  }

  /// The first two change places where the first is the last of the time before. With three sites
  /// and more that leaves the last as it was drawn, so no time depends on more than the one before;
  /// all two sites of a job take turns.
  private List<SiteName> withoutRepeat(JobDefinition job, int time) {
    int sites = job.sitesOfRound();
    if (sites == 2) {
      return job.sites().size() == 2 ? drawn(job, 0) : pairWithoutRepeat(job, time);
    }
    return after(time == 0 ? List.of() : drawn(job, time - 1), drawn(job, time));
  }

  /// Of two, the other becomes the last where they change places, so what is before matters: back
  /// to a time that does not begin with a site of the one before.
  private List<SiteName> pairWithoutRepeat(JobDefinition job, int time) {
    int from = time;
    while (from > 0 && drawn(job, from - 1).contains(drawn(job, from).getFirst())) {
      from--;
    }
    var pair = drawn(job, from);
    for (int next = from + 1; next <= time; next++) {
      pair = after(pair, drawn(job, next));
    }
    return pair;
  }

  private static List<SiteName> after(List<SiteName> before, List<SiteName> drawn) {
    if (!before.isEmpty() && drawn.getFirst().equals(before.getLast())) {
      Collections.swap(drawn, 0, 1);
    }
    return drawn;
  }

  private RoundPlan visit(JobState state, SiteName site, int visit) {
    var job = state.definition();
    var tasks = new ArrayList<TaskAssignment>();
    var reductions = new ArrayList<RoundPlan.Reduction>();
    tasks.add(state.training(0, site, TaskAssignment.GLOBAL, workflow.weightType()));
    var keys = List.of(tasks.getFirst().key());
    reductions.add(new RoundPlan.Reduction(TaskAssignment.GLOBAL, keys));
    // Each is scored by its site after the time around, which is what the best is chosen by.
    boolean best =
        workflow.keyMetric().isPresent() && SiteModels.wanted(job, index, Models.SITE_BEST);
    if (best || SiteModels.wanted(job, index, Models.SITE_FINAL)) {
      reductions.add(new RoundPlan.Reduction(SiteModels.trained(site), keys));
    }
    if (workflow.alone()) {
      var track = SiteModels.alone(site);
      tasks.add(state.training(1, site, track, workflow.weightType()));
      reductions.add(new RoundPlan.Reduction(track, List.of(tasks.getLast().key())));
    }
    int round = state.lastRound() + 1;
    int missed = state.missed().tailSet(round - visit).size();
    boolean needed =
        job.mandatorySites().contains(site) || missed >= job.sitesOfRound() - job.minSites();
    return new RoundPlan(
        RunRecord.Kind.TRAIN,
        round,
        tasks,
        new RoundPlan.Closing(
            needed ? 1 : 0,
            Collections.emptySortedSet(),
            workflow.roundDeadline(),
            Optional.empty()),
        reductions);
  }

  private RoundPlan evaluation(JobState state) {
    return Evaluation.round(state, workflow.roundDeadline(), Optional.empty());
  }
}
