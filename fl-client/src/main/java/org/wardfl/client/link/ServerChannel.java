package org.wardfl.client.link;

import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.HttpConnectProxiedSocketAddress;
import io.grpc.ManagedChannel;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import java.net.InetSocketAddress;
import java.security.cert.CertificateException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.wardfl.certs.IdentityKeyManager;
import org.wardfl.certs.PeerTrustManager;
import org.wardfl.proto.channel.Protocol;
import org.wardfl.proto.channel.Refusal;
import org.wardfl.proto.channel.Tls;

/// The one outbound connection: gRPC over mutual TLS 1.3, through a proxy if need be.
///
/// It connects when it is used and again when it broke. A half-open connection is noticed within 35
/// s: a ping every 20 s that is answered within 15 s.
public final class ServerChannel implements AutoCloseable {

  private static final int CONNECT_MILLIS = 10_000;

  private final Endpoint endpoint;
  private final ManagedChannel connection;
  private final Channel guarded;

  /// A channel that presents this identity and believes only the endpoint's server.
  ///
  /// @throws SSLException if this machine cannot do it
  public ServerChannel(
      Endpoint endpoint, Tls tls, IdentityKeyManager identity, PeerTrustManager trust)
      throws SSLException {
    this.endpoint = endpoint;
    var builder =
        NettyChannelBuilder.forAddress(endpoint.host(), endpoint.port())
            .sslContext(tls.client(identity, trust))
            .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
            .keepAliveTime(20, TimeUnit.SECONDS)
            .keepAliveTimeout(15, TimeUnit.SECONDS)
            .keepAliveWithoutCalls(true)
            .idleTimeout(1, TimeUnit.DAYS)
            .maxInboundMessageSize(Protocol.MAX_MESSAGE_BYTES)
            .flowControlWindow(Protocol.WINDOW_BYTES)
            .disableRetry()
            .disableServiceConfigLookUp()
            .proxyDetector(target -> proxied(endpoint, target));
    connection = builder.build();
    guarded = ClientInterceptors.intercept(connection, new EpochGuard());
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

  /// What went wrong, in words for whoever reads this side's log.
  public String explain(Throwable failure) {
    var refusal = Refusal.of(failure);
    if (refusal.isPresent()) {
      return "the server refuses: " + refusal.get().message();
    }
    var certificate = cause(failure, CertificateException.class);
    if (certificate.isPresent()) {
      return "the server at " + endpoint + " is not believed: " + certificate.get().getMessage();
    }
    var tls = cause(failure, SSLException.class);
    if (tls.isPresent()) {
      return "TLS with "
          + endpoint
          + " failed: "
          + tls.get().getMessage()
          + "; a server that does not accept this certificate ends the connection like this:"
          + " 'ward cert show' tells what is wrong with it";
    }
    var status =
        switch (failure) {
          case StatusRuntimeException e -> e.getStatus();
          case StatusException e -> e.getStatus();
          default -> io.grpc.Status.fromThrowable(failure);
        };
    var cause = status.getCause();
    return "no answer from "
        + endpoint
        + ": "
        + (status.getDescription() == null ? status.getCode() : status.getDescription())
        + (cause == null ? "" : " (" + cause.getMessage() + ")");
  }

  private static <E extends Throwable> Optional<E> cause(Throwable failure, Class<E> kind) {
    for (var cause = failure; cause != null; cause = cause.getCause()) {
      if (kind.isInstance(cause)) {
        return Optional.of(kind.cast(cause));
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    connection.shutdownNow();
    try {
      connection.awaitTermination(2, TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
