package org.wardfl.server.service;

import com.google.protobuf.Empty;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.wardfl.algo.SiteName;
import org.wardfl.certs.TrustAnchors;
import org.wardfl.proto.WireException;
import org.wardfl.proto.admin.AdminCodec;
import org.wardfl.proto.admin.ForecastCodec;
import org.wardfl.proto.channel.Reason;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.task.TaskCodec;
import org.wardfl.proto.wire.AdministrationGrpc;
import org.wardfl.proto.wire.Chunk;
import org.wardfl.proto.wire.DownloadRequest;
import org.wardfl.proto.wire.ExplainReply;
import org.wardfl.proto.wire.ExplainRequest;
import org.wardfl.proto.wire.FetchPackageRequest;
import org.wardfl.proto.wire.JobList;
import org.wardfl.proto.wire.JobPackage;
import org.wardfl.proto.wire.JobReport;
import org.wardfl.proto.wire.JobRequest;
import org.wardfl.proto.wire.JobSummary;
import org.wardfl.proto.wire.ListJobsRequest;
import org.wardfl.proto.wire.LogPage;
import org.wardfl.proto.wire.LogsRequest;
import org.wardfl.proto.wire.RebindRequest;
import org.wardfl.proto.wire.ResultFileList;
import org.wardfl.proto.wire.SiteList;
import org.wardfl.proto.wire.SiteReport;
import org.wardfl.proto.wire.SiteRequest;
import org.wardfl.proto.wire.SubmitReply;
import org.wardfl.proto.wire.TrustStatus;
import org.wardfl.proto.wire.TrustUpdate;
import org.wardfl.provisioning.audit.AuditEntry;
import org.wardfl.provisioning.audit.AuditLog;
import org.wardfl.provisioning.kit.Participants;
import org.wardfl.provisioning.rights.AuthorizationPolicy;
import org.wardfl.server.Coordinator;
import org.wardfl.server.log.JobLogs;
import org.wardfl.server.transport.PeerGate;

/// What people do: submit jobs, follow them, look after the federation.
public final class AdministrationService extends AdministrationGrpc.AdministrationImplBase {

  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(10);
  private static final int MOST_MANIFEST_BYTES = 512 << 10;
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(100);

  private final Coordinator coordinator;
  private final JobIntake intake;
  private final JobNews news;
  private final SiteAdministration sites;
  private final JobForecast forecast;
  private final Parts parts;
  private final JobAdministration jobs;
  private final Transfers transfers;

  /// What else the service needs of the server.
  ///
  /// @param rights what people may do here
  /// @param organization the server's own
  /// @param trust exchanges whom the server believes
  /// @param logs what jobs print at sites
  public record Parts(
      AuthorizationPolicy rights, String organization, Trust trust, AuditLog audit, JobLogs logs) {}

  /// Whom the server believes, and who takes part.
  public interface Trust {
    /// Everybody who takes part, now.
    Participants participants();

    /// Takes an update that the project signed into use, durably.
    ///
    /// @throws IOException if it cannot be stored
    /// @throws org.wardfl.provisioning.KitException if it is not believed
    TrustAnchors install(byte[] update) throws IOException, org.wardfl.provisioning.KitException;
  }

  /// A service.
  public AdministrationService(
      Coordinator coordinator,
      JobIntake intake,
      JobNews news,
      Sessions sessions,
      Transfers transfers,
      Parts parts) {
    this.coordinator = coordinator;
    this.intake = intake;
    this.news = news;
    this.parts = parts;
    this.transfers = transfers;
    this.jobs =
        new JobAdministration(
            coordinator,
            new JobReports(coordinator, sessions),
            parts.rights(),
            parts.organization(),
            parts.audit());
    this.forecast = new JobForecast(sessions);
    this.sites = new SiteAdministration(coordinator, sessions, jobs, parts);
  }

  @Override
  public void listSites(Empty request, StreamObserver<SiteList> out) {
    Calls.answer(out, sites::list);
  }

  @Override
  public void showSite(SiteRequest request, StreamObserver<SiteReport> out) {
    Calls.answer(out, () -> sites.show(request.getSite()));
  }

  @Override
  public void disableSite(SiteRequest request, StreamObserver<Empty> out) {
    Calls.answer(out, () -> sites.disable(request.getSite()));
  }

  @Override
  public void enableSite(SiteRequest request, StreamObserver<Empty> out) {
    Calls.answer(out, () -> sites.enable(request.getSite()));
  }

  @Override
  public void removeSite(SiteRequest request, StreamObserver<Empty> out) {
    Calls.answer(out, () -> sites.remove(request.getSite()));
  }

  @Override
  public void rebindSite(RebindRequest request, StreamObserver<Empty> out) {
    Calls.answer(out, () -> sites.rebind(request.getSite()));
  }

  @Override
  public void submit(JobPackage request, StreamObserver<SubmitReply> out) {
    Calls.answer(
        out,
        () -> {
          var caller = PeerGate.caller();
          var reference = TaskCodec.fromWire(request);
          var id = intake.submit(caller, reference, parts.audit());
          return SubmitReply.newBuilder().setId(id.value()).build();
        });
  }

