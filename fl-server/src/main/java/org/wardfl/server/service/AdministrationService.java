package org.wardfl.server.service;

import com.google.protobuf.Empty;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.wardfl.algo.SiteName;
import org.wardfl.certs.Peer;
import org.wardfl.certs.TrustAnchors;
import org.wardfl.proto.WireException;
import org.wardfl.proto.admin.AdminCodec;
import org.wardfl.proto.channel.Reason;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.task.TaskCodec;
import org.wardfl.proto.wire.AdministrationGrpc;
import org.wardfl.proto.wire.Chunk;
import org.wardfl.proto.wire.DownloadRequest;
import org.wardfl.proto.wire.FetchPackageRequest;
import org.wardfl.proto.wire.JobList;
import org.wardfl.proto.wire.JobPackage;
import org.wardfl.proto.wire.JobReport;
import org.wardfl.proto.wire.JobRequest;
import org.wardfl.proto.wire.JobSummary;
import org.wardfl.proto.wire.ListJobsRequest;
import org.wardfl.proto.wire.RebindRequest;
import org.wardfl.proto.wire.ResultFileList;
import org.wardfl.proto.wire.SiteList;
import org.wardfl.proto.wire.SiteStatus;
import org.wardfl.proto.wire.SubmitReply;
import org.wardfl.proto.wire.TrustStatus;
import org.wardfl.proto.wire.TrustUpdate;
import org.wardfl.provisioning.audit.AuditLog;
import org.wardfl.provisioning.kit.Participants;
import org.wardfl.provisioning.rights.AuthorizationPolicy;
import org.wardfl.provisioning.rights.Decision;
import org.wardfl.provisioning.rights.Right;
import org.wardfl.server.Coordinator;
import org.wardfl.server.transport.PeerGate;

/// What people do: submit jobs, follow them, look after the federation.
public final class AdministrationService extends AdministrationGrpc.AdministrationImplBase {

  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(10);
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(100);

  private final Coordinator coordinator;
  private final JobIntake intake;
  private final JobNews news;
  private final Sessions sessions;
  private final Parts parts;
  private final JobAdministration jobs;
  private final Transfers transfers;

  /// What else the service needs of the server.
  ///
  /// @param rights what people may do here
  /// @param organization the server's own
  /// @param trust exchanges whom the server believes
  public record Parts(
      AuthorizationPolicy rights, String organization, Trust trust, AuditLog audit) {}

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
    this.sessions = sessions;
    this.parts = parts;
    this.transfers = transfers;
    this.jobs =
        new JobAdministration(
            coordinator,
            new JobReports(coordinator, sessions),
            parts.rights(),
            parts.organization(),
            parts.audit());
  }

  @Override
  public void listSites(Empty request, StreamObserver<SiteList> out) {
    Calls.answer(
        out,
        () -> {
          var list = SiteList.newBuilder();
          parts
              .trust()
              .participants()
              .sites()
              .forEach((name, organization) -> {
                var site = new SiteName(name);
                list.addSites(
                    SiteStatus.newBuilder()
                        .setName(name)
                        .setOrganization(organization)
                        .setConnected(sessions.isLive(site))
                        .setSinceMs(
                            sessions.since(site).map(java.time.Instant::toEpochMilli).orElse(0L)));
              });
          return list.build();
        });
  }

  @Override
  public void submit(JobPackage request, StreamObserver<SubmitReply> out) {
    Calls.answer(
        out,
        () -> {
          var caller = PeerGate.caller();
          var reference = TaskCodec.fromWire(request);
          parts
              .audit()
              .done(caller.name().uri(), "submit", reference.hash().hex(), "a job's package");
          var id = intake.submit(caller, reference);
          return SubmitReply.newBuilder().setId(id.value()).build();
        });
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
          jobs.delete(request.getId());
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

  @Override
  public void rebindSite(RebindRequest request, StreamObserver<Empty> out) {
    Calls.answer(
        out,
        () -> {
          var caller = PeerGate.caller();
          var organization = parts.trust().participants().sites().get(request.getSite());
          if (organization == null) {
            throw new Calls.Refused(
                Reason.NOT_FOUND,
                "no site '"
                    + request.getSite()
                    + "'; expected one of "
                    + parts.trust().participants().sites().keySet());
          }
          requireRight(caller, Right.REMOVE_CLIENT, organization);
          parts.audit().done(caller.name().uri(), "rebind", request.getSite(), "");
          sessions.release(new SiteName(request.getSite()));
          return Empty.getDefaultInstance();
        });
  }

  private void requireRight(Peer caller, Right right, String organization) throws Calls.Refused {
    var decision =
        parts.rights().decide(PeerGate.actor(caller), right, organization, Optional.empty());
    if (decision instanceof Decision.Denied(var rule)) {
      throw new Calls.Refused(Reason.PERMISSION, right.word() + " is not permitted: " + rule);
    }
  }
}
