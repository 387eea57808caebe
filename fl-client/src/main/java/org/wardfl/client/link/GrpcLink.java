package org.wardfl.client.link;

import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.certs.IdentityKeyManager;
import org.wardfl.proto.WireException;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.task.DesiredState;
import org.wardfl.proto.task.ObservedState;
import org.wardfl.proto.task.TaskCodec;
import org.wardfl.proto.task.TaskKey;
import org.wardfl.proto.task.TaskOutcome;
import org.wardfl.proto.task.Verdict;
import org.wardfl.proto.wire.DeliverRequest;
import org.wardfl.proto.wire.FederationGrpc;
import org.wardfl.proto.wire.FileReference;
import org.wardfl.proto.wire.LogLines;

/// The server over the network.
///
/// Where the connection is gone, what is wanted stays what it last was: the site works on and
/// delivers when the server is back.
public final class GrpcLink implements ServerLink, AutoCloseable {

  // Checking an update of many GiB takes the server a while.
  private static final long VERDICT_MINUTES = 30;
  private static final long LOG_SECONDS = 10;

  private final ServerChannel channel;
  private final Session session;
  private final Downloads downloads;
  private volatile DesiredState desired = new DesiredState(0, 0, List.of());
  private volatile Runnable watcher = () -> {};

  /// A link that begins with [#connect].
  ///
  /// @param identity what the channel presents
  /// @param instance made once in the site's data folder
  /// @param boot rises with every start of the agent
  /// @param software for people
  /// @param downloads a folder for files under way
  /// @throws IOException if that folder cannot be used
  public GrpcLink(
      ServerChannel channel,
      IdentityKeyManager identity,
      UUID instance,
      long boot,
      String software,
      Path downloads)
      throws IOException {
    this.channel = channel;
    this.downloads = new Downloads(channel, downloads);
    this.session =
        new Session(channel, identity, new Session.Start(instance, boot, software), this::heard);
  }

  /// Answers the server's questions about jobs that nobody has submitted; until then there is no
  /// answer.
  ///
  /// @param answers from a job's signed manifest
  public void answerWith(Function<byte[], Opinion> answers) {
    session.answerWith(answers);
  }

  /// Connects, now and whenever the connection is gone.
  public void connect() {
    session.begin();
  }

  /// Whether there is a session now.
  public boolean isConnected() {
    return session.isConnected();
  }

  /// What keeps this site from its server now, in one sentence; empty while there is a session, and
  /// before the first attempt has ended.
  public Optional<String> trouble() {
    return session.trouble();
  }

  private void heard(DesiredState state) {
    desired = state;
    watcher.run();
  }

  @Override
  public DesiredState desired() {
    return desired;
  }

  @Override
  public void watch(Runnable onChange) {
    watcher = onChange;
  }

  @Override
  public void observe(Supplier<ObservedState> state) {
    session.observe(state);
  }

  @Override
  public void fetch(ModelHash file, long largest, Path target) throws LinkException {
    downloads.fetch(file, largest, target);
  }

  @Override
  public void store(TaskKey task, ModelHash update, Path file)
      throws LinkException, InterruptedException {
    Upload.send(
        channel,
        FileReference.newBuilder()
            .setHash(TaskCodec.toWire(update))
            .setSizeBytes(size(file))
            .setTask(TaskCodec.toWire(task))
            .build(),
        file);
  }

  private static long size(Path file) throws LinkException {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new LinkException("the file to send cannot be read: " + e.getMessage(), e);
    }
  }

  @Override
  public Verdict deliver(TaskKey task, TaskOutcome outcome) throws LinkException {
    try {
      return TaskCodec.fromWire(
          FederationGrpc.newBlockingStub(channel.channel())
              .withDeadlineAfter(VERDICT_MINUTES, TimeUnit.MINUTES)
              .deliver(
                  DeliverRequest.newBuilder()
                      .setTask(TaskCodec.toWire(task))
                      .setOutcome(TaskCodec.toWire(outcome))
                      .build()));
    } catch (StatusRuntimeException e) {
      throw new LinkException("the result cannot be delivered: " + channel.explain(e), e);
    } catch (WireException e) {
      throw new LinkException("the verdict cannot be read: " + e.getMessage(), e);
    }
  }

  /// Tells the server lines that a job's process printed.
  ///
  /// @param number of the first; rises
  /// @param leftOut how many were left out before these
  /// @return whether the server keeps more of this job
  /// @throws LinkException if it cannot be told now
  public boolean tellLog(JobId job, long number, List<String> lines, long leftOut)
      throws LinkException {
    try {
      return FederationGrpc.newBlockingStub(channel.channel())
          .withDeadlineAfter(LOG_SECONDS, TimeUnit.SECONDS)
          .tellLog(
              LogLines.newBuilder()
                  .setJob(job.value())
                  .setNumber(number)
                  .addAllLines(lines)
                  .setLeftOut(leftOut)
                  .build())
          .getWanted();
    } catch (StatusRuntimeException e) {
      throw new LinkException("output cannot be told: " + channel.explain(e), e);
    }
  }

  @Override
  public void close() {
    session.close();
    channel.close();
  }
}
