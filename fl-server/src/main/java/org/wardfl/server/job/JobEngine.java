package org.wardfl.server.job;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.proto.job.JobStatus;
import org.wardfl.proto.job.WorkflowDefinition;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.proto.task.TaskKey;
import org.wardfl.server.result.RunRecord;

/// Decides which events follow from a command, and what state follows from an event.
///
/// Both are pure. A command that nothing follows from (a late answer, a repeated message, a second
/// abort) gives no event; a job that has ended gives none at all.
public final class JobEngine {

  // Of sites in a sentence.
  private static final int MOST_NAMES = 5;

  private JobEngine() {}

  /// The state that a stream of events begins with.
  public static JobState begin(JobEvent.Submitted submitted) {
    return new JobState(
        submitted.id(),
        submitted.definition(),
        JobStatus.SUBMITTED,
        Optional.empty(),
        0,
        0,
        Collections.emptySortedMap(),
        Optional.empty(),
        Collections.emptySortedMap(),
        Collections.emptySortedSet(),
        Collections.emptySortedMap());
  }

  /// The events that follow from a command, in order.
  ///
  /// @param now recorded in the events; a replay takes it from them and never asks again
  /// @param available sites that are connected; only the choice of who makes the first model
  ///   depends on it
  public static List<JobEvent> decide(
      JobState state, Command command, Instant now, Predicate<SiteName> available) {
    if (state.status().isEnded()) {
      return List.of();
    }
    var progress = new Progress(state, now, available);
    switch (command) {
      case Command.Start(var model, var sites) -> progress.start(model, sites);
      case Command.Join(var sites) -> progress.join(sites);
      case Command.GiveUp(var failure) -> progress.giveUp(failure);
      case Command.Answered(var task, var answer) -> progress.answered(task, answer);
      case Command.TimePassed _ -> progress.timePassed();
      case Command.ModelReady ready -> progress.modelReady(ready);
      case Command.ReductionFailed failed -> progress.reductionFailed(failed);
      case Command.Abort(var by) ->
          progress.emit(new JobEvent.Ended(JobStatus.ABORTED, Optional.empty(), by, now));
    }
    return List.copyOf(progress.events);
  }

  /// The state after an event.
  ///
  /// @throws IllegalStateException if the event cannot follow on this state, which means that the
  ///   stream is damaged
  public static JobState apply(JobState state, JobEvent event) {
    JobTransitions.require(state, event);
    return switch (event) {
      case JobEvent.Submitted _, JobEvent.SitesTaken _ -> state;
      case JobEvent.Started(var at) -> state.started(at);
      case JobEvent.RoundOpened(var workflow, var plan, var at) ->
          opened(state, workflow, plan, at);
      case JobEvent.TaskAnswered(var task, var answer, var at) -> answered(state, task, answer, at);
      case JobEvent.RoundClosed _ -> closed(state);
      case JobEvent.ModelPublished(var track, var model, _, _) -> published(state, track, model);
      case JobEvent.UpdatesCompared _ -> state;
      case JobEvent.BestModelChosen(var track, var round, var model, var value, _) ->
          state.withBest(track, new RunRecord.Best(round, model, value));
      case JobEvent.Ended(var status, _, _, _) -> state.ended(status);
      case JobEvent.Deleted _ -> state.deleted();
    };
  }

  private static JobState opened(JobState state, int workflow, RoundPlan plan, Instant at) {
    var received = new TreeMap<String, ModelHash>();
    plan.tasks()
        .forEach(task -> task.model().ifPresent(model -> received.put(task.track(), model)));
    var unpublished = plan.reductions().stream().map(RoundPlan.Reduction::track).toList();
    var round =
        new JobState.OpenRound(
            plan, received, at, Collections.emptyMap(), Optional.empty(), false, unpublished);
    int start = workflow == state.workflow() ? state.workflowStart() : plan.round() - 1;
    return state.withWorkflow(workflow, start).withOpen(Optional.of(round));
  }

