package org.wardfl.cli.federation;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.BlockingClientCall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.algo.tensor.TensorSource;
import org.wardfl.certs.LeafProfile;
import org.wardfl.certs.Passphrase;
import org.wardfl.client.link.Endpoint;
import org.wardfl.client.link.ServerChannel;
import org.wardfl.proto.channel.Protocol;
import org.wardfl.proto.channel.Reason;
import org.wardfl.proto.channel.Refusal;
import org.wardfl.proto.channel.Tls;
import org.wardfl.proto.task.DesiredState;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.proto.task.TaskCodec;
import org.wardfl.proto.task.TaskKey;
import org.wardfl.proto.wire.DeliverRequest;
import org.wardfl.proto.wire.FederationGrpc;
import org.wardfl.proto.wire.FileReference;
import org.wardfl.proto.wire.ProtocolRange;
import org.wardfl.proto.wire.ServerMessage;
import org.wardfl.proto.wire.SiteHello;
import org.wardfl.proto.wire.SiteMessage;
import org.wardfl.proto.wire.StoreReply;
import org.wardfl.proto.wire.StoreRequest;
import org.wardfl.proto.wire.TaskOutcome;
import org.wardfl.proto.wire.Trained;
import org.wardfl.proto.wire.UpdateFile;
import org.wardfl.proto.wire.Verdict;
import org.wardfl.proto.wire.WeightType;
import org.wardfl.provisioning.kit.ActiveKit;

/// A site with a real kit and a real session that says whatever a test wants.
final class HostileSite implements AutoCloseable {

  private static final long PATIENCE_SECONDS = 60;
  private static final int CHUNK = 256 << 10;

  private final ServerChannel connection;
  private final Channel channel;
  private final Path scratch;
  private final BlockingClientCall<SiteMessage, ServerMessage> session;
  private DesiredState desired = new DesiredState(0, 0, java.util.List.of());

  /// Connects and is welcomed.
  HostileSite(Path kit, Passphrase password, Path scratch) throws Exception {
    this.scratch = Files.createDirectories(scratch);
    var active = ActiveKit.open(kit, password, InstantSource.system(), Set.of(LeafProfile.SITE));
    var name = active.kit().name();
    var endpoint =
        new Endpoint(name.server(), name.address().host(), name.address().port(), Optional.empty());
    connection = new ServerChannel(endpoint, Tls.ofThisMachine(), active.keys(), active.peers());
    channel = connection.channel();
    session = FederationGrpc.newBlockingV2Stub(channel).session();
    session.write(
        SiteMessage.newBuilder()
            .setHello(
                SiteHello.newBuilder()
                    .setProtocol(
                        ProtocolRange.newBuilder()
                            .setLowest(Protocol.OLDEST)
                            .setHighest(Protocol.CURRENT))
                    .setSoftware("hostile")
                    .setInstance(UUID.randomUUID().toString())
                    .setBoot(1))
            .build());
  }

  /// Waits for a task of training.
  TaskAssignment task(String job, int round) throws Exception {
    return task(job, TaskKind.TRAIN, round);
  }