  @Override
  public void explain(ExplainRequest request, StreamObserver<ExplainReply> out) {
    var call = (ServerCallStreamObserver<ExplainReply>) out;
    call.setOnCancelHandler(() -> {});
    var caller = PeerGate.caller();
    // On a thread of its own: it waits for the sites.
    var _ =
        Thread.ofVirtual()
            .name("explain")
            .start(() ->
                Calls.answer(
                    out,
                    () -> {
                      if (request.getManifest().size() > MOST_MANIFEST_BYTES) {
                        throw new Calls.Refused(
                            Reason.MALFORMED,
                            "a manifest of "
                                + request.getManifest().size()
                                + " bytes; expected at most "
                                + MOST_MANIFEST_BYTES);
                      }
                      var job = intake.believed(caller, request.getManifest().toByteArray());
                      parts
                          .audit()
                          .record(
                              AuditEntry.done(
                                      caller.name().uri(),
                                      "explain",
                                      job.submission().job().value())
                                  .inStudy(job.definition().study())
                                  .saying("its sites are asked"));
                      return ForecastCodec.toWire(forecast.of(job, request.getManifest()));
                    }));
  }

  @Override
  public void listJobs(ListJobsRequest request, StreamObserver<JobList> out) {
    Calls.answer(out, () -> jobs.list(request));
  }

  @Override
  public void abort(JobRequest request, StreamObserver<JobSummary> out) {
    Calls.answer(out, () -> AdminCodec.toWire(jobs.abort(request.getId())));
  }

  @Override
  public void delete(JobRequest request, StreamObserver<Empty> out) {
    Calls.answer(
        out,
        () -> {
          parts.logs().delete(jobs.delete(request.getId()));
          return Empty.getDefaultInstance();
        });
  }

  @Override
  public void listFiles(JobRequest request, StreamObserver<ResultFileList> out) {
    Calls.answer(out, () -> jobs.files(request.getId()));
  }

  @Override
  public void download(DownloadRequest request, StreamObserver<Chunk> out) {
    send(out, request.getOffset(), () -> jobs.file(request.getId(), request.getName()));
  }

  @Override
  public void fetchPackage(FetchPackageRequest request, StreamObserver<Chunk> out) {
    send(out, request.getOffset(), () -> jobs.jobPackage(request.getId()));
  }

  private void send(StreamObserver<Chunk> out, long offset, Calls.Work<Path> file) {
    try {
      transfers.send(file.answer(), offset, (ServerCallStreamObserver<Chunk>) out);
    } catch (Exception e) {
      // Whatever happens must end the call.
      out.onError(Calls.refusal(e).exception());
    }
  }

  @Override
  public void logs(LogsRequest request, StreamObserver<LogPage> out) {
    try {
      var run = jobs.logged(request);
      new LogFollower(
              coordinator,
              parts.logs(),
              run.id(),
              request.getSite().isEmpty()
                  ? Optional.empty()
                  : Optional.of(new SiteName(request.getSite())),
              request.getOffset(),
              (ServerCallStreamObserver<LogPage>) out)
          .begin(request.getFollow());
    } catch (Calls.Refused | WireException | IOException e) {
      out.onError(Calls.refusal(e).exception());
    }
  }

  @Override
  public void show(JobRequest request, StreamObserver<JobReport> out) {
    Calls.answer(out, () -> jobs.show(request.getId()));
  }

  @Override
  public void wait(JobRequest request, StreamObserver<JobReport> out) {
    var call = (ServerCallStreamObserver<JobReport>) out;
    try {
      var id = jobs.visible(request.getId()).id();
      call.setOnCancelHandler(() -> {});
      // On a thread of its own: the call's own one must be free to hear that the caller is gone.
      var _ = Thread.ofVirtual().name("wait-" + id).start(() -> follow(id, call));
    } catch (Calls.Refused | WireException e) {
      call.onError(Calls.refusal(e).exception());
    }
  }

  private void follow(JobId id, ServerCallStreamObserver<JobReport> call) {
    try {
      while (!call.isCancelled()) {
        long seen = news.count(id);
        var run = jobs.record(id);
        if (run.status().isEnded()) {
          // Its result files are complete then.
          call.onNext(jobs.report(coordinator.await(id)));
          call.onCompleted();
          return;
        }
        call.onNext(jobs.report(run));
        Thread.sleep(SHORTEST_PAUSE);
        // A site that went away is no event of the job, so look now and then.
        news.await(id, seen, LONGEST_SILENCE);
      }
    } catch (Exception e) {
      // Whatever happens must end the call.
      call.onError(Calls.refusal(e).exception());
    }
  }

  @Override
  public void updateTrust(TrustUpdate request, StreamObserver<TrustStatus> out) {
    Calls.answer(
        out,
        () -> {
          var caller = PeerGate.caller();
          try {
            var trust = parts.trust().install(request.getUpdate().toByteArray());
            int revoked =
                trust.revocationLists().stream().mapToInt(list -> list.serials().size()).sum();
            parts
                .audit()
                .done(caller.name().uri(), "update trust", "", revoked + " certificates revoked");
            return TrustStatus.newBuilder()
                .setFreshUntilMs(trust.freshUntil().toEpochMilli())
                .setRevoked(revoked)
                .build();
          } catch (org.wardfl.provisioning.KitException e) {
            throw new Calls.Refused(Reason.MALFORMED, String.valueOf(e.getMessage()));
          }
        });
  }
}
