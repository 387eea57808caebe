package org.wardfl.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.wardfl.certs.CertifiedProject.NOW;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Real mutual TLS 1.3 over loopback: clients written in Java, openssl's and Python's.
class HandshakeTest {

  private static final CertifiedProject PROJECT = new CertifiedProject("chest_ct");
  private static final InstantSource CLOCK = InstantSource.fixed(NOW);
  private static final int DEADLINE_SECONDS = 20;

  @TempDir private Path folder;

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @ParameterizedTest
  @EnumSource(KeyType.class)
  void everyKeyTypeShakesHands(KeyType type) throws Exception {
    var server = PROJECT.identity("server", "fl.example.org", type);
    var site = PROJECT.identity("site", "hospital-a", type);
    assertThat(peerSeenByServer(server, PROJECT.anchors(), site)).contains("hospital-a");
  }

  @Test
  void aRevokedASignersAndAForeignCertificateAreRefused() throws Exception {
    var server = PROJECT.identity("server", "fl.example.org");
    var revoked = PROJECT.identity("site", "hospital-a");
    assertThat(peerSeenByServer(server, PROJECT.anchors(revoked), revoked))
        .contains("has been revoked");
    var signer = PROJECT.identity("signer", "project");
    assertThat(peerSeenByServer(server, PROJECT.anchors(), signer))
        .contains("expected one of site, user");
    var foreign = new CertifiedProject("chest_ct").identity("site", "hospital-a");
    assertThat(peerSeenByServer(server, PROJECT.anchors(), foreign)).contains("is no authority");
  }

  @Test
  void aSiteRefusesAnotherServerThanItsOwn() throws Exception {
    var other = PROJECT.identity("server", "evil.example.org");
    var site = PROJECT.identity("site", "hospital-a");
    try (var listening = listen(other, PROJECT.anchors())) {
      var seen = accept(listening);
      assertThat(dial(site, listening.getLocalPort()).get(DEADLINE_SECONDS, TimeUnit.SECONDS))
          .contains("server ward://chest_ct/server/evil.example.org, expected");
      assertThat(seen.get(DEADLINE_SECONDS, TimeUnit.SECONDS)).doesNotContain("hospital-a");
    }
  }

  @Test
  void anExchangedIdentityIsPresentedInTheNextHandshake() throws Exception {
    var server = PROJECT.identity("server", "fl.example.org");
    var manager = new IdentityKeyManager(PROJECT.identity("site", "hospital-a"));
    try (var listening = listen(server, PROJECT.anchors())) {
      for (var name : List.of("hospital-a", "hospital-b")) {
        var seen = accept(listening);
        manager.exchange(PROJECT.identity("site", name));
        var context = context(manager, trustOfSite());
        var dialled = dial(context, listening.getLocalPort());
        assertThat(seen.get(DEADLINE_SECONDS, TimeUnit.SECONDS)).contains(name);
        assertThat(dialled.get(DEADLINE_SECONDS, TimeUnit.SECONDS)).isEqualTo("welcome");
      }
    }
  }

  @Test
  void opensslAndPythonShakeHandsWithTheFilesOfAnIdentity() throws Exception {
    // The other side reads the clock of this machine.
    var project = new CertifiedProject("chest_ct", KeyType.EC_P256, Instant.now());
    var identity = project.identity("site", "hospital-a");
    identity.write(folder.resolve("identity.pem"), new Passphrase("opens-it"));
    Files.writeString(folder.resolve("roots.pem"), Identity.pem(project.anchors().roots()));
    Files.writeString(folder.resolve("passphrase"), "opens-it\n");
    var server = project.identity("server", "fl.example.org");
    try (var listening = listen(server, project.anchors(), InstantSource.system())) {
      int port = listening.getLocalPort();
      var python =
          """
          import socket, ssl
          context = ssl.create_default_context(cafile="roots.pem")
          context.load_cert_chain("identity.pem", password="opens-it")
          with socket.create_connection(("127.0.0.1", %d)) as plain:
            with context.wrap_socket(plain, server_hostname="localhost") as tls:
              print(tls.version(), tls.recv(7).decode())
          """
              .formatted(port);
      var seen = accept(listening);
      assertThat(run("python3", "-c", python)).contains("TLSv1.3 welcome");
      assertThat(seen.get(DEADLINE_SECONDS, TimeUnit.SECONDS)).contains("hospital-a");
      seen = accept(listening);
      assertThat(
              run(
                  "openssl",
                  "s_client",
                  "-connect",
                  "127.0.0.1:" + port,
                  "-verify_return_error",
                  "-verify_hostname",
                  "localhost",
                  "-CAfile",
                  "roots.pem",
                  "-cert",
                  "identity.pem",
                  "-key",
                  "identity.pem",
                  "-pass",
                  "file:passphrase",
                  "-ign_eof"))
          .contains("Verify return code: 0 (ok)")
          .contains("welcome");
      assertThat(seen.get(DEADLINE_SECONDS, TimeUnit.SECONDS)).contains("hospital-a");
    }
  }

  private String peerSeenByServer(Identity server, TrustAnchors anchors, Identity client)
      throws Exception {
    try (var listening = listen(server, anchors)) {
      var seen = accept(listening);
      var dialled = dial(client, listening.getLocalPort());
      var name = seen.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
      dialled.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
      return name;
    }
  }

  private SSLServerSocket listen(Identity server, TrustAnchors anchors) throws Exception {
    return listen(server, anchors, CLOCK);
  }

  private SSLServerSocket listen(Identity server, TrustAnchors anchors, InstantSource clock)
      throws Exception {
    var context =
        context(new IdentityKeyManager(server), PeerTrustManager.ofServer(anchors, clock));
    var socket =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.getLoopbackAddress());
    socket.setNeedClientAuth(true);
    socket.setEnabledProtocols(new String[] {"TLSv1.3"});
    return socket;
  }

  /// The name of the client that came, or why it was refused.
  private Future<String> accept(SSLServerSocket listening) {
    return threads.submit(() -> {
      try (var socket = (SSLSocket) listening.accept()) {
        socket.startHandshake();
        socket.getOutputStream().write("welcome".getBytes(StandardCharsets.US_ASCII));
        return socket.getSession().getPeerPrincipal().getName();
      } catch (IOException e) {
        return String.valueOf(e.getMessage());
      }
    });
  }

  private Future<String> dial(Identity client, int port) throws Exception {
    return dial(context(new IdentityKeyManager(client), trustOfSite()), port);
  }

  private static PeerTrustManager trustOfSite() {
    return PeerTrustManager.ofClient(
        PROJECT.anchors(), CLOCK, new CertifiedName("chest_ct", "server", "fl.example.org"));
  }

  private Future<String> dial(SSLContext context, int port) {
    Callable<String> call =
        () -> {
          try (var socket =
              context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
            return new String(socket.getInputStream().readNBytes(7), StandardCharsets.US_ASCII);
          } catch (IOException e) {
            return String.valueOf(e.getMessage());
          }
        };
    return threads.submit(call);
  }

  private static SSLContext context(KeyManager keys, TrustManager trust) throws Exception {
    var context = SSLContext.getInstance("TLS");
    context.init(new KeyManager[] {keys}, new TrustManager[] {trust}, null);
    return context;
  }

  private String run(String... command) throws Exception {
    return OutsideProgram.run(folder, command);
  }
}
