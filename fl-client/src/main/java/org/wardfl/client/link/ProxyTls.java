package org.wardfl.client.link;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/// TLS between this machine and an HTTP proxy, around everything that goes through the proxy.
///
/// The connection inside has TLS of its own, and gRPC takes the first TLS handler that it finds for
/// that one. So this one is out of its sight, in a channel that leads nowhere.
final class ProxyTls extends ChannelDuplexHandler {

  private final SslContext context;
  private final Endpoint.Proxy proxy;
  private @Nullable EmbeddedChannel tls;

  ProxyTls(SslContext context, Endpoint.Proxy proxy) {
    this.context = context;
    this.proxy = proxy;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    var handler =
        this.context.newHandler(
            context.alloc(), proxy.address().getHostString(), proxy.address().getPort());
    // It begins its handshake at once.
    var inner = new EmbeddedChannel(handler);
    tls = inner;
    send(context, inner);
    context.flush();
    context.fireChannelActive();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    var inner = tls;
    if (inner == null) {
      ReferenceCountUtil.release(message);
      return;
    }
    try {
      inner.writeInbound(message);
      receive(context, inner);
      send(context, inner);
      context.flush();
    } catch (Exception e) {
      // The handshake failed, or the bytes are not TLS.
      context.fireExceptionCaught(e);
      var _ = context.close();
    }
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    var inner = tls;
    if (inner == null) {
      ReferenceCountUtil.release(message);
      promise.setFailure(new IllegalStateException("there is no connection to the proxy yet"));
      return;
    }
    var written = inner.writeOneOutbound(message);
    inner.flushOutbound();
    // Before the handshake has ended nothing comes out, and the message waits inside.
    send(context, inner);
    if (written.isDone() && !written.isSuccess()) {
      promise.tryFailure(written.cause());
    } else {
      promise.trySuccess();
    }
  }

  private static void receive(ChannelHandlerContext context, EmbeddedChannel inner) {
    for (ByteBuf plain; (plain = inner.readInbound()) != null; ) {
      context.fireChannelRead(plain);
    }
  }

  private static void send(ChannelHandlerContext context, EmbeddedChannel inner) {
    for (ByteBuf encrypted; (encrypted = inner.readOutbound()) != null; ) {
      var _ = context.write(encrypted);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    end();
    context.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    end();
  }

  private void end() {
    var inner = tls;
    tls = null;
    if (inner != null) {
      inner.finishAndReleaseAll();
    }
  }
}