  private static JobState answered(JobState state, TaskKey task, Answer answer, Instant at) {
    var round = state.open().orElseThrow();
    var answers = new HashMap<>(round.answers());
    answers.put(task, answer);
    var next =
        new JobState.OpenRound(
            round.plan(),
            round.received(),
            round.openedAt(),
            answers,
            round.quorumAt(),
            false,
            round.unpublished());
    if (next.quorumAt().isEmpty()
        && next.accepted().size() >= Math.max(1, round.plan().closing().minAccepted())) {
      next =
          new JobState.OpenRound(
              next.plan(),
              next.received(),
              next.openedAt(),
              answers,
              Optional.of(at),
              false,
              next.unpublished());
    }
    return state.withOpen(Optional.of(next));
  }

  private static JobState closed(JobState state) {
    var round = state.open().orElseThrow();
    // A track whose tasks were all lost keeps its model.
    var owed =
        round.plan().reductions().stream()
            .filter(reduction -> reduction.tasks().stream().anyMatch(round::isAccepted))
            .map(RoundPlan.Reduction::track)
            .toList();
    var next = state.withOpen(Optional.of(with(round, owed)));
    if (round.plan().kind() == RunRecord.Kind.TRAIN && round.accepted().isEmpty()) {
      return next.withMissed(round.plan().round());
    }
    if (round.plan().kind() != RunRecord.Kind.INITIAL || !owed.isEmpty()) {
      return next;
    }
    var task = round.plan().tasks().getFirst().key();
    return next.withInitialFailure(task.site(), reason(round.answers().get(task)));
  }

  private static String reason(@Nullable Answer answer) {
    return switch (answer) {
      case null -> "did not answer in time";
      case Answer.Accepted _ -> "was accepted";
      case Answer.Failed(var phase, var reason) -> "failed in " + phase + ": " + reason;
      case Answer.Declined(var reason) -> "declined: " + reason;
      case Answer.Refused(var reason) -> "was refused: " + reason;
    };
  }

  private static JobState published(JobState state, String track, ModelHash model) {
    var models = new TreeMap<>(state.models());
    models.put(track, model);
    var open =
        state
            .open()
            .map(round ->
                with(
                    round,
                    round.unpublished().stream().filter(name -> !name.equals(track)).toList()));
    return state.withModels(models).withOpen(open);
  }

  private static JobState.OpenRound with(JobState.OpenRound round, List<String> unpublished) {
    return new JobState.OpenRound(
        round.plan(),
        round.received(),
        round.openedAt(),
        round.answers(),
        round.quorumAt(),
        true,
        unpublished);
  }

  /// The events of one decision, each applied as soon as it is made, so that the next is decided on
  /// what is already true.
  private static final class Progress {

    private final List<JobEvent> events = new ArrayList<>();
    private final Instant now;
    private final Predicate<SiteName> available;
    private JobState state;

    Progress(JobState state, Instant now, Predicate<SiteName> available) {
      this.state = state;
      this.now = now;
      this.available = available;
    }

    void emit(JobEvent event) {
      events.add(event);
      state = apply(state, event);
    }

    void start(Optional<ModelHash> model, SortedSet<SiteName> sites) {
      if (state.status() == JobStatus.RUNNING) {
        return;
      }
      if (!sites.isEmpty()) {
        emit(new JobEvent.SitesTaken(sites, now));
      }
      emit(new JobEvent.Started(now));
      if (model.isPresent()) {
        emit(new JobEvent.ModelPublished(TaskAssignment.GLOBAL, model.get(), new TreeMap<>(), now));
        openNext();
      } else if (state.definition().workflows().stream().anyMatch(WorkflowDefinition::needsModel)) {
        openInitial(0);
      } else {
        openNext();
      }
    }

    void join(SortedSet<SiteName> sites) {
      if (state.status() == JobStatus.RUNNING) {
        emit(new JobEvent.SitesTaken(sites, now));
      }
    }

    void giveUp(Failure failure) {
      if (state.status() == JobStatus.SUBMITTED) {
        fail(failure);
      }
    }

    void answered(TaskKey task, Answer answer) {
      var round = state.open();
      if (round.isEmpty()
          || round.get().closed()
          || round.get().task(task).isEmpty()
          || round.get().answers().containsKey(task)) {
        return;
      }
      emit(new JobEvent.TaskAnswered(task, answer, now));
      closeIfDue();
    }

    void timePassed() {
      var deadline = state.startedAt().map(at -> at.plus(state.definition().deadline()));
      if (deadline.isPresent() && !now.isBefore(deadline.get())) {
        fail(
            new Failure(
                Optional.empty(),
                "deadline",
                "the job's deadline of " + text(state.definition().deadline()) + " has passed"));
        return;
      }
      closeIfDue();
    }

