package org.wardfl.server.service;

import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.SslContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.certs.Identity;
import org.wardfl.certs.IdentityKeyManager;
import org.wardfl.certs.PeerTrustManager;
import org.wardfl.proto.channel.Protocol;
import org.wardfl.proto.channel.Reason;
import org.wardfl.proto.channel.Refusal;
import org.wardfl.proto.task.TaskCodec;
import org.wardfl.proto.wire.FederationGrpc;
import org.wardfl.proto.wire.FetchRequest;

/// A client as an agent makes it.
public final class SiteChannel implements AutoCloseable {

  private final ManagedChannel channel;

  private SiteChannel(int port, SslContext tls) {
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port)
            .sslContext(tls)
            .maxInboundMessageSize(Protocol.MAX_MESSAGE_BYTES)
            .flowControlWindow(Protocol.WINDOW_BYTES)
            .disableRetry()
            .disableServiceConfigLookUp()
            .build();
  }

  /// A participant of the project.
  public static SiteChannel of(RunningServer server, String name) {
    return of(server, ProvisionedProject.get().identity(name));
  }

  /// Somebody with this identity.
  public static SiteChannel of(RunningServer server, Identity identity) {
    try {
      return with(
          server, server.transport().tls().client(new IdentityKeyManager(identity), trust()));
    } catch (SSLException e) {
      throw new AssertionError(e);
    }
  }

  /// Somebody with this idea of TLS.
  public static SiteChannel with(RunningServer server, SslContext tls) {
    return new SiteChannel(server.port(), tls);
  }

  /// Believes the project's server.
  public static PeerTrustManager trust() {
    var project = ProvisionedProject.get();
    return PeerTrustManager.ofClient(
        project.trust(), () -> ProvisionedProject.NOW, project.name("fl.example.org"));
  }

  /// For stubs.
  public Channel channel() {
    return channel;
  }

  FederationGrpc.FederationBlockingStub blocking() {
    return FederationGrpc.newBlockingStub(channel)
        .withDeadlineAfter(RunningServer.PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  FederationGrpc.FederationBlockingV2Stub streaming() {
    return FederationGrpc.newBlockingV2Stub(channel)
        .withDeadlineAfter(3 * RunningServer.PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  /// A whole file.
  public byte[] fetch(ModelHash hash) throws IOException {
    return fetch(channel, hash);
  }

  /// A whole file, over any channel.
  public static byte[] fetch(Channel channel, ModelHash hash) throws IOException {
    var bytes = new ByteArrayOutputStream();
    var chunks =
        FederationGrpc.newBlockingStub(channel)
            .withDeadlineAfter(RunningServer.PATIENCE.toSeconds(), TimeUnit.SECONDS)
            .fetch(FetchRequest.newBuilder().setHash(TaskCodec.toWire(hash)).build());
    while (chunks.hasNext()) {
      chunks.next().getData().writeTo(bytes);
    }
    return bytes.toByteArray();
  }

  /// A call that is to be refused.
  public interface Attempt {
    /// Tries it.
    void run() throws Exception;
  }

  /// How an attempt ended.
  ///
  /// @param status as gRPC sees it
  /// @param failure the exception
  public record Outcome(Status status, Throwable failure) {

    /// The refusal that the server sent.
    public Refusal refusal() {
      return Refusal.of(failure)
          .orElseThrow(() -> new AssertionError("no reason in " + failure, failure));
    }

    /// Whether the server refused it for this reason, with the status that belongs to it.
    public boolean is(Reason reason) {
      return refusal().reason() == reason && status.getCode() == reason.code();
    }
  }

  /// Tries what must fail.
  public static Outcome failing(Attempt attempt) {
    try {
      attempt.run();
    } catch (StatusRuntimeException e) {
      return new Outcome(e.getStatus(), e);
    } catch (StatusException e) {
      return new Outcome(e.getStatus(), e);
    } catch (Exception e) {
      throw new AssertionError("expected a status", e);
    }
    throw new AssertionError("expected a refusal, but the call succeeded");
  }

  /// Breaks the connection off.
  public void cut() {
    channel.shutdownNow();
  }

  @Override
  public void close() {
    channel.shutdownNow();
    try {
      assertTerminated();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void assertTerminated() throws InterruptedException {
    if (!channel.awaitTermination(RunningServer.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("the connection does not end");
    }
  }
}
