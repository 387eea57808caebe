package org.wardfl.server.service;

import java.util.Optional;
import org.wardfl.algo.SiteName;
import org.wardfl.proto.admin.JobReport;
import org.wardfl.proto.admin.JobReport.SiteState;
import org.wardfl.proto.admin.JobSummary;
import org.wardfl.proto.job.JobStatus;
import org.wardfl.proto.task.ObservedState;
import org.wardfl.server.job.Answer;
import org.wardfl.server.result.ResultFiles;
import org.wardfl.server.result.RunRecord;

/// What people are told of jobs: what happened, and what the sites say of themselves now.
final class JobReports {

  private final Sessions sessions;

  JobReports(Sessions sessions) {
    this.sessions = sessions;
  }

  JobSummary summary(RunRecord run) {
    var waiting = waiting(run);
    // A job that runs, but whose open tasks all belong to sites that are away, waits.
    boolean waits = run.status() == JobStatus.RUNNING && waiting.isPresent();
    return new JobSummary(
        run.id(),
        run.definition().name(),
        run.definition().study(),
        waits ? JobStatus.WAITING : run.status(),
        waiting,
        Submitter.parse(run.submitter()).name().name(),
        run.submitted(),
        run.started(),
        run.finished(),
        // The final model's evaluation is no round of its own to people.
        run.rounds().isEmpty()
            ? 0
            : Math.min(run.rounds().getLast().round(), run.definition().rounds()),
        run.definition().rounds());
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

  private Optional<String> waiting(RunRecord run) {
    if (run.status().isEnded() || run.rounds().isEmpty()) {
      return Optional.empty();
    }
    var open =
        run.rounds().getLast().tasks().stream().filter(task -> task.answer().isEmpty()).toList();
    if (open.isEmpty() || open.stream().anyMatch(task -> sessions.isLive(task.site()))) {
      return Optional.empty();
    }
    var away = open.stream().map(task -> task.site().value()).distinct().toList();
    return Optional.of("offline: " + String.join(", ", away));
  }

  private JobReport.Site site(RunRecord run, SiteName name) {
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
    if (!sessions.isLive(name)) {
      return new JobReport.Site(name, SiteState.OFFLINE, "");
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
