package org.wardfl.server.job;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.proto.job.WorkflowDefinition;
import org.wardfl.proto.job.WorkflowDefinition.Models;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.server.result.CrossSiteTrack;
import org.wardfl.server.result.RunRecord;

/// Plans the rounds in which every site scores the models of the others and of the server.
///
/// Each model has a track that tells its names ([CrossSiteTrack]); a model that is two things, such
/// as the last one and the best, is scored once. A round has a bounded number of tasks.
final class CrossSitePlanner implements Planner {

  private static final int MOST_TASKS = 2000;

  private final int index;
  private final WorkflowDefinition.CrossSite workflow;

  CrossSitePlanner(int index, WorkflowDefinition.CrossSite workflow) {
    this.index = index;
    this.workflow = workflow;
  }

  @Override
  public Optional<RoundPlan> next(JobState state) {
    var sites = state.definition().sites();
    var models = List.copyOf(byModel(state).entrySet());
    int perRound = Math.max(1, MOST_TASKS / sites.size());
    int from = Math.min(models.size(), state.done(index) * perRound);
    int to = Math.min(models.size(), from + perRound);
    if (from == to) {
      return Optional.empty();
    }
    var tasks = new ArrayList<TaskAssignment>();
    for (var site : sites) {
      for (int i = from; i < to; i++) {
        var model = models.get(i);
        tasks.add(
            Evaluation.task(
                state, i - from, site, CrossSiteTrack.of(model.getValue()), model.getKey()));
      }
    }
    return Optional.of(
        new RoundPlan(
            RunRecord.Kind.CROSS_SITE,
            state.lastRound() + 1,
            tasks,
            Evaluation.closing(workflow.roundDeadline(), Optional.empty()),
            List.of()));
  }

  @Override
  public Recipe recipe(RoundPlan.Reduction reduction) {
    throw new IllegalStateException("scoring across sites makes no model: " + reduction.track());
  }

  /// The models with their names, the server's first.
  private Map<ModelHash, List<String>> byModel(JobState state) {
    var named = new LinkedHashMap<ModelHash, List<String>>();
    if (workflow.models().contains(Models.FINAL)) {
      add(named, CrossSiteTrack.SERVER + "/final", state.models().get(TaskAssignment.GLOBAL));
    }
    if (workflow.models().contains(Models.BEST)) {
      add(named, CrossSiteTrack.SERVER + "/best", best(state, TaskAssignment.GLOBAL));
    }
    for (var site : state.definition().sites()) {
      var trained = SiteModels.trained(site);
      var alone = SiteModels.alone(site);
      if (workflow.models().contains(Models.SITE_FINAL)) {
        add(named, site + "/final", state.models().get(trained));
        add(named, site + "/alone", state.models().get(alone));
      }
      if (workflow.models().contains(Models.SITE_BEST)) {
        add(named, site + "/best", best(state, trained));
        add(named, site + "/alone-best", best(state, alone));
      }
    }
    return named;
  }

  private static @Nullable ModelHash best(JobState state, String track) {
    var best = state.bests().get(track);
    return best == null ? null : best.model();
  }

  private static void add(
      Map<ModelHash, List<String>> named, String name, @Nullable ModelHash model) {
    if (model != null) {
      named.computeIfAbsent(model, _ -> new ArrayList<>()).add(name);
    }
  }
}
