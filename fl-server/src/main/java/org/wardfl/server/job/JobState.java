package org.wardfl.server.job;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.job.JobStatus;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.proto.task.TaskKey;
import org.wardfl.server.result.RunRecord;

/// What a job has come to: nothing but what decisions need.
///
/// @param id the job
/// @param definition what was asked for
/// @param status where it stands
/// @param startedAt when it started
/// @param workflow which of its workflows is on, from 0
/// @param workflowStart the number of rounds that were done when this workflow began
/// @param models per track, the newest model
/// @param open the round that is on, or was closed and not yet reduced
/// @param bests per track, the best model so far, where the workflow keeps it
/// @param missed the last training rounds that ended without an accepted answer, where the workflow
///   went on
/// @param initialFailures sites that were asked for the first model and could not make it, with the
///   reason
public record JobState(
    JobId id,
    JobDefinition definition,
    JobStatus status,
    Optional<Instant> startedAt,
    int workflow,
    int workflowStart,
    SortedMap<String, ModelHash> models,
    Optional<OpenRound> open,
    SortedMap<String, RunRecord.Best> bests,
    SortedSet<Integer> missed,
    SortedMap<SiteName, String> initialFailures) {

  /// Copies.
  public JobState {
    models = Collections.unmodifiableSortedMap(new TreeMap<>(models));
    bests = Collections.unmodifiableSortedMap(new TreeMap<>(bests));
    missed = Collections.unmodifiableSortedSet(new TreeSet<>(missed));
    initialFailures = Collections.unmodifiableSortedMap(new TreeMap<>(initialFailures));
  }

  /// The federation's best model so far.
  public Optional<RunRecord.Best> best() {
    return Optional.ofNullable(bests.get(TaskAssignment.GLOBAL));
  }

  /// A round from its opening until the models that come of it are published.
  ///
  /// @param plan what was planned
  /// @param received the models that its tasks start from
  /// @param openedAt when it was opened
  /// @param answers by task
  /// @param quorumAt when enough answers were accepted
  /// @param closed whether further answers are too late
  /// @param unpublished tracks whose new model is owed
  public record OpenRound(
      RoundPlan plan,
      SortedMap<String, ModelHash> received,
      Instant openedAt,
      Map<TaskKey, Answer> answers,
      Optional<Instant> quorumAt,
      boolean closed,
      List<String> unpublished) {

    /// The assignment of a task of this round.
    public Optional<TaskAssignment> task(TaskKey key) {
      return plan.tasks().stream().filter(task -> task.key().equals(key)).findFirst();
    }

    /// Whether the answer to this task was accepted.
    public boolean isAccepted(TaskKey key) {
      return answers.get(key) instanceof Answer.Accepted;
    }

    /// When the round closes if nothing else happens.
    Instant closesAt() {
      var deadline = openedAt.plus(plan.closing().deadline());
      return plan.closing()
          .closeEarly()
          .flatMap(wait -> quorumAt.map(at -> at.plus(wait)))
          .filter(early -> early.isBefore(deadline))
          .orElse(deadline);
    }

    /// Tasks of the global track whose answer was accepted.
    public List<TaskKey> accepted() {
      return counted().stream().filter(this::isAccepted).toList();
    }

    /// Tasks that count toward the quorum.
    public List<TaskKey> counted() {
      return plan.tasks().stream()
          .filter(task -> task.track().equals(TaskAssignment.GLOBAL))
          .map(TaskAssignment::key)
          .toList();
    }
  }

  /// What the outside world owes this state. Asking twice gives the same answer, so after a crash
  /// the effects of the replayed state are simply carried out again.
  public List<Effect> effects() {
    var effects = new ArrayList<Effect>();
    if (status == JobStatus.RUNNING) {
      startedAt.ifPresent(at -> effects.add(new Effect.WakeAt(at.plus(definition.deadline()))));
      open.ifPresent(round -> effects.addAll(effects(round)));
    }
    return effects;
  }

  private List<Effect> effects(OpenRound round) {
    if (!round.closed()) {
      return List.of(new Effect.WakeAt(round.closesAt()));
    }
    // One after the other in the plan's order, so that the events have one order too.
    return round.plan().reductions().stream()
        .filter(reduction -> round.unpublished().contains(reduction.track()))
        .limit(1)
        .<Effect>map(reduction ->
            new Effect.Reduce(
                round.plan().round(),
                reduction.track(),
                recipe(round, reduction),
                round.task(reduction.tasks().getFirst()).flatMap(TaskAssignment::model),
                reduction.memory().flatMap(track -> Optional.ofNullable(models.get(track))),
                accepted(round, reduction)))
        .toList();
  }

  private Recipe recipe(OpenRound round, RoundPlan.Reduction reduction) {
    return round.plan().kind() == RunRecord.Kind.INITIAL
        ? new Recipe.Take()
        : Planner.of(this, workflow).recipe(reduction);
  }

  /// The number of the last round that was opened; 0 before the first.
  int lastRound() {
    return open.map(round -> round.plan().round()).orElse(0);
  }

  /// What the last round that was opened was for; INITIAL before the first.
  RunRecord.Kind lastKind() {
    return open.map(round -> round.plan().kind()).orElse(RunRecord.Kind.INITIAL);
  }

  /// A task in the next round to train the newest model of a track; one that has none yet starts
  /// from the federation's.
  TaskAssignment training(int step, SiteName site, String track, WeightType wanted) {
    var model =
        Optional.ofNullable(models.get(track))
            .or(() -> Optional.ofNullable(models.get(TaskAssignment.GLOBAL)));
    return new TaskAssignment(
        new TaskKey(id, lastRound() + 1, step, site),
        TaskKind.TRAIN,
        model,
        Math.toIntExact(definition.rounds()),
        wanted,
        track);
  }

  /// How many rounds of a workflow are over, asked between two rounds.
  ///
  /// @param index the workflow that is on, or a later one
  int done(int index) {
    return index == workflow ? lastRound() - workflowStart : 0;
  }

  private static SortedMap<TaskKey, Answer.Accepted> accepted(
      OpenRound round, RoundPlan.Reduction reduction) {
    var accepted = new TreeMap<TaskKey, Answer.Accepted>();
    for (var key : reduction.tasks()) {
      if (round.answers().get(key) instanceof Answer.Accepted answer) {
        accepted.put(key, answer);
      }
    }
    return accepted;
  }

  JobState started(Instant at) {
    return new JobState(
        id,
        definition,
        JobStatus.RUNNING,
        Optional.of(at),
        workflow,
        workflowStart,
        models,
        open,
        bests,
        missed,
        initialFailures);
  }

  /// Without its models.
  JobState deleted() {
    return new JobState(
        id,
        definition,
        status,
        startedAt,
        workflow,
        workflowStart,
        Collections.emptySortedMap(),
        Optional.empty(),
        Collections.emptySortedMap(),
        missed,
        initialFailures);
  }

  JobState ended(JobStatus end) {
    return new JobState(
        id,
        definition,
        end,
        startedAt,
        workflow,
        workflowStart,
        models,
        Optional.empty(),
        bests,
        missed,
        initialFailures);
  }

  JobState withWorkflow(int index, int start) {
    return new JobState(
        id,
        definition,
        status,
        startedAt,
        index,
        start,
        models,
        open,
        bests,
        missed,
        initialFailures);
  }

  JobState withOpen(Optional<OpenRound> round) {
    return new JobState(
        id,
        definition,
        status,
        startedAt,
        workflow,
        workflowStart,
        models,
        round,
        bests,
        missed,
        initialFailures);
  }

  JobState withModels(SortedMap<String, ModelHash> newest) {
    return new JobState(
        id,
        definition,
        status,
        startedAt,
        workflow,
        workflowStart,
        newest,
        open,
        bests,
        missed,
        initialFailures);
  }

  JobState withBest(String track, RunRecord.Best better) {
    var all = new TreeMap<>(bests);
    all.put(track, better);
    return new JobState(
        id,
        definition,
        status,
        startedAt,
        workflow,
        workflowStart,
        models,
        open,
        all,
        missed,
        initialFailures);
  }

  /// With a training round that came to nothing. Those of long ago are forgotten: no workflow asks
  /// for more than its last time around the sites.
  JobState withMissed(int round) {
    var rounds = new TreeSet<>(missed.tailSet(round - 2 * definition.sitesOfRound()));
    rounds.add(round);
    return new JobState(
        id,
        definition,
        status,
        startedAt,
        workflow,
        workflowStart,
        models,
        open,
        bests,
        rounds,
        initialFailures);
  }

  JobState withInitialFailure(SiteName site, String reason) {
    var failures = new TreeMap<>(initialFailures);
    failures.put(site, reason);
    return new JobState(
        id,
        definition,
        status,
        startedAt,
        workflow,
        workflowStart,
        models,
        open,
        bests,
        missed,
        failures);
  }
}
