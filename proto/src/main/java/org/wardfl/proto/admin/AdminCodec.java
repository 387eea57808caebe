package org.wardfl.proto.admin;

import com.google.protobuf.ByteString;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.proto.WireException;
import org.wardfl.proto.admin.JobReport.SiteState;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.job.JobStatus;
import org.wardfl.proto.task.TaskCodec;
import org.wardfl.proto.wire.BestModel;
import org.wardfl.proto.wire.JobFailure;
import org.wardfl.proto.wire.JobSite;
import org.wardfl.proto.wire.LogPage;

/// Jobs as people see them, as protobuf.
public final class AdminCodec {

  private AdminCodec() {}

  /// The message for a job in one line.
  public static org.wardfl.proto.wire.JobSummary toWire(JobSummary job) {
    return org.wardfl.proto.wire.JobSummary.newBuilder()
        .setId(job.id().value())
        .setName(job.name())
        .setStudy(job.study())
        .setStatus(toWire(job.status()))
        .setWaiting(job.waiting().orElse(""))
        .setSubmitter(job.submitter())
        .setSubmittedMs(job.submitted().toEpochMilli())
        .setStartedMs(job.started().map(Instant::toEpochMilli).orElse(0L))
        .setFinishedMs(job.finished().map(Instant::toEpochMilli).orElse(0L))
        .setRound(job.round())
        .setRounds(job.rounds())
        .build();
  }

  /// The job in a message.
  ///
  /// @throws WireException if it is of another form
  public static JobSummary fromWire(org.wardfl.proto.wire.JobSummary wire) throws WireException {
    try {
      return new JobSummary(
          new JobId(wire.getId()),
          wire.getName(),
          wire.getStudy(),
          fromWire(wire.getStatus()),
          text(wire.getWaiting()),
          wire.getSubmitter(),
          Instant.ofEpochMilli(wire.getSubmittedMs()),
          instant(wire.getStartedMs()),
          instant(wire.getFinishedMs()),
          wire.getRound(),
          wire.getRounds());
    } catch (IllegalArgumentException e) {
      throw new WireException("job: " + e.getMessage(), e);
    }
  }

  /// The message for a report.
  public static org.wardfl.proto.wire.JobReport toWire(JobReport report) {
    var wire =
        org.wardfl.proto.wire.JobReport.newBuilder()
            .setSummary(toWire(report.summary()))
            .setAbortedBy(report.abortedBy().orElse(""))
            .setModel(report.model().map(TaskCodec::toWire).orElse(ByteString.EMPTY))
            .putAllMetrics(report.metrics())
            .addAllComplaints(report.complaints());
    for (var site : report.sites()) {
      wire.addSites(
          JobSite.newBuilder()
              .setName(site.name().value())
              .setState(toWire(site.state()))
              .setDetail(site.detail()));
    }
    report
        .failure()
        .ifPresent(failure ->
            wire.setFailure(
                JobFailure.newBuilder()
                    .setSite(failure.site().map(SiteName::value).orElse(""))
                    .setPhase(failure.phase())
                    .setReason(failure.reason())));
    report
        .best()
        .ifPresent(best ->
            wire.setBest(
                BestModel.newBuilder()
                    .setRound(best.round())
                    .setModel(TaskCodec.toWire(best.model()))
                    .setValue(best.value())));
    return wire.build();
  }

  /// The report in a message.
  ///
  /// @throws WireException if it is of another form
  public static JobReport fromWire(org.wardfl.proto.wire.JobReport wire) throws WireException {
    try {
      var sites = new ArrayList<JobReport.Site>();
      for (var site : wire.getSitesList()) {
        sites.add(
            new JobReport.Site(
                new SiteName(site.getName()), fromWire(site.getState()), site.getDetail()));
      }
      return new JobReport(
          fromWire(wire.getSummary()),
          sites,
          wire.hasFailure() ? Optional.of(failure(wire.getFailure())) : Optional.empty(),
          text(wire.getAbortedBy()),
          wire.getModel().isEmpty()
              ? Optional.<ModelHash>empty()
              : Optional.of(TaskCodec.fromWire(wire.getModel())),
          wire.hasBest() ? Optional.of(best(wire.getBest())) : Optional.empty(),
          new TreeMap<>(wire.getMetricsMap()),
          wire.getComplaintsList());
    } catch (IllegalArgumentException e) {
      throw new WireException("job report: " + e.getMessage(), e);
    }
  }

  /// The lines in a page of a log.
  ///
  /// @throws WireException if one is of another form
  public static List<LogLine> fromWire(LogPage wire) throws WireException {
    try {
      return wire.getLinesList().stream()
          .map(line ->
              new LogLine(
                  new SiteName(line.getSite()),
                  Instant.ofEpochMilli(line.getAtMs()),
                  line.getText()))
          .toList();
    } catch (IllegalArgumentException e) {
      throw new WireException("log: " + e.getMessage(), e);
    }
  }

