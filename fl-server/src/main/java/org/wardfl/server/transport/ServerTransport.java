package org.wardfl.server.transport;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardfl.certs.IdentityKeyManager;
import org.wardfl.certs.PeerTrustManager;
import org.wardfl.proto.channel.Protocol;
import org.wardfl.proto.channel.Reason;
import org.wardfl.proto.channel.Refusal;
import org.wardfl.proto.channel.Tls;
import org.wardfl.provisioning.audit.AuditLog;
import org.wardfl.provisioning.rights.AuthorizationPolicy;

/// The one port of the server: gRPC over TLS 1.3, a certificate for every connection, limits for
/// every caller.
///
/// Keys and trust are exchanged through the managers that it was made with, without a restart; call
/// [#trustChanged] then, and the calls of those who are no longer believed end at once. Without it
/// they end within [#SWEEP].
public final class ServerTransport implements AutoCloseable {

  /// How often lasting calls are looked at again: an end of a certificate needs no event.
  public static final Duration SWEEP = Duration.ofSeconds(2);

  private static final Logger LOG = LoggerFactory.getLogger(ServerTransport.class);

  private final Server server;
  private final PeerGate gate;
  private final LiveCalls live;
  private final ConnectionRefusals refusals;
  private final CallRefusals refusedCalls;
  private final TransportLimits limits;
  private final Tls tls;
  private final EventLoopGroup acceptor;
  private final EventLoopGroup workers;
  private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService sweeper =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("sweep").factory());

  /// What a transport is made of.
  ///
  /// @param address where it listens; port 0 takes a free one
  /// @param identity the server's
  /// @param trust whom it believes
  /// @param roster who is registered
  /// @param rights what people may do at the server
  /// @param epoch in every answer
  public record Setup(
      InetSocketAddress address,
      Tls tls,
      IdentityKeyManager identity,
      PeerTrustManager trust,
      Roster roster,
      AuthorizationPolicy rights,
      AuditLog audit,
      InstantSource clock,
      long epoch,
      TransportLimits limits) {}

  private ServerTransport(Setup setup, List<BindableService> services) throws IOException {
    tls = setup.tls();
    limits = setup.limits();
    live = new LiveCalls(limits.callsPerCaller());
    refusals = new ConnectionRefusals(setup.audit());
    refusedCalls = new CallRefusals(setup.audit(), setup.clock());
    gate =
        new PeerGate(
            setup.trust()::anchors,
            setup.roster(),
            setup.rights(),
            refusedCalls,
            setup.clock(),
            setup.epoch(),
            limits,
            live);
    acceptor = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    workers = new MultiThreadIoEventLoopGroup(NioIoHandler.newFactory());
    var builder =
        NettyServerBuilder.forAddress(setup.address())
            .sslContext(tls.server(setup.identity(), setup.trust()))
            .channelFactory(() -> new BoundedServerChannel(limits, refusals))
            .bossEventLoopGroup(acceptor)
            .workerEventLoopGroup(workers)
            .withOption(ChannelOption.SO_BACKLOG, 1024)
            .executor(calls)
            .addTransportFilter(new PeerFilter(setup.trust()::anchors, setup.clock()))
            .addStreamTracerFactory(CallTrace.factory())
            .maxConcurrentCallsPerConnection(limits.callsPerConnection())
            .maxRstFramesPerWindow(
                limits.resetsPerWindow(), Math.toIntExact(limits.resetWindow().toSeconds()))
            .handshakeTimeout(limits.handshake().toMillis(), TimeUnit.MILLISECONDS)
            .maxConnectionIdle(limits.idle().toMillis(), TimeUnit.MILLISECONDS)
            .maxConnectionAge(limits.age().toMillis(), TimeUnit.MILLISECONDS)
            .maxConnectionAgeGrace(limits.ageGrace().toMillis(), TimeUnit.MILLISECONDS)
            .permitKeepAliveTime(10, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .keepAliveTime(20, TimeUnit.SECONDS)
            .keepAliveTimeout(15, TimeUnit.SECONDS)
            // The gate refuses what is above the limit in words; this ends what is far above it.
            .maxInboundMetadataSize(2 * limits.headerBytes())
            .maxInboundMessageSize(Protocol.MAX_MESSAGE_BYTES)
            .flowControlWindow(Protocol.WINDOW_BYTES);
    for (var service : services) {
      var definition = LenientParsing.of(service.bindService());
      builder.addService(ServerInterceptors.intercept(definition, gate));
    }
    server = builder.build();
  }

  /// Opens the port.
  ///
  /// @throws IOException if that is not possible; nothing is left open
  public static ServerTransport start(Setup setup, List<BindableService> services)
      throws IOException {
    var transport = new ServerTransport(setup, services);
    try {
      transport.server.start();
    } catch (IOException e) {
      transport.close();
      throw e;
    }
    var _ =
        transport.sweeper.scheduleWithFixedDelay(
            transport::sweep, SWEEP.toMillis(), SWEEP.toMillis(), TimeUnit.MILLISECONDS);
    return transport;
  }

  /// The port that it listens on.
  public int port() {
    return server.getPort();
  }

  /// Which TLS is in use.
  public Tls tls() {
    return tls;
  }

  /// Ends the calls of those who are not believed any more.
  public void trustChanged() {
    var ended = live.sweep(call -> gate.obstacle(call.caller()));
    if (!ended.isEmpty()) {
      LOG.atWarn().addKeyValue("peers", ended).log("calls were ended: no longer believed");
    }
  }

  void sweep() {
    try {
      trustChanged();
      live.sweep(call -> call.lateness(limits));
      refusals.settle();
      refusedCalls.settle();
    } catch (RuntimeException e) {
      // A sweep that fails must not be the last one.
      LOG.atError().setCause(e).log("live calls could not be looked at");
    }
  }

  /// How many calls last now.
  public int liveCalls() {
    return live.count();
  }

  /// Closes the port and ends what would last for ever, then gives the other calls a moment.
  @Override
  public void close() {
    sweeper.shutdownNow();
    server.shutdown();
    var stopping = Optional.of(new Refusal(Reason.STORAGE, "the server is stopping"));
    live.sweep(call -> call.isStream() ? stopping : Optional.empty());
    try {
      if (!server.awaitTermination(2, TimeUnit.SECONDS)) {
        server.shutdownNow();
        server.awaitTermination(2, TimeUnit.SECONDS);
      }
    } catch (InterruptedException _) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    calls.shutdownNow();
    refusals.settle();
    refusedCalls.settleNow();
    var _ = acceptor.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    var _ = workers.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
