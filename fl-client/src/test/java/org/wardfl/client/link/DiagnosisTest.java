package org.wardfl.client.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardfl.certs.CertifiedName;
import org.wardfl.certs.CertifiedProject;
import org.wardfl.certs.Identity;
import org.wardfl.certs.IdentityKeyManager;
import org.wardfl.certs.PeerTrustManager;
import org.wardfl.proto.channel.Tls;

/// What a site says that cannot reach its server: one sentence, with what to do.
class DiagnosisTest {

  private static final CertifiedProject PROJECT = new CertifiedProject("chest_ct");
  private static final CertifiedProject OTHER = new CertifiedProject("chest_ct");
  private static final CertifiedName SERVER =
      new CertifiedName("chest_ct", "server", "fl.example.org");
  private static final Instant NOW = CertifiedProject.NOW;

  @TempDir private Path folder;
  private Optional<Server> server = Optional.empty();
  private int port;

  @BeforeEach
  void findPort() throws IOException {
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
  }

  @AfterEach
  void end() {
    server.ifPresent(Server::shutdownNow);
  }

  @Test
  void aClosedPort() throws Exception {
    assertThat(trouble(Tls.JDK, "localhost", site(), NOW))
        .isEqualTo(
            "localhost:"
                + port
                + " accepts no connection: nothing listens there, or a firewall refuses");
  }

  @Test
  void anUnknownHost() throws Exception {
    assertThat(trouble(Tls.JDK, "nowhere.invalid", site(), NOW))
        .isEqualTo(
            "nowhere.invalid:"
                + port
                + " is not known to this machine's name service; check the name, and DNS");
  }

  @Test
  void aPortThatSpeaksNoTls() throws Exception {
    try (var listening = new ServerSocket(port, 5, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual()
          .start(() -> {
            try {
              while (true) {
                var plain = listening.accept();
                plain
                    .getOutputStream()
                    .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
              }
            } catch (IOException _) {
              // The test has ended.
            }
          });
      assertThat(trouble(Tls.JDK, "localhost", site(), NOW)).contains("does not speak TLS");
    }
  }

  @ParameterizedTest
  @EnumSource(Tls.class)
  void aServerOfAnotherProject(Tls tls) throws Exception {
    start(OTHER.identity("server", "fl.example.org"), OTHER);
    assertThat(trouble(tls, "localhost", site(), NOW))
        .contains("the server at localhost:" + port + " is not believed: certificate of")
        .contains("which is no authority of project chest_ct");
  }

  @ParameterizedTest
  @EnumSource(Tls.class)
  void aServerOfAnotherName(Tls tls) throws Exception {
    start(PROJECT.identity("server", "fl.example.com"), PROJECT);
    assertThat(trouble(tls, "localhost", site(), NOW))
        .contains("is not believed: server ward://chest_ct/server/fl.example.com, expected [")
        .contains("fl.example.org");
  }

  @ParameterizedTest
  @EnumSource(Tls.class)
  void aServerThatDoesNotBelieveThisSite(Tls tls) throws Exception {
    start(PROJECT.identity("server", "fl.example.org"), OTHER);
    assertThat(trouble(tls, "localhost", site(), NOW))
        .contains("TLS with localhost:" + port + " failed")
        .contains("'ward cert show'");
  }

  @Test
  void anOwnCertificateThatHasEnded() throws Exception {
    start(PROJECT.identity("server", "fl.example.org"), PROJECT);
    assertThat(trouble(Tls.JDK, "localhost", site(), NOW.plus(Duration.ofDays(91))))
        .isEqualTo(
            "the certificate of site-1 ended at 2027-02-21T12:00:00Z, and this clock says"
                + " 2027-02-22T12:00:00Z; if the clock is right, ask for a new certificate with"
                + " 'ward cert request'");
  }

  @Test
  void aClockBeforeTheOwnCertificate() throws Exception {
    start(PROJECT.identity("server", "fl.example.org"), PROJECT);
    assertThat(trouble(Tls.JDK, "localhost", site(), NOW.minus(Duration.ofDays(1))))
        .isEqualTo(
            "the certificate of site-1 is valid from 2026-11-23T11:55:00Z, but this clock says"
                + " 2026-11-22T12:00:00Z; set the clock of this machine");
  }

  private static Identity site() {
    return PROJECT.identity("site", "site-1");
  }

  private void start(Identity identity, CertifiedProject believed) throws IOException {
    server =
        Optional.of(
            NettyServerBuilder.forAddress(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .sslContext(
                    Tls.JDK.server(
                        new IdentityKeyManager(identity),
                        PeerTrustManager.ofServer(believed.anchors(), () -> NOW)))
                .build()
                .start());
  }

  private String trouble(Tls tls, String host, Identity identity, Instant clock) throws Exception {
    var own = new IdentityKeyManager(identity);
    var channel =
        new ServerChannel(
            new Endpoint(SERVER, host, port, Optional.empty()),
            tls,
            own,
            PeerTrustManager.ofClient(PROJECT.anchors(), () -> clock, SERVER),
            () -> clock,
            LinkSettings.STANDARD);
    try (var link = new GrpcLink(channel, own, UUID.randomUUID(), 1, "ward test", folder)) {
      link.connect();
      long end = System.nanoTime() + 20_000_000_000L;
      while (link.trouble().isEmpty()) {
        assertThat(System.nanoTime()).as("it says nothing").isLessThan(end);
        Thread.sleep(5);
      }
      return link.trouble().orElseThrow();
    }
  }
}
