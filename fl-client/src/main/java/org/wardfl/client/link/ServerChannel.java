package org.wardfl.client.link;

import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.HttpConnectProxiedSocketAddress;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.wardfl.certs.IdentityKeyManager;
import org.wardfl.certs.PeerTrustManager;
import org.wardfl.proto.channel.Protocol;
import org.wardfl.proto.channel.Tls;

/// The one outbound connection: gRPC over mutual TLS 1.3, through a proxy if need be.
///
/// It connects when it is used and again when it broke.
public final class ServerChannel implements AutoCloseable {

  private static final int CONNECT_MILLIS = 10_000;

  private final Endpoint endpoint;
  private final IdentityKeyManager identity;
  private final InstantSource clock;
  private final ManagedChannel connection;
  private final Optional<EventLoopGroup> threads;
  private final Channel guarded;

  /// A channel that presents this identity and believes only the endpoint's server.
  ///
  /// @throws SSLException if this machine cannot do it
  public ServerChannel(
      Endpoint endpoint, Tls tls, IdentityKeyManager identity, PeerTrustManager trust)
      throws SSLException {
    this(endpoint, tls, identity, trust, InstantSource.system(), LinkSettings.STANDARD);
  }

  /// A channel with another clock or other times.
  ///
  /// @param clock says what is wrong with the own certificate
  /// @throws SSLException if this machine cannot do it
  public ServerChannel(
      Endpoint endpoint,
      Tls tls,
      IdentityKeyManager identity,
      PeerTrustManager trust,
      InstantSource clock,
      LinkSettings settings)
      throws SSLException {
    this.endpoint = endpoint;
    this.identity = identity;
    this.clock = clock;
    var builder =
        NettyChannelBuilder.forAddress(endpoint.host(), endpoint.port())
            .sslContext(tls.client(identity, new ServerTrust(trust)))
            .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
            .keepAliveTime(settings.keepAlive().toMillis(), TimeUnit.MILLISECONDS)
            .keepAliveTimeout(settings.answer().toMillis(), TimeUnit.MILLISECONDS)
            .keepAliveWithoutCalls(true)
            .idleTimeout(1, TimeUnit.DAYS)
            .maxInboundMessageSize(Protocol.MAX_MESSAGE_BYTES)
            .flowControlWindow(Protocol.WINDOW_BYTES)
            .disableRetry()
            .disableServiceConfigLookUp()
            .proxyDetector(target -> proxied(endpoint, target));
    var tlsToProxy = endpoint.proxy().filter(proxy -> proxy.tls().isPresent());
    if (tlsToProxy.isPresent()) {
      var context = context(tlsToProxy.get().tls().orElseThrow());
      var group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
      builder
          .eventLoopGroup(group)
          .channelFactory(() -> {
            var channel = new NioSocketChannel();
            channel.pipeline().addFirst(new ProxyTls(context, tlsToProxy.get()));
            return channel;
          });
      threads = Optional.of(group);
    } else {
      threads = Optional.empty();
    }
    connection = builder.build();
    guarded = ClientInterceptors.intercept(connection, new EpochGuard());
  }

  /// For the way to the proxy only.
  private static SslContext context(Endpoint.ProxyTrust trust) throws SSLException {
    var builder = SslContextBuilder.forClient().sslProvider(SslProvider.JDK);
    return (trust.authorities().isEmpty() ? builder : builder.trustManager(trust.authorities()))
        .endpointIdentificationAlgorithm("HTTPS")
        .build();
  }

  private static @Nullable HttpConnectProxiedSocketAddress proxied(
      Endpoint endpoint, java.net.SocketAddress target) {
    if (endpoint.proxy().isEmpty() || !(target instanceof InetSocketAddress server)) {
      return null;
    }
    var proxy = endpoint.proxy().get();
    var address =
        HttpConnectProxiedSocketAddress.newBuilder()
            .setProxyAddress(
                new InetSocketAddress(proxy.address().getHostString(), proxy.address().getPort()))
            // The proxy looks the name up: the hospital's own name server may not know it.
            .setTargetAddress(
                InetSocketAddress.createUnresolved(server.getHostString(), server.getPort()));
    proxy
        .credentials()
        .ifPresent(secret -> address.setUsername(secret.user()).setPassword(secret.password()));
    return address.build();
  }

  /// For stubs.
  public Channel channel() {
    return guarded;
  }

  /// Where it leads.
  public Endpoint endpoint() {
    return endpoint;
  }

  /// Connects again at once after a failure, instead of after gRPC's own pause.
  void connectNow() {
    connection.resetConnectBackoff();
  }

  /// Opens a new connection for the next call, so that it presents the identity of now; calls that
  /// last go on over the connection that they have.
  void identityChanged() {
    connection.enterIdle();
  }

  /// What went wrong, in words for whoever reads this side's log.
  public String explain(Throwable failure) {
    return Diagnosis.ofOwn(identity.identity(), clock.instant())
        .orElseGet(() -> new Diagnosis(endpoint).of(failure));
  }

  @Override
  public void close() {
    connection.shutdownNow();
    try {
      connection.awaitTermination(2, TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    threads.ifPresent(group -> {
      var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    });
  }
}