    void modelReady(Command.ModelReady ready) {
      if (isOwed(ready.round(), ready.track())) {
        if (!ready.likeness().isEmpty()) {
          emit(new JobEvent.UpdatesCompared(ready.track(), ready.likeness(), now));
        }
        // Before the model: without what the server remembers of it, it must not be there.
        memory(ready)
            .ifPresent(track ->
                emit(
                    new JobEvent.ModelPublished(
                        track, ready.memory().orElseThrow(), new TreeMap<>(), now)));
        emit(new JobEvent.ModelPublished(ready.track(), ready.model(), ready.weights(), now));
        openNextIfPublished();
      }
    }

    void reductionFailed(Command.ReductionFailed failed) {
      if (isOwed(failed.round(), failed.track())) {
        fail(
            new Failure(
                Optional.empty(),
                "aggregation",
                "round " + failed.round() + ": " + failed.reason()));
      }
    }

    // A reduction of an earlier round that was carried out twice must not pass for one of this
    // round.
    private boolean isOwed(int round, String track) {
      return state
          .open()
          .filter(open ->
              open.closed() && open.plan().round() == round && open.unpublished().contains(track))
          .isPresent();
    }

    private Optional<String> memory(Command.ModelReady ready) {
      return ready.memory().isEmpty()
          ? Optional.empty()
          : state.open().orElseThrow().plan().reductions().stream()
              .filter(reduction -> reduction.track().equals(ready.track()))
              .findFirst()
              .flatMap(RoundPlan.Reduction::memory);
    }

    private void closeIfDue() {
      var round = state.open();
      if (round.isEmpty() || round.get().closed()) {
        return;
      }
      var open = round.get();
      var failure = hopeless(open);
      if (failure.isPresent()) {
        fail(failure.get());
      } else if (open.answers().size() == open.plan().tasks().size()) {
        close(open, "answered");
      } else if (!now.isBefore(open.closesAt())) {
        overdue(open);
      }
    }

    private void overdue(JobState.OpenRound open) {
      var closing = open.plan().closing();
      boolean early = now.isBefore(open.openedAt().plus(closing.deadline()));
      var accepted = JobEngine.sites(open.accepted());
      if (accepted.size() < closing.minAccepted() || !accepted.containsAll(closing.mandatory())) {
        fail(
            failure(
                open,
                "at its deadline of "
                    + text(closing.deadline())
                    + ", "
                    + accepted.size()
                    + " of "
                    + open.counted().size()
                    + " sites were accepted; the job needs "
                    + closing.minAccepted()
                    + (closing.mandatory().isEmpty()
                        ? ""
                        : " and the mandatory " + closing.mandatory())));
      } else {
        close(open, early ? "early" : "deadline");
      }
    }

    /// Whether what the round needs can no longer come.
    private Optional<Failure> hopeless(JobState.OpenRound open) {
      var closing = open.plan().closing();
      int possible = 0;
      for (var key : open.counted()) {
        var answer = open.answers().get(key);
        boolean lost = answer != null && !(answer instanceof Answer.Accepted);
        possible += lost ? 0 : 1;
        if (lost && closing.mandatory().contains(key.site())) {
          return Optional.of(failure(open, "mandatory site " + key.site() + " was not accepted"));
        }
      }
      if (possible < closing.minAccepted()) {
        return Optional.of(
            failure(
                open,
                "at most "
                    + possible
                    + " of "
                    + open.counted().size()
                    + " sites can still be accepted; the job needs "
                    + closing.minAccepted()));
      }
      return Optional.empty();
    }

    /// A failure of the round, blamed on the first site by name that did not deliver.
    private Failure failure(JobState.OpenRound open, String what) {
      var sentence = "round " + open.plan().round() + ": " + what;
      for (var key : open.counted()) {
        var mandatory = open.plan().closing().mandatory();
        if (!mandatory.isEmpty()
            && what.startsWith("mandatory")
            && !mandatory.contains(key.site())) {
          continue;
        }
        var answer = open.answers().get(key);
        if (answer != null && !(answer instanceof Answer.Accepted)) {
          var phase =
              switch (answer) {
                case Answer.Failed failed -> failed.phase();
                case Answer.Declined _ -> "policy";
                case Answer.Refused _, Answer.Accepted _ -> "check";
              };
          return new Failure(
              Optional.of(key.site()), phase, sentence + "; " + key.site() + " " + reason(answer));
        }
      }
      return silent(open, sentence);
    }

