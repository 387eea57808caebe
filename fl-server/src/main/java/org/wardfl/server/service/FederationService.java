package org.wardfl.server.service;

import com.google.protobuf.ByteString;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.concurrent.Executor;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.proto.WireException;
import org.wardfl.proto.channel.Reason;
import org.wardfl.proto.task.TaskCodec;
import org.wardfl.proto.task.TaskKey;
import org.wardfl.proto.wire.AuditCheckpoint;
import org.wardfl.proto.wire.Chunk;
import org.wardfl.proto.wire.DeliverRequest;
import org.wardfl.proto.wire.FederationGrpc;
import org.wardfl.proto.wire.FetchRequest;
import org.wardfl.proto.wire.FileReference;
import org.wardfl.proto.wire.FileStatus;
import org.wardfl.proto.wire.LogLines;
import org.wardfl.proto.wire.LogReceipt;
import org.wardfl.proto.wire.ServerMessage;
import org.wardfl.proto.wire.SiteMessage;
import org.wardfl.proto.wire.StoreReply;
import org.wardfl.proto.wire.StoreRequest;
import org.wardfl.proto.wire.Verdict;
import org.wardfl.provisioning.audit.AuditLog;
import org.wardfl.server.Coordinator;
import org.wardfl.server.transport.PeerGate;

/// Sessions, results and files: what sites do, and the files of people's jobs.
public final class FederationService extends FederationGrpc.FederationImplBase {

  private final Coordinator coordinator;
  private final Sessions sessions;
  private final FileAccess files;
  private final Transfers transfers;
  private final Deliveries deliveries;
  private final Witnesses witnesses;
  private final LogIntake logs;
  private final Executor executor;

  /// A service.
  ///
  /// @param audit records what sites deliver
  /// @param executor sends what changed; one thread for each call in work, virtual threads do
  public FederationService(
      Coordinator coordinator,
      Sessions sessions,
      FileAccess files,
      Transfers transfers,
      AuditLog audit,
      Witnesses witnesses,
      LogIntake logs,
      Executor executor) {
    this.coordinator = coordinator;
    this.sessions = sessions;
    this.files = files;
    this.transfers = transfers;
    this.witnesses = witnesses;
    this.deliveries = new Deliveries(coordinator, audit);
    this.logs = logs;
    this.executor = executor;
  }

  @Override
  public StreamObserver<SiteMessage> session(StreamObserver<ServerMessage> out) {
    try {
      return new SessionCall(
          Calls.site(),
          coordinator,
          sessions,
          executor,
          (ServerCallStreamObserver<ServerMessage>) out);
    } catch (Calls.Refused e) {
      out.onError(Calls.refusal(e).exception());
      return new Deaf<>();
    }
  }

  @Override
  public void deliver(DeliverRequest request, StreamObserver<Verdict> out) {
    Calls.answer(
        out,
        () -> {
          var site = Calls.site();
          var task = ownTask(site, TaskCodec.fromWire(request.getTask()));
          return TaskCodec.toWire(
              deliveries.deliver(site, task, TaskCodec.fromWire(request.getOutcome())));
        });
  }

  @Override
  public void witness(AuditCheckpoint request, StreamObserver<AuditCheckpoint> out) {
    Calls.answer(
        out,
        () -> {
          var caller = PeerGate.caller();
          var own = witnesses.exchange(caller, request.getCheckpoint().toByteArray());
          return AuditCheckpoint.newBuilder().setCheckpoint(ByteString.copyFrom(own)).build();
        });
  }

  @Override
  public void tellLog(LogLines request, StreamObserver<LogReceipt> out) {
    Calls.answer(out, () -> logs.take(Calls.site(), request));
  }

  static TaskKey ownTask(SiteName site, TaskKey task) throws Calls.Refused {
    if (!task.site().equals(site)) {
      throw new Calls.Refused(
          Reason.IMPERSONATION, "site " + site + " speaks for site " + task.site());
    }
    return task;
  }

  @Override
  public void stat(FileReference request, StreamObserver<FileStatus> out) {
    Calls.answer(out, () -> transfers.status(files.mayStore(request)));
  }

  @Override
  public void fetch(FetchRequest request, StreamObserver<Chunk> out) {
    try {
      ModelHash hash = TaskCodec.fromWire(request.getHash());
      transfers.send(
          files.mayFetch(hash), request.getOffset(), (ServerCallStreamObserver<Chunk>) out);
    } catch (Calls.Refused | WireException | IOException e) {
      out.onError(Calls.refusal(e).exception());
    }
  }

  @Override
  public StreamObserver<StoreRequest> store(StreamObserver<StoreReply> out) {
    return transfers.receive(files, (ServerCallStreamObserver<StoreReply>) out);
  }

  /// Hears nothing: the call was refused.
  private static final class Deaf<T> implements StreamObserver<T> {
    @Override
    public void onNext(T message) {
      // The call is over.
    }

    @Override
    public void onError(Throwable failure) {
      // The call is over.
    }

    @Override
    public void onCompleted() {
      // The call is over.
    }
  }
}
