package org.wardfl.server.job;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import org.wardfl.algo.Seed;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.job.WorkflowDefinition;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.proto.task.TaskKey;
import org.wardfl.server.result.RunRecord;

/// Plans the rounds of federated averaging; step 0 is the federation's own model, step 1 what each
/// site trains by itself.
final class FedAvgPlanner {

  private final JobId id;
  private final JobDefinition job;
  private final WorkflowDefinition.FedAvg workflow;
  private final int totalRounds;

  FedAvgPlanner(JobId id, JobDefinition job, WorkflowDefinition.FedAvg workflow, int totalRounds) {
    this.id = id;
    this.job = job;
    this.workflow = workflow;
    this.totalRounds = totalRounds;
  }

  /// The track of the model that a site trains by itself.
  static String alone(SiteName site) {
    return "alone/" + site;
  }

  RoundPlan train(int round, SortedMap<String, ModelHash> models) {
    var tasks = new ArrayList<TaskAssignment>();
    var reductions = new ArrayList<RoundPlan.Reduction>();
    var global = new ArrayList<TaskKey>();
    for (var site : selected(round)) {
      tasks.add(task(round, 0, site, TaskKind.TRAIN, TaskAssignment.GLOBAL, models));
      global.add(tasks.getLast().key());
    }
    reductions.add(new RoundPlan.Reduction(TaskAssignment.GLOBAL, global));
    if (workflow.alone()) {
      for (var key : global) {
        tasks.add(task(round, 1, key.site(), TaskKind.TRAIN, alone(key.site()), models));
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

  RoundPlan evaluate(int round, SortedMap<String, ModelHash> models) {
    var tasks = new ArrayList<TaskAssignment>();
    for (var site : selected(round)) {
      tasks.add(task(round, 0, site, TaskKind.EVALUATE, TaskAssignment.GLOBAL, models));
      if (models.containsKey(alone(site))) {
        tasks.add(task(round, 1, site, TaskKind.EVALUATE, alone(site), models));
      }
    }
    // The model is there already: nobody's failure to score it may spoil the job.
    var closing =
        new RoundPlan.Closing(
            0, Collections.emptySortedSet(), workflow.roundDeadline(), workflow.closeEarly());
    return new RoundPlan(RunRecord.Kind.EVALUATE, round, tasks, closing, List.of());
  }

  /// A task for one site to make the first model.
  RoundPlan initial(int step, SiteName site) {
    var task =
        new TaskAssignment(
            new TaskKey(id, 0, step, site),
            TaskKind.INITIAL,
            Optional.empty(),
            totalRounds,
            WeightType.FULL,
            TaskAssignment.GLOBAL);
    var closing =
        new RoundPlan.Closing(
            0, Collections.emptySortedSet(), workflow.roundDeadline(), Optional.empty());
    return new RoundPlan(
        RunRecord.Kind.INITIAL,
        0,
        List.of(task),
        closing,
        List.of(new RoundPlan.Reduction(TaskAssignment.GLOBAL, List.of(task.key()))));
  }

  private TaskAssignment task(
      int round,
      int step,
      SiteName site,
      TaskKind kind,
      String track,
      SortedMap<String, ModelHash> models) {
    // A site that trains by itself starts from the model that the federation starts from.
    var model =
        Optional.ofNullable(models.get(track))
            .or(() -> Optional.ofNullable(models.get(TaskAssignment.GLOBAL)));
    return new TaskAssignment(
        new TaskKey(id, round, step, site), kind, model, totalRounds, workflow.weightType(), track);
  }

  /// The sites of a round: all, or a sample that depends on the seed and the round alone, with the
  /// mandatory ones in it.
  private SortedSet<SiteName> selected(int round) {
    if (job.sample() == 0) {
      return job.sites();
    }
    var others = new ArrayList<>(job.sites());
    others.removeAll(job.mandatorySites());
    Collections.shuffle(others, new Random(Seed.derive(job.seed(), round, "", "sample")));
    var selected = new TreeSet<>(job.mandatorySites());
    selected.addAll(others.subList(0, job.sample() - job.mandatorySites().size()));
    return selected;
  }
}
