package org.wardfl.server.transport;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandler;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.wardfl.certs.CertifiedName;
import org.wardfl.proto.channel.Reason;
import org.wardfl.proto.channel.Refusal;

/// Records why a connection's TLS handshake failed. Only those of connections that broke are let
/// pass: whoever looks whether the port is open does no harm.
final class HandshakeWatch extends ChannelInboundHandlerAdapter {

  private final ConnectionRefusals refusals;
  private final Duration longest;
  private final long began = System.nanoTime();

  HandshakeWatch(ConnectionRefusals refusals, Duration longest) {
    this.refusals = refusals;
    this.longest = longest;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    // gRPC adds TLS when it hears that the connection is there.
    context.fireChannelActive();
    var tls =
        Objects.requireNonNull(
            context.pipeline().get(SslHandler.class), "every connection has TLS");
    tls.handshakeFuture()
        .addListener(handshake -> {
          if (!handshake.isSuccess()) {
            failed(context.channel().remoteAddress(), handshake.cause());
          }
        });
    context.pipeline().remove(this);
  }

  private void failed(@Nullable SocketAddress from, Throwable cause) {
    if (!(cause instanceof ClosedChannelException)) {
      refusals.refused(from, new Refusal(Reason.IDENTITY, words(cause)));
    } else if (System.nanoTime() - began >= longest.toNanos()) {
      // gRPC's clock started after this one.
      refusals.refused(
          from,
          new Refusal(Reason.TOO_SLOW, "no TLS handshake within " + longest.toMillis() + " ms"));
    }
    // Otherwise the other side went away.
  }

  private static String words(Throwable failure) {
    for (var cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException) {
        return String.valueOf(cause.getMessage());
      }
    }
    return failure instanceof NotSslRecordException
        ? "the connection does not speak TLS"
        : "the TLS handshake failed: "
            + CertifiedName.visible(String.valueOf(failure.getMessage()));
  }
}