  /// The message for how a site stands to a job.
  public static org.wardfl.proto.wire.SiteJob toWire(SiteJob job) {
    return org.wardfl.proto.wire.SiteJob.newBuilder()
        .setId(job.id().value())
        .setName(job.name())
        .setState(toWire(job.site().state()))
        .setDetail(job.site().detail())
        .build();
  }

  /// How a site stands to the job in a message.
  ///
  /// @throws WireException if it is of another form
  public static SiteJob fromWire(SiteName site, org.wardfl.proto.wire.SiteJob wire)
      throws WireException {
    try {
      return new SiteJob(
          new JobId(wire.getId()),
          wire.getName(),
          new JobReport.Site(site, fromWire(wire.getState()), wire.getDetail()));
    } catch (IllegalArgumentException e) {
      throw new WireException("job of a site: " + e.getMessage(), e);
    }
  }

  private static JobReport.Failure failure(JobFailure wire) {
    return new JobReport.Failure(
        text(wire.getSite()).map(SiteName::new), wire.getPhase(), wire.getReason());
  }

  private static JobReport.Best best(BestModel wire) throws WireException {
    return new JobReport.Best(
        wire.getRound(), TaskCodec.fromWire(wire.getModel()), wire.getValue());
  }

  private static Optional<String> text(String text) {
    return text.isEmpty() ? Optional.empty() : Optional.of(text);
  }

  private static Optional<Instant> instant(long milliseconds) {
    return milliseconds == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(milliseconds));
  }

  private static org.wardfl.proto.wire.JobStatus toWire(JobStatus status) {
    return switch (status) {
      case SUBMITTED -> org.wardfl.proto.wire.JobStatus.JOB_STATUS_SUBMITTED;
      case WAITING -> org.wardfl.proto.wire.JobStatus.JOB_STATUS_WAITING;
      case RUNNING -> org.wardfl.proto.wire.JobStatus.JOB_STATUS_RUNNING;
      case COMPLETED -> org.wardfl.proto.wire.JobStatus.JOB_STATUS_COMPLETED;
      case ABORTED -> org.wardfl.proto.wire.JobStatus.JOB_STATUS_ABORTED;
      case FAILED -> org.wardfl.proto.wire.JobStatus.JOB_STATUS_FAILED;
    };
  }

  private static JobStatus fromWire(org.wardfl.proto.wire.JobStatus wire) throws WireException {
    return switch (wire) {
      case JOB_STATUS_SUBMITTED -> JobStatus.SUBMITTED;
      case JOB_STATUS_WAITING -> JobStatus.WAITING;
      case JOB_STATUS_RUNNING -> JobStatus.RUNNING;
      case JOB_STATUS_COMPLETED -> JobStatus.COMPLETED;
      case JOB_STATUS_ABORTED -> JobStatus.ABORTED;
      case JOB_STATUS_FAILED -> JobStatus.FAILED;
      case JOB_STATUS_UNSPECIFIED, UNRECOGNIZED ->
          throw new WireException("job status " + wire + " is not known here");
    };
  }

  private static org.wardfl.proto.wire.SiteState toWire(SiteState state) {
    return switch (state) {
      case WAITING -> org.wardfl.proto.wire.SiteState.SITE_STATE_WAITING;
      case OFFLINE -> org.wardfl.proto.wire.SiteState.SITE_STATE_OFFLINE;
      case FETCHING -> org.wardfl.proto.wire.SiteState.SITE_STATE_FETCHING;
      case RUNNING -> org.wardfl.proto.wire.SiteState.SITE_STATE_RUNNING;
      case DELIVERING -> org.wardfl.proto.wire.SiteState.SITE_STATE_DELIVERING;
      case DELIVERED -> org.wardfl.proto.wire.SiteState.SITE_STATE_DELIVERED;
      case REFUSED -> org.wardfl.proto.wire.SiteState.SITE_STATE_REFUSED;
      case DECLINED -> org.wardfl.proto.wire.SiteState.SITE_STATE_DECLINED;
      case FAILED -> org.wardfl.proto.wire.SiteState.SITE_STATE_FAILED;
      case DONE -> org.wardfl.proto.wire.SiteState.SITE_STATE_DONE;
    };
  }

  private static SiteState fromWire(org.wardfl.proto.wire.SiteState wire) throws WireException {
    return switch (wire) {
      case SITE_STATE_WAITING -> SiteState.WAITING;
      case SITE_STATE_OFFLINE -> SiteState.OFFLINE;
      case SITE_STATE_FETCHING -> SiteState.FETCHING;
      case SITE_STATE_RUNNING -> SiteState.RUNNING;
      case SITE_STATE_DELIVERING -> SiteState.DELIVERING;
      case SITE_STATE_DELIVERED -> SiteState.DELIVERED;
      case SITE_STATE_REFUSED -> SiteState.REFUSED;
      case SITE_STATE_DECLINED -> SiteState.DECLINED;
      case SITE_STATE_FAILED -> SiteState.FAILED;
      case SITE_STATE_DONE -> SiteState.DONE;
      case SITE_STATE_UNSPECIFIED, UNRECOGNIZED ->
          throw new WireException("state " + wire + " of a site is not known here");
    };
  }
}
