package org.wardfl.server.service;

import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.wardfl.algo.SiteName;
import org.wardfl.proto.admin.JobReport;
import org.wardfl.proto.admin.JobReport.SiteState;
import org.wardfl.proto.admin.JobSummary;
import org.wardfl.proto.job.JobStatus;
import org.wardfl.proto.task.ObservedState;
import org.wardfl.server.Coordinator;
import org.wardfl.server.job.Answer;
import org.wardfl.server.result.ResultFiles;
import org.wardfl.server.result.RunRecord;
import org.wardfl.server.schedule.Schedule;
import org.wardfl.server.schedule.SiteStand;
import org.wardfl.server.schedule.SiteStand.Kind;

/// What people are told of jobs: what happened, and what the sites say of themselves now.
final class JobReports {

  private final Coordinator coordinator;
  private final Sessions sessions;

  JobReports(Coordinator coordinator, Sessions sessions) {
    this.coordinator = coordinator;
    this.sessions = sessions;
  }

  JobSummary summary(RunRecord run) {
    var waiting = waiting(run);
    return new JobSummary(
        run.id(),
        run.definition().name(),
        run.definition().study(),
        waiting.isPresent() ? JobStatus.WAITING : run.status(),
        waiting,
        Submitter.parse(run.submitter()).name().name(),
        run.submitted(),
        run.started(),
        run.finished(),
        trained(run),
        run.definition().rounds());
  }

  /// Rounds that only score or describe are none to people, wherever they stand among the others.
  private static long trained(RunRecord run) {
    return run.rounds().stream().filter(round -> round.kind() == RunRecord.Kind.TRAIN).count();
  }

  JobReport report(RunRecord run) {
    return new JobReport(
        summary(run),
        run.definition().sites().stream().map(site -> site(run, site)).toList(),
        run.failure()
            .map(failure ->
                new JobReport.Failure(failure.site(), failure.phase(), failure.reason())),
        run.abortedBy(),
        run.model(),
        run.best().map(best -> new JobReport.Best(best.round(), best.model(), best.value())),
        ResultFiles.finalMeans(run),
        ResultFiles.complaints(run));
  }

  /// A job waits before it begins, and when it runs but nobody works on its open tasks.
  private Optional<String> waiting(RunRecord run) {
    if (run.status() == JobStatus.SUBMITTED) {
      return coordinator.standing(run.id()).flatMap(Schedule.Standing::waiting);
    }
    if (run.status().isEnded() || run.rounds().isEmpty()) {
      return Optional.empty();
    }
    var causes = new TreeMap<String, SortedSet<String>>();
    for (var task : run.rounds().getLast().tasks()) {
      if (task.answer().isEmpty()) {
        var kind = kind(run, task.site());
        if (kind.word().isEmpty()) {
          return Optional.empty();
        }
        causes.computeIfAbsent(kind.word(), _ -> new TreeSet<>()).add(task.site().value());
      }
    }
    return causes.isEmpty()
        ? Optional.empty()
        : Optional.of(
            causes.entrySet().stream()
                .map(cause -> cause.getKey() + ": " + String.join(", ", cause.getValue()))
                .collect(Collectors.joining("; ")));
  }

  private Kind kind(RunRecord run, SiteName site) {
    if (sessions.disabled().containsKey(site)) {
      return Kind.DISABLED;
    }
    if (!sessions.isLive(site)) {
      return Kind.OFFLINE;
    }
    return stand(run, site).map(SiteStand::kind).orElse(Kind.TAKEN);
  }

  private Optional<SiteStand> stand(RunRecord run, SiteName site) {
    return coordinator
        .standing(run.id())
        .flatMap(standing -> Optional.ofNullable(standing.sites().get(site)));
  }

  /// How a site stands to a job.
  JobReport.Site site(RunRecord run, SiteName name) {
    var task =
        run.rounds().isEmpty()
            ? Optional.<RunRecord.Task>empty()
            : run.rounds().getLast().tasks().stream()
                .filter(one -> one.site().equals(name))
                .findFirst();
    var answer = task.flatMap(RunRecord.Task::answer);
    if (answer.isPresent()) {
      return switch (answer.get()) {
        case Answer.Accepted _ -> new JobReport.Site(name, SiteState.DELIVERED, "");
        case Answer.Refused(var reason) -> new JobReport.Site(name, SiteState.REFUSED, reason);
        case Answer.Declined(var reason) -> new JobReport.Site(name, SiteState.DECLINED, reason);
        case Answer.Failed(var phase, var reason) ->
            new JobReport.Site(name, SiteState.FAILED, phase + ": " + reason);
      };
    }
    if (run.status().isEnded()) {
      return new JobReport.Site(
          name, SiteState.DONE, task.isPresent() ? "did not answer the last task" : "");
    }
    var disabled = sessions.disabled().get(name);
    if (disabled != null) {
      // Such a site has no session, so it would be offline in any case.
      return new JobReport.Site(name, SiteState.WAITING, disabled);
    }
    if (!sessions.isLive(name)) {
      return new JobReport.Site(name, SiteState.OFFLINE, "");
    }
    var stand = stand(run, name);
    if (stand.isPresent() && (run.rounds().isEmpty() || !stand.get().kind().word().isEmpty())) {
      return standing(name, stand.get());
    }
    if (task.isEmpty()) {
      return new JobReport.Site(name, SiteState.WAITING, "no task in this round");
    }
    return sessions
        .observed(name)
        .flatMap(observed -> activity(run, observed))
        .map(state -> new JobReport.Site(name, state, ""))
        .orElseGet(() -> new JobReport.Site(name, SiteState.WAITING, "has not begun"));
  }

  private static JobReport.Site standing(SiteName name, SiteStand stand) {
    var word = stand.kind().word();
    return switch (stand.kind()) {
      case REFUSED -> new JobReport.Site(name, SiteState.DECLINED, stand.sentence());
      case OFFLINE -> new JobReport.Site(name, SiteState.OFFLINE, "");
      case TAKEN, READY, UNDECIDED, DISABLED, APPROVAL, PAUSED, HOURS, POLICY, BUSY, SHORT ->
          new JobReport.Site(
              name,
              SiteState.WAITING,
              word.isEmpty() || stand.sentence().isEmpty()
                  ? word + stand.sentence()
                  : word + ": " + stand.sentence());
    };
  }

  private static Optional<SiteState> activity(RunRecord run, ObservedState observed) {
    return observed.tasks().stream()
        .filter(task -> task.key().job().equals(run.id()))
        .findFirst()
        .map(task ->
            switch (task.activity()) {
              case FETCHING -> SiteState.FETCHING;
              case RUNNING -> SiteState.RUNNING;
              case DELIVERING -> SiteState.DELIVERING;
            });
  }
}
