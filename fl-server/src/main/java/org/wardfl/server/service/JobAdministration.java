package org.wardfl.server.service;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.wardfl.algo.SiteName;
import org.wardfl.proto.WireException;
import org.wardfl.proto.admin.AdminCodec;
import org.wardfl.proto.admin.JobSummary;
import org.wardfl.proto.admin.SiteJob;
import org.wardfl.proto.channel.Protocol;
import org.wardfl.proto.channel.Reason;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.wire.JobList;
import org.wardfl.proto.wire.JobReport;
import org.wardfl.proto.wire.ListJobsRequest;
import org.wardfl.proto.wire.LogsRequest;
import org.wardfl.proto.wire.ResultFileList;
import org.wardfl.provisioning.audit.AuditEntry;
import org.wardfl.provisioning.audit.AuditLog;
import org.wardfl.provisioning.rights.AuthorizationPolicy;
import org.wardfl.provisioning.rights.Decision;
import org.wardfl.provisioning.rights.Right;
import org.wardfl.server.Coordinator;
import org.wardfl.server.result.RunRecord;
import org.wardfl.server.transport.PeerGate;

/// What people do with jobs, each only with those that the caller's role and organization allow.
final class JobAdministration {

  private static final int MOST_JOBS = 1000;

  private final Coordinator coordinator;
  private final JobReports reports;
  private final ResultAccess results;
  private final AuthorizationPolicy rights;
  private final String organization;
  private final AuditLog audit;

  JobAdministration(
      Coordinator coordinator,
      JobReports reports,
      AuthorizationPolicy rights,
      String organization,
      AuditLog audit) {
    this.coordinator = coordinator;
    this.reports = reports;
    this.results = new ResultAccess(coordinator);
    this.rights = rights;
    this.organization = organization;
    this.audit = audit;
  }

  JobList list(ListJobsRequest request) throws Calls.Refused {
    int limit = request.getLimit() == 0 ? MOST_JOBS : request.getLimit();
    if (limit < 1 || limit > MOST_JOBS) {
      throw new Calls.Refused(Reason.MALFORMED, "limit " + limit + ", expected 1 to " + MOST_JOBS);
    }
    var list = JobList.newBuilder();
    int room = Protocol.MAX_CHUNK_BYTES;
    for (var run : coordinator.jobs().reversed()) {
      var job = AdminCodec.toWire(reports.summary(run));
      boolean asked =
          (request.getStudy().isEmpty() || request.getStudy().equals(job.getStudy()))
              && (request.getStatusList().isEmpty()
                  || request.getStatusList().contains(job.getStatus()));
      if (!asked || !decide(run, Right.LIST_JOBS).isAllowed()) {
        continue;
      }
      int bytes = 1 + CodedOutputStream.computeMessageSizeNoTag(job);
      if (list.getJobsCount() < limit && list.getLeftOff() == 0 && bytes <= room) {
        list.addJobs(job);
        room -= bytes;
      } else {
        list.setLeftOff(list.getLeftOff() + 1);
      }
    }
    return list.build();
  }

  /// How a site stands to the jobs that have not ended and the caller may see, the latest
  /// submission first.
  List<SiteJob> at(SiteName site, int most) {
    return coordinator.jobs().reversed().stream()
        .filter(run -> !run.status().isEnded() && run.definition().sites().contains(site))
        .filter(run -> decide(run, Right.LIST_JOBS).isAllowed())
        .limit(most)
        .map(run -> new SiteJob(run.id(), run.definition().name(), reports.site(run, site)))
        .toList();
  }

  JobReport show(String id) throws Calls.Refused, WireException {
    return report(visible(id));
  }

  JobReport report(RunRecord run) {
    return AdminCodec.toWire(reports.report(run));
  }

  RunRecord visible(String id) throws Calls.Refused, WireException {
    return permitted(id, Right.GET_JOB_META);
  }

  /// Ends a job; one that has ended stays as it is.
  JobSummary abort(String id) throws Calls.Refused, WireException, IOException {
    var run = permitted(id, Right.ABORT_JOB);
    if (!run.status().isEnded()) {
      record("abort", run);
      coordinator.abort(run.id(), Optional.of(PeerGate.caller().name().name()));
    }
    return reports.summary(record(run.id()));
  }

  /// A job whose output may be read.
  RunRecord logged(LogsRequest request) throws Calls.Refused, WireException, IOException {
    var run = permitted(request.getId(), Right.GET_JOB_LOG);
    var sites = run.definition().sites();
    if (!request.getSite().isEmpty()
        && sites.stream().noneMatch(site -> site.value().equals(request.getSite()))) {
      throw new Calls.Refused(
          Reason.NOT_FOUND,
          "site '"
              + request.getSite()
              + "' is none of job "
              + run.id()
              + "; expected one of "
              + sites);
    }
    if (request.getOffset() < 0) {
      throw new Calls.Refused(Reason.MALFORMED, "offset " + request.getOffset());
    }
    record("logs", run);
    return run;
  }

  /// Deletes a job.
  ///
  /// @return its id
  JobId delete(String id) throws Calls.Refused, WireException, IOException {
    var run = permitted(id, Right.DELETE_JOB);
    requireEnded(run, "abort it before it is deleted");
    record("delete", run);
    if (!coordinator.delete(run.id(), PeerGate.caller().name().name())) {
      throw new Calls.Refused(
          Reason.BUSY, "the results of job " + run.id() + " are being written or deleted");
    }
    return run.id();
  }

  ResultFileList files(String id) throws Calls.Refused, WireException, IOException {
    var run = permitted(id, Right.DOWNLOAD_JOB);
    requireEnded(run, "its results are written when it has ended");
    record("download", run);
    return results.list(run);
  }

  Path file(String id, String name) throws Calls.Refused, WireException, IOException {
    var run = permitted(id, Right.DOWNLOAD_JOB);
    requireEnded(run, "its results are written when it has ended");
    return results.file(run, name);
  }

  Path jobPackage(String id) throws Calls.Refused, WireException, IOException {
    var run = permitted(id, Right.CLONE_JOB);
    record("fetch package", run);
    return results.jobPackage(run);
  }

  RunRecord record(JobId id) throws Calls.Refused {
    return coordinator
        .show(id)
        .orElseThrow(() -> new Calls.Refused(Reason.NOT_FOUND, "no job " + id));
  }

  // Durable before the action; where it cannot be written, nothing is done.
  private void record(String action, RunRecord run) throws IOException {
    audit.record(
        AuditEntry.done(PeerGate.caller().name().uri(), action, run.id().value())
            .inStudy(run.definition().study()));
  }

  private static void requireEnded(RunRecord run, String remedy) throws Calls.Refused {
    if (!run.status().isEnded()) {
      throw new Calls.Refused(
          Reason.OBSOLETE, "job " + run.id() + " is " + run.status() + "; " + remedy);
    }
  }

  private RunRecord permitted(String id, Right right) throws Calls.Refused, WireException {
    var run = record(Calls.job(id));
    if (decide(run, right) instanceof Decision.Denied(var rule)) {
      throw new Calls.Refused(
          Reason.PERMISSION, right.word() + " is not permitted for this job: " + rule);
    }
    return run;
  }

  private Decision decide(RunRecord run, Right right) {
    return rights.decide(
        PeerGate.actor(PeerGate.caller()),
        right,
        organization,
        Optional.of(Submitter.parse(run.submitter()).actor()));
  }
}
