package org.wardfl.cli.federation;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.certs.CertifiedName;
import org.wardfl.certs.LeafProfile;
import org.wardfl.certs.Peer;
import org.wardfl.proto.WireException;
import org.wardfl.proto.channel.Protocol;
import org.wardfl.proto.channel.Tls;
import org.wardfl.proto.task.DesiredState;
import org.wardfl.proto.task.TaskCodec;
import org.wardfl.proto.task.TaskKey;
import org.wardfl.proto.task.TaskOutcome;
import org.wardfl.proto.wire.Chunk;
import org.wardfl.proto.wire.DeliverRequest;
import org.wardfl.proto.wire.FederationGrpc;
import org.wardfl.proto.wire.FetchRequest;
import org.wardfl.proto.wire.ServerHello;
import org.wardfl.proto.wire.ServerMessage;
import org.wardfl.proto.wire.SiteMessage;
import org.wardfl.proto.wire.StoreReply;
import org.wardfl.proto.wire.StoreRequest;
import org.wardfl.proto.wire.Verdict;
import org.wardfl.provisioning.audit.AuditLog;
import org.wardfl.provisioning.rights.AuthorizationPolicy;
import org.wardfl.server.transport.Roster;
import org.wardfl.server.transport.ServerTransport;
import org.wardfl.server.transport.TransportLimits;

/// A server with the real kit and the real transport that wants of its site whatever a test says,
/// and accepts whatever comes.
final class LyingServer implements AutoCloseable {

  private static final long PATIENCE_SECONDS = 60;

  private final AuditLog log;
  private final ServerTransport transport;
  private final Map<ByteString, Path> files = new ConcurrentHashMap<>();
  private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
  private @Nullable StreamObserver<ServerMessage> session;
  private DesiredState desired = new DesiredState(0, 0, List.of());

  private record Answer(TaskKey task, TaskOutcome outcome) {}

  LyingServer(InProcess federation) throws Exception {
    var kit = federation.kit(InProcess.SERVER, LeafProfile.SERVER);
    log = AuditLog.open(federation.out().resolve("lying.jsonl"), federation.clock());
    transport =
        ServerTransport.start(
            new ServerTransport.Setup(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), federation.port()),
                Tls.ofThisMachine(),
                kit.keys(),
                kit.peers(),
                new Everybody(),
                AuthorizationPolicy.standard(),
                log,
                federation.clock(),
                9,
                TransportLimits.STANDARD),
            List.of(new Lies()));
  }

  /// A file that the site may fetch.
  ModelHash offer(Path file) throws IOException {
    var hash = ModelWriter.hash(file);
    files.put(TaskCodec.toWire(hash), file);
    return hash;
  }

  /// Wants this from now on, also of a site that connects later.
  synchronized void want(DesiredState state) {
    desired = state;
    if (session != null) {
      session.onNext(ServerMessage.newBuilder().setDesired(TaskCodec.toWire(state)).build());
    }
  }

  // As every server does: what is answered is not wanted any more.
  private synchronized void answered(TaskKey task) {
    var jobs =
        desired.jobs().stream()
            .map(job ->
                new DesiredState.DesiredJob(
                    job.id(),
                    job.definition(),
                    job.jobPackage(),
                    job.tasks().stream().filter(other -> !other.key().equals(task)).toList()))
            .toList();
    want(new DesiredState(desired.epoch(), desired.version(), jobs));
  }

  /// What the site answers to this task; it may say so more than once.
  TaskOutcome answer(TaskKey task) throws InterruptedException {
    while (true) {
      var answer = answers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (answer == null) {
        throw new AssertionError("the site answers nothing");
      }
      if (answer.task().equals(task)) {
        return answer.outcome();
      }
    }
  }

  private synchronized void welcome(StreamObserver<ServerMessage> out) {
    session = out;
    out.onNext(
        ServerMessage.newBuilder()
            .setHello(
                ServerHello.newBuilder()
                    .setProtocol(Protocol.CURRENT)
                    .setSoftware("lies")
                    .setSite(InProcess.SITE)
                    .setEpoch(9))
            .build());
    out.onNext(ServerMessage.newBuilder().setDesired(TaskCodec.toWire(desired)).build());
  }

  private synchronized void gone(StreamObserver<ServerMessage> out) {
    if (out.equals(session)) {
      session = null;
    }
  }

  @Override
  public void close() throws IOException {
    transport.close();
    log.close();
  }

  private static final class Everybody implements Roster {
    @Override
    public boolean knows(CertifiedName name) {
      return true;
    }

    @Override
    public java.util.Optional<String> objection(Peer peer) {
      return java.util.Optional.empty();
    }
  }

  private final class Lies extends FederationGrpc.FederationImplBase {

    @Override
    public StreamObserver<SiteMessage> session(StreamObserver<ServerMessage> out) {
      return new StreamObserver<>() {
        @Override
        public void onNext(SiteMessage message) {
          if (message.hasHello()) {
            welcome(out);
          }
        }

        @Override
        public void onError(Throwable failure) {
          gone(out);
        }

        @Override
        public void onCompleted() {
          gone(out);
          out.onCompleted();
        }
      };
    }

    @Override
    public void fetch(FetchRequest request, StreamObserver<Chunk> out) {
      try {
        var bytes = Files.readAllBytes(files.get(request.getHash()));
        int from = Math.toIntExact(request.getOffset());
        out.onNext(
            Chunk.newBuilder()
                .setSizeBytes(bytes.length)
                .setData(ByteString.copyFrom(bytes, from, bytes.length - from))
                .build());
        out.onCompleted();
      } catch (IOException e) {
        out.onError(e);
      }
    }

    @Override
    public StreamObserver<StoreRequest> store(StreamObserver<StoreReply> out) {
      return new StreamObserver<>() {
        private long size;
        private long received;

        @Override
        public void onNext(StoreRequest request) {
          if (request.hasFile()) {
            size = request.getFile().getSizeBytes();
          }
          received += request.getData().size();
          out.onNext(
              StoreReply.newBuilder().setOffset(received).setComplete(received == size).build());
        }

        @Override
        public void onError(Throwable failure) {
          // The site is gone.
        }

        @Override
        public void onCompleted() {
          out.onCompleted();
        }
      };
    }

    @Override
    public void deliver(DeliverRequest request, StreamObserver<Verdict> out) {
      try {
        var task = TaskCodec.fromWire(request.getTask());
        answered(task);
        answers.add(new Answer(task, TaskCodec.fromWire(request.getOutcome())));
        out.onNext(Verdict.newBuilder().setAccepted(Verdict.Accepted.getDefaultInstance()).build());
        out.onCompleted();
      } catch (WireException e) {
        out.onError(e);
      }
    }
  }
}
