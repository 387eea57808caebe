package org.wardfl.client.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import org.wardfl.certs.CertifiedProject;
import org.wardfl.certs.IdentityKeyManager;
import org.wardfl.certs.PeerTrustManager;
import org.wardfl.proto.channel.Tls;
import org.wardfl.proto.wire.FederationGrpc;

/// A site's link to a server that a test made, over mutual TLS on this machine.
final class Welcome implements AutoCloseable {

  private static final CertifiedProject PROJECT = new CertifiedProject("chest_ct");

  private final Server server;
  private final GrpcLink link;

  Welcome(FederationGrpc.FederationImplBase service, Path folder) throws IOException {
    var trust = PROJECT.anchors();
    var identity = PROJECT.identity("server", "fl.example.org");
    server =
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
    link = new GrpcLink(channel, own, UUID.randomUUID(), 1, "ward test", folder);
    link.connect();
  }

  GrpcLink link() {
    return link;
  }

  interface Condition {
    boolean holds();
  }

  void await(Condition condition) throws InterruptedException {
    long end = System.nanoTime() + 20_000_000_000L;
    while (!condition.holds()) {
      assertThat(System.nanoTime()).as(String.valueOf(link.trouble())).isLessThan(end);
      Thread.sleep(5);
    }
  }

  @Override
  public void close() {
    link.close();
    server.shutdownNow();
  }
}
