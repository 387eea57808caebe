package org.wardfl.provisioning.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.certs.LeafProfile;
import org.wardfl.certs.OutsideProgram;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.kit.ActiveKit;
import org.wardfl.provisioning.kit.KitUpdate;

/// Clients written in Java, openssl's and Python's meet the server, each with the files of a kit
/// and nothing else.
class KitHandshakeTest {

  private static final int DEADLINE_SECONDS = 20;

  @TempDir private Path folder;
  private ChestCt chestCt = new ChestCt(Path.of("none"), new ManualClock());
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @BeforeEach
  void provision() throws Exception {
    // The other programs read the clock of this machine.
    var clock = new ManualClock();
    clock.advance(Duration.between(clock.instant(), Instant.now()));
    chestCt = new ChestCt(folder.resolve("out"), clock);
    chestCt.provision(ChestCt.SITES);
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void javaOpensslAndPythonShakeHandsWithTheFilesOfAKit() throws Exception {
    var server = open("fl.example.org", LeafProfile.SERVER);
    try (var listening = listen(server)) {
      int port = listening.getLocalPort();
      var seen = accept(listening);
      assertThat(dial(open("hospital-a", LeafProfile.SITE), port)).isEqualTo("welcome");
      assertThat(seen.get(DEADLINE_SECONDS, TimeUnit.SECONDS)).contains("CN=hospital-a");
      seen = accept(listening);
      assertThat(python("hospital-a", port)).contains("TLSv1.3 welcome");
      assertThat(seen.get(DEADLINE_SECONDS, TimeUnit.SECONDS)).contains("CN=hospital-a");
      seen = accept(listening);
      assertThat(openssl("admin@uni.org", port))
          .contains("Verify return code: 0 (ok)")
          .contains("welcome");
      assertThat(seen.get(DEADLINE_SECONDS, TimeUnit.SECONDS)).contains("CN=admin@uni.org");
    }
  }

  @Test
  void whoIsRevokedIsRefusedByTheRunningServer() throws Exception {
    var server = open("fl.example.org", LeafProfile.SERVER);
    var site = open("hospital-a", LeafProfile.SITE);
    try (var listening = listen(server)) {
      server.install(KitUpdate.read(chestCt.revocations().revoke("hospital-a").update()));
      var seen = accept(listening);
      dial(site, listening.getLocalPort());
      assertThat(seen.get(DEADLINE_SECONDS, TimeUnit.SECONDS))
          .contains("ward://chest_ct/site/hospital-a has been revoked");
    }
  }

  private ActiveKit open(String name, LeafProfile profile) throws KitException, IOException {
    return ActiveKit.open(
        chestCt.kitFolder(name), chestCt.password(name), chestCt.clock(), Set.of(profile));
  }

  private static SSLContext context(ActiveKit kit) throws Exception {
    var context = SSLContext.getInstance("TLS");
    context.init(new KeyManager[] {kit.keys()}, new TrustManager[] {kit.peers()}, null);
    return context;
  }

  private static SSLServerSocket listen(ActiveKit server) throws Exception {
    var factory = context(server).getServerSocketFactory();
    var socket =
        (SSLServerSocket) factory.createServerSocket(0, 1, InetAddress.getLoopbackAddress());
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

  private String dial(ActiveKit client, int port) throws Exception {
    var factory = context(client).getSocketFactory();
    return threads
        .submit(() -> {
          try (var socket = factory.createSocket(InetAddress.getLoopbackAddress(), port)) {
            return new String(socket.getInputStream().readNBytes(7), StandardCharsets.US_ASCII);
          } catch (IOException e) {
            return String.valueOf(e.getMessage());
          }
        })
        .get(DEADLINE_SECONDS, TimeUnit.SECONDS);
  }

  private String python(String name, int port) throws Exception {
    var program =
        """
        import socket, ssl
        context = ssl.create_default_context(cafile="trust.pem")
        context.load_cert_chain("identity.pem", password=open("%s").read().strip())
        with socket.create_connection(("127.0.0.1", %d)) as plain:
          with context.wrap_socket(plain, server_hostname="fl.example.org") as tls:
            print(tls.version(), tls.recv(7).decode())
        """
            .formatted(passwordFile(name), port);
    return run(name, "python3", "-c", program);
  }

  private String openssl(String name, int port) throws Exception {
    return run(
        name,
        "openssl",
        "s_client",
        "-connect",
        "127.0.0.1:" + port,
        "-verify_return_error",
        "-verify_hostname",
        "fl.example.org",
        "-CAfile",
        "trust.pem",
        "-cert",
        "identity.pem",
        "-key",
        "identity.pem",
        "-pass",
        "file:" + passwordFile(name),
        "-ign_eof");
  }

  private Path passwordFile(String name) {
    return chestCt.out().resolve("passwords").resolve(name + ".txt");
  }

  private String run(String name, String... command) throws Exception {
    return OutsideProgram.run(chestCt.kitFolder(name), command);
  }
}