    /// A failure of a round in which whoever answered was accepted.
    private static Failure silent(JobState.OpenRound open, String sentence) {
      var silent =
          JobEngine.sites(
              open.counted().stream().filter(key -> !open.answers().containsKey(key)).toList());
      if (silent.isEmpty()) {
        return new Failure(Optional.empty(), "round", sentence);
      }
      var names = new StringJoiner(", ");
      silent.stream().limit(MOST_NAMES).forEach(site -> names.add(site.value()));
      var more = silent.size() > MOST_NAMES ? " and " + (silent.size() - MOST_NAMES) + " more" : "";
      return new Failure(
          Optional.of(silent.getFirst()), "round", sentence + "; no answer from " + names + more);
    }

    private void close(JobState.OpenRound open, String because) {
      emit(new JobEvent.RoundClosed(because, now));
      if (open.plan().kind() == RunRecord.Kind.INITIAL && open.accepted().isEmpty()) {
        openInitial(open.plan().tasks().getFirst().key().step() + 1);
        return;
      }
      chooseBest(open);
      openNextIfPublished();
    }

    private void chooseBest(JobState.OpenRound open) {
      var metric = state.definition().workflows().get(state.workflow()).keyMetric();
      if (metric.isPresent()) {
        open.received().keySet().stream()
            .filter(track -> Planner.of(state, state.workflow()).compares(open.plan(), track))
            .forEach(track -> chooseBest(open, metric.get(), track));
      }
    }

    private void chooseBest(
        JobState.OpenRound open, WorkflowDefinition.KeyMetric metric, String track) {
      var model = open.received().get(track);
      var value = Scores.mean(open.plan(), open.answers(), track).get(metric.name());
      if (model == null || value == null) {
        return;
      }
      var best = state.bests().get(track);
      boolean better =
          best == null
              || switch (metric.direction()) {
                case MAX -> value > best.value();
                case MIN -> value < best.value();
              };
      if (better) {
        emit(new JobEvent.BestModelChosen(track, open.plan().round() - 1, model, value, now));
      }
    }

    private void openNextIfPublished() {
      var round = state.open();
      if (round.isPresent() && round.get().closed() && round.get().unpublished().isEmpty()) {
        openNext();
      }
    }

    private void openInitial(int step) {
      var failed = state.initialFailures();
      var site =
          state.definition().sites().stream()
              .filter(candidate -> !failed.containsKey(candidate))
              .min(
                  Comparator.comparing((SiteName candidate) -> !available.test(candidate))
                      .thenComparing(candidate -> candidate));
      if (site.isPresent()) {
        emit(new JobEvent.RoundOpened(0, FirstModel.plan(state, step, site.get()), now));
      } else {
        var byReason = new LinkedHashMap<String, StringJoiner>();
        failed.forEach((candidate, reason) ->
            byReason.computeIfAbsent(reason, _ -> new StringJoiner(", ")).add(candidate.value()));
        var reasons = new StringJoiner("; ");
        byReason.forEach((reason, sites) -> reasons.add(sites + " " + reason));
        fail(
            new Failure(
                Optional.of(failed.firstKey()),
                "initial model",
                "no site could make the first model: " + reasons));
      }
    }

    private void openNext() {
      for (int i = state.workflow(); i < state.definition().workflows().size(); i++) {
        var plan = Planner.of(state, i).next(state);
        if (plan.isPresent()) {
          emit(new JobEvent.RoundOpened(i, plan.get(), now));
          return;
        }
      }
      emit(new JobEvent.Ended(JobStatus.COMPLETED, Optional.empty(), Optional.empty(), now));
    }

    private void fail(Failure failure) {
      emit(new JobEvent.Ended(JobStatus.FAILED, Optional.of(failure), Optional.empty(), now));
    }
  }

  /// The sites of these tasks, each once, by name.
  public static List<SiteName> sites(List<TaskKey> keys) {
    return keys.stream().map(TaskKey::site).distinct().sorted().toList();
  }

  private static String text(java.time.Duration duration) {
    return duration.toString().substring(2).toLowerCase(java.util.Locale.ROOT);
  }
}
