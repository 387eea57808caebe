package org.wardfl.server.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.wardfl.proto.channel.Protocol;
import org.wardfl.proto.wire.ProtocolRange;
import org.wardfl.proto.wire.ServerHello;
import org.wardfl.proto.wire.ServerMessage;
import org.wardfl.proto.wire.SiteHello;
import org.wardfl.proto.wire.SiteMessage;

/// A session as an agent holds it, read and written step by step.
public final class SiteSession {

  private final BlockingClientCall<SiteMessage, ServerMessage> call;

  /// A session that has said nothing yet.
  public SiteSession(SiteChannel channel) {
    call = channel.streaming().session();
  }

  /// A session that was welcomed.
  public static SiteSession welcomed(SiteChannel channel, UUID instance, long boot)
      throws Exception {
    var session = new SiteSession(channel);
    session.say(hello(instance, boot));
    assertThat(session.hear().hasHello()).isTrue();
    return session;
  }

  static SiteHello.Builder hello(UUID instance, long boot) {
    return SiteHello.newBuilder()
        .setProtocol(
            ProtocolRange.newBuilder().setLowest(Protocol.OLDEST).setHighest(Protocol.CURRENT))
        .setSoftware("ward test")
        .setInstance(instance.toString())
        .setBoot(boot);
  }

  void say(SiteHello.Builder hello) throws Exception {
    say(SiteMessage.newBuilder().setHello(hello).build());
  }

  void say(SiteMessage message) throws Exception {
    call.write(message);
  }

  /// The next message.
  ServerMessage hear() throws StatusException, InterruptedException {
    try {
      var message = call.read(RunningServer.PATIENCE.toSeconds(), TimeUnit.SECONDS);
      if (message == null) {
        throw new AssertionError("the session ended without a reason");
      }
      return message;
    } catch (java.util.concurrent.TimeoutException e) {
      throw new AssertionError("the server says nothing", e);
    }
  }

  ServerHello hearHello() throws StatusException, InterruptedException {
    return hear().getHello();
  }

  /// How the session ends; what is said before is passed over.
  public SiteChannel.Outcome end() {
    return SiteChannel.failing(() -> {
      while (true) {
        var _ = hear();
      }
    });
  }

  void leave() {
    call.halfClose();
  }
}
