package org.wardfl.server.service;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.wardfl.algo.SiteName;
import org.wardfl.proto.admin.SiteForecast;
import org.wardfl.proto.admin.SiteForecast.Verdict;
import org.wardfl.proto.job.JobManifest;
import org.wardfl.proto.task.ObservedState;
import org.wardfl.proto.task.ObservedState.ObservedJob;
import org.wardfl.proto.task.SiteCapacity;
import org.wardfl.server.schedule.Scheduler;

/// Asks each site of a job that nobody has submitted what it would say. The sites' policies are
/// their own: what the server adds is who is away, and what a site has told of its resources.
final class JobForecast {

  private static final Duration PATIENCE = Duration.ofSeconds(8);

  private final Sessions sessions;

  JobForecast(Sessions sessions) {
    this.sessions = sessions;
  }

  /// What the sites would say, by name; takes a few seconds at most.
  ///
  /// @param signed the manifest's bytes, which the sites verify for themselves
  List<SiteForecast> of(JobManifest job, ByteString signed) throws InterruptedException {
    var asked = new LinkedHashMap<SiteName, Optional<SiteQuestions.Question>>();
    try {
      for (var site : job.definition().sites()) {
        asked.put(site, ask(site, job, signed));
      }
      long end = System.nanoTime() + PATIENCE.toNanos();
      var forecasts = new ArrayList<SiteForecast>();
      for (var entry : asked.entrySet()) {
        var site = entry.getKey();
        var answer =
            entry.getValue().isEmpty()
                ? Optional.<ObservedJob>empty()
                : entry.getValue().get().await(Duration.ofNanos(end - System.nanoTime()));
        forecasts.add(
            entry.getValue().isPresent() && answer.isEmpty()
                ? new SiteForecast(
                    site, Verdict.NO_ANSWER, "did not answer within " + PATIENCE.toSeconds() + " s")
                : forecast(site, job, answer));
      }
      return forecasts;
    } finally {
      asked.values().forEach(question -> question.ifPresent(SiteQuestions.Question::close));
    }
  }

  private Optional<SiteQuestions.Question> ask(SiteName site, JobManifest job, ByteString signed) {
    if (sessions.disabled().containsKey(site) || capacity(site).isEmpty()) {
      return Optional.empty();
    }
    var question = sessions.questions().begin(site, job.submission().job());
    sessions.ask(site, question.message(signed));
    return Optional.of(question);
  }

  private Optional<SiteCapacity> capacity(SiteName site) {
    return sessions.observed(site).flatMap(ObservedState::capacity);
  }

  private SiteForecast forecast(SiteName site, JobManifest job, Optional<ObservedJob> answer) {
    var disabled = Optional.ofNullable(sessions.disabled().get(site));
    if (disabled.isPresent()) {
      return new SiteForecast(site, Verdict.DISABLED, disabled.get());
    }
    if (answer.isEmpty()) {
      return sessions.isLive(site)
          ? new SiteForecast(
              site, Verdict.NO_ANSWER, "its version decides about a job with its first task")
          : new SiteForecast(site, Verdict.OFFLINE, "");
    }
    var said = answer.get();
    return switch (said.decision()) {
      case REFUSED -> new SiteForecast(site, Verdict.WOULD_REFUSE, said.reason());
      case AWAITING_APPROVAL -> new SiteForecast(site, Verdict.NEEDS_APPROVAL, said.reason());
      case PAUSED -> new SiteForecast(site, Verdict.PAUSED, said.reason());
      case ADMITTED -> {
        var capacity = capacity(site).orElse(SiteCapacity.UNBOUNDED);
        var lack = Scheduler.shortOf(capacity, job.definition().resources());
        yield lack.isPresent()
            ? new SiteForecast(site, Verdict.TOO_SMALL, lack.get())
            : capacity
                .closure()
                .map(closure -> new SiteForecast(site, Verdict.CLOSED, closure.reason()))
                .orElseGet(() -> new SiteForecast(site, Verdict.WOULD_TAKE, ""));
      }
    };
  }
}