  /// Waits for a task.
  TaskAssignment task(String job, TaskKind kind, int round) throws Exception {
    while (true) {
      for (var one : desired.jobs()) {
        for (var task : one.tasks()) {
          if (one.id().value().equals(job) && task.kind() == kind && task.key().round() == round) {
            return task;
          }
        }
      }
      var message = session.read(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (message == null) {
        throw new AssertionError("the session ended");
      }
      if (message.hasDesired()) {
        desired = TaskCodec.fromWire(message.getDesired());
      }
    }
  }

  /// Answers a task.
  Verdict deliver(TaskKey task, TaskOutcome outcome) {
    return FederationGrpc.newBlockingStub(channel)
        .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .deliver(
            DeliverRequest.newBuilder()
                .setTask(TaskCodec.toWire(task))
                .setOutcome(outcome)
                .build());
  }

  /// A file that was made here.
  ///
  /// @param hash of it
  record Made(ModelHash hash, Path path) {

    long size() throws IOException {
      return Files.size(path);
    }
  }

  /// A model file of these tensors.
  Made made(TensorSource tensors) throws IOException {
    var path = Files.createTempFile(scratch, "update", "");
    Files.delete(path);
    return new Made(ModelWriter.write(tensors, path), path);
  }

  /// A file of these bytes.
  Made made(byte[] bytes) throws IOException {
    var path = Files.write(Files.createTempFile(scratch, "update", ""), bytes);
    return new Made(ModelWriter.hash(path), path);
  }

  /// Uploads a file as an answer to a task.
  void store(TaskKey task, Made file) throws Exception {
    send(task, file.hash(), file.size(), Files.readAllBytes(file.path()));
  }

  /// Announces one file and sends another.
  void send(TaskKey task, ModelHash hash, long size, byte[] bytes) throws Exception {
    var call = FederationGrpc.newBlockingV2Stub(channel).store();
    var reference =
        FileReference.newBuilder()
            .setHash(TaskCodec.toWire(hash))
            .setSizeBytes(size)
            .setTask(TaskCodec.toWire(task));
    call.write(StoreRequest.newBuilder().setFile(reference).build());
    int offset = Math.toIntExact(reply(call).getOffset());
    for (int at = offset; at < bytes.length; at += CHUNK) {
      var chunk = ByteString.copyFrom(bytes, at, Math.min(CHUNK, bytes.length - at));
      if (!call.write(StoreRequest.newBuilder().setData(chunk).build())) {
        break;
      }
    }
    if (bytes.length < size) {
      call.halfClose();
    }
    while (!reply(call).getComplete()) {
      // It tells of durable bytes now and then.
    }
    call.halfClose();
  }

  private static StoreReply reply(BlockingClientCall<StoreRequest, StoreReply> call)
      throws Exception {
    var reply = call.read(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (reply == null) {
      throw new AssertionError("the call ended without a reason");
    }
    return reply;
  }

  /// Uploads an update and answers a task with it.
  Verdict update(TaskAssignment task, Made file) throws Exception {
    store(task.key(), file);
    return deliver(task.key(), trained(file).build());
  }

  /// An honest description of an update.
  static Trained.Builder description(Made file) throws IOException {
    return Trained.newBuilder()
        .setUpdate(
            UpdateFile.newBuilder()
                .setHash(TaskCodec.toWire(file.hash()))
                .setSizeBytes(file.size()))
        .setType(WeightType.WEIGHT_TYPE_DIFF)
        .setIterations(4)
        .setSamples(16);
  }

  /// The answer that goes with it.
  static TaskOutcome.Builder trained(Made file) throws IOException {
    return TaskOutcome.newBuilder().setTrained(description(file));
  }

  /// A call that is to be refused.
  interface Attempt {
    void run() throws Exception;
  }

  /// Tries what must fail.
  static Refusal refusal(Attempt attempt) throws Exception {
    try {
      attempt.run();
    } catch (StatusRuntimeException | StatusException e) {
      var refusal = Refusal.of(e).orElseThrow(() -> new AssertionError("no reason", e));
      var status =
          e instanceof StatusException checked
              ? checked.getStatus()
              : ((StatusRuntimeException) e).getStatus();
      if (status.getCode() != refusal.reason().code()) {
        throw new AssertionError("status " + status + " for " + refusal.reason(), e);
      }
      return refusal;
    }
    throw new AssertionError("expected a refusal, but the call succeeded");
  }

  /// Tries what must fail for this reason.
  static String refusal(Reason reason, Attempt attempt) throws Exception {
    var refusal = refusal(attempt);
    if (refusal.reason() != reason) {
      throw new AssertionError("expected " + reason + ", found " + refusal);
    }
    return refusal.message();
  }

  @Override
  public void close() {
    session.cancel("the test ends", null);
    connection.close();
  }
}
