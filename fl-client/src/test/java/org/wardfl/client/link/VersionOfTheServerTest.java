package org.wardfl.client.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.certs.CertifiedProject;
import org.wardfl.certs.IdentityKeyManager;
import org.wardfl.certs.PeerTrustManager;
import org.wardfl.proto.channel.Protocol;
import org.wardfl.proto.channel.Tls;
import org.wardfl.proto.wire.FederationGrpc;
import org.wardfl.proto.wire.ServerHello;
import org.wardfl.proto.wire.ServerMessage;
import org.wardfl.proto.wire.SiteMessage;

/// What a site makes of the version in which a server answers.
class VersionOfTheServerTest {

  private static final CertifiedProject PROJECT = new CertifiedProject("chest_ct");

  @TempDir private Path folder;

  /// A server that answers every hello in one version.
  private static final class Answering extends FederationGrpc.FederationImplBase {

    private final int version;
    private final AtomicInteger hellos = new AtomicInteger();
    private volatile boolean breaks;

    Answering(int version) {
      this.version = version;
    }

    @Override
    public StreamObserver<SiteMessage> session(StreamObserver<ServerMessage> out) {
      return new StreamObserver<>() {
        @Override
        public void onNext(SiteMessage message) {
          var range = message.getHello().getProtocol();
          assertThat(range.getLowest()).isEqualTo(Protocol.OLDEST);
          assertThat(range.getHighest()).isEqualTo(Protocol.CURRENT);
          hellos.incrementAndGet();
          out.onNext(
              ServerMessage.newBuilder()
                  .setHello(ServerHello.newBuilder().setProtocol(version).setSite("site-1"))
                  .build());
          if (breaks) {
            out.onError(Status.RESOURCE_EXHAUSTED.asException());
          }
        }

        @Override
        public void onError(Throwable failure) {
          // The site went away.
        }

        @Override
        public void onCompleted() {
          out.onCompleted();
        }
      };
    }
  }

  @Test
  void aVersionThatTheSiteSpeaksIsWelcome() throws Exception {
    try (var link = link(new Answering(Protocol.CURRENT))) {
      await(link, link::isConnected);
      assertThat(link.trouble()).isEmpty();
    }
  }

  @Test
  void aLaterVersionMakesTheSiteSayThatItIsToBeUpgraded() throws Exception {
    var server = new Answering(Protocol.CURRENT + 1);
    try (var link = link(server)) {
      await(link, () -> server.hellos.get() > 1 && link.trouble().isPresent());
      assertThat(link.isConnected()).isFalse();
      assertThat(link.trouble().orElseThrow())
          .isEqualTo(
              "the server answers in version 2 of the protocol, this site speaks 1 to 1; upgrade the"
                  + " site");
    }
  }

  @Test
  void aVersionBeforeTheFirstMakesTheSiteSayThatTheServerIsToBeUpgraded() throws Exception {
    try (var link = link(new Answering(0))) {
      await(link, () -> link.trouble().isPresent());
      assertThat(link.trouble().orElseThrow()).endsWith("upgrade the server");
    }
  }

  @Test
  void aServerThatBreaksAfterTheWelcomeIsAskedEverMoreSeldom() throws Exception {
    var server = new Answering(Protocol.CURRENT);
    server.breaks = true;
    try (var link = link(server)) {
      await(link, () -> server.hellos.get() >= 5);
      long early = System.nanoTime();
      await(link, () -> server.hellos.get() > 5 && System.nanoTime() - early > 2_000_000_000L);
      // With the first pause, of 0.1 s on average, there would be some 25.
      assertThat(server.hellos.get()).isLessThan(13);
    }
  }

  private interface Condition {
    boolean holds();
  }

  private static void await(GrpcLink link, Condition condition) throws InterruptedException {
    long end = System.nanoTime() + 10_000_000_000L;
    while (!condition.holds()) {
      assertThat(System.nanoTime()).as(String.valueOf(link.trouble())).isLessThan(end);
      Thread.sleep(5);
    }
  }

  private GrpcLink link(Answering service) throws IOException {
    var trust = PROJECT.anchors();
    var identity = PROJECT.identity("server", "fl.example.org");
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sslContext(
                Tls.JDK.server(
                    new IdentityKeyManager(identity),
                    PeerTrustManager.ofServer(trust, () -> CertifiedProject.NOW)))
            .addService(service)
            .build()
            .start();
    var own = new IdentityKeyManager(PROJECT.identity("site", "site-1"));
    var channel =
        new ServerChannel(
            new Endpoint(identity.name(), "localhost", server.getPort(), Optional.empty()),
            Tls.JDK,
            own,
            PeerTrustManager.ofClient(trust, () -> CertifiedProject.NOW, identity.name()),
            () -> CertifiedProject.NOW,
            LinkSettings.STANDARD);
    var link = new GrpcLink(channel, own, UUID.randomUUID(), 1, "ward test", folder);
    link.connect();
    servers.add(server);
    return link;
  }

  private final java.util.List<Server> servers = new java.util.ArrayList<>();

  @org.junit.jupiter.api.AfterEach
  void end() {
    servers.forEach(Server::shutdownNow);
  }
}
