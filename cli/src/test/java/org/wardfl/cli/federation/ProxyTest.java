package org.wardfl.cli.federation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.cli.WardProcess;

/// A hospital lets nobody out but through its proxy.
@Timeout(240)
class ProxyTest {

  private static final String PASSWORD = "tell-nobody-4711";

  @TempDir private Path folder;
  private final List<WardProcess> started = new ArrayList<>();

  @AfterEach
  void end() throws InterruptedException {
    for (var process : started) {
      process.kill();
    }
  }

  @Test
  void theClientGoesThroughAProxyThatKnowsItAndSaysWhyItCannot() throws Exception {
    var password = secret("proxy-password.txt", PASSWORD);
    var wrong = secret("wrong-password.txt", "wrong-" + PASSWORD);
    try (var federation = new InProcess(folder);
        var asking = new ConnectProxy().asking("ward", PASSWORD);
        var closed = new ConnectProxy().refusing(403);
        var broken = new ConnectProxy().refusing(502);
        var inspecting = new ConnectProxy().inspecting(certificate())) {
      federation.startServer();
      var server = "localhost:" + federation.port();
      var processes =
          List.of(
              client(federation, ":", asking.url("ward"), wrong),
              client(federation, ":", asking.url("")),
              client(federation, ":", closed.url("")),
              client(federation, ":", broken.url("")),
              client(federation, ":", inspecting.url("")),
              client(federation, ":", "http://127.0.0.1:1"));
      var sentences =
          List.of(
              "does not accept this user and password",
              "asks for a user and a password",
              "does not let this machine through to " + server,
              "cannot reach " + server + " (its answer is 502)",
              "ask for an exception from TLS inspection for " + server,
              "accepts no connection");
      for (int i = 0; i < processes.size(); i++) {
        processes.get(i).awaitText(sentences.get(i));
      }
      assertThat(processes.get(4).said()).contains("CN=Hospital Inspection");
      // It tries again and again, and says so once.
      InProcess.await(() -> closed.targets().size() > 4, () -> "more attempts");
      for (int i = 0; i < processes.size(); i++) {
        assertThat(processes.get(i).said()).containsOnlyOnce(sentences.get(i));
        assertThat(processes.get(i).said()).doesNotContain(PASSWORD);
      }
      assertThat(Files.readString(Path.of("/proc/" + processes.get(0).pid() + "/cmdline")))
          .doesNotContain(PASSWORD);
      for (var process : processes) {
        process.kill();
      }
      var known = client(federation, ":", asking.url("ward"), password);
      known.awaitText("connected");
      assertThat(known.terminate()).isEqualTo(143);
      assertThat(known.said()).doesNotContain(PASSWORD);
      var byEnvironment =
          start(
              "export WARD_PROXY=" + asking.url("ward") + " WARD_PROXY_PASSWORD='" + PASSWORD + "'",
              List.of(words(federation, "known")));
      byEnvironment.awaitText("connected");
      byEnvironment.kill();
      assertThat(asking.targets()).containsOnly(server);
    }
  }

  @Test
  void theWayToTheProxyMayHaveTlsOfItsOwnAndTheServerIsStillTheKitsAlone() throws Exception {
    var password = secret("proxy-password.txt", PASSWORD);
    var certificate = certificate();
    try (var federation = new InProcess(folder);
        var proxy = new ConnectProxy().asking("ward", PASSWORD).withTls(certificate)) {
      federation.startServer();
      var url = "https://ward@localhost:" + proxy.port();
      var stranger = client(federation, ":", url, secret("again.txt", PASSWORD));
      stranger.awaitText("the proxy localhost:" + proxy.port() + " shows a certificate");
      stranger.awaitText("give the authority's with --proxy-ca");
      stranger.kill();
      assertThat(proxy.targets()).isEmpty();
      var words = new ArrayList<>(List.of(words(federation, "known")));
      words.addAll(List.of("--proxy", url, "--proxy-password-file", password.toString()));
      words.addAll(List.of("--proxy-ca", folder.resolve("inspection.pem").toString()));
      var client = start(":", words);
      client.awaitText("connected");
      var job = Files.createDirectories(folder.resolve("job"));
      Files.writeString(
          job.resolve("job.yaml"),
          """
          name: through-a-proxy
          min_sites: 1
          workflow: {type: fedavg, rounds: 2}
          algorithm: {type: quadratic, args: {size: 1000000}}
          resources: {memory: 256MiB}
          """);
      var id = federation.command(InProcess.LEAD, "job", "submit", job.toString()).strip();
      assertThat(federation.command(InProcess.LEAD, "job", "wait", id, "--json"))
          .contains("\"status\": \"COMPLETED\"");
      client.kill();
      // What the site admin believes of the proxy is not believed of the server.
      try (var inspecting =
          new ConnectProxy()
              .asking("ward", PASSWORD)
              .withTls(certificate)
              .inspecting(certificate)) {
        words.set(words.indexOf(url), "https://ward@localhost:" + inspecting.port());
        var opened = start(":", words);
        opened.awaitText("ask for an exception from TLS inspection");
        opened.kill();
      }
    }
  }

  @Test
  void aPasswordOnTheCommandLineIsRefusedAndNotRepeated() throws Exception {
    try (var federation = new InProcess(folder)) {
      for (var url :
          List.of("http://ward:" + PASSWORD + "@127.0.0.1:8080", "http://ward:" + PASSWORD + "@")) {
        var client = client(federation, ":", url);
        var result = client.await();
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("--proxy").doesNotContain(PASSWORD);
      }
    }
  }

  private WardProcess client(InProcess federation, String shell, String proxy, Path... password)
      throws Exception {
    var data = password.length > 0 && password[0].endsWith("proxy-password.txt") ? "known" : proxy;
    var words = new ArrayList<>(List.of(words(federation, data)));
    words.add("--proxy");
    words.add(proxy);
    for (var file : password) {
      words.add("--proxy-password-file");
      words.add(file.toString());
    }
    return start(shell, words);
  }

  private WardProcess start(String shell, List<String> words) throws IOException {
    var process = WardProcess.start(folder, shell, words.toArray(String[]::new));
    started.add(process);
    return process;
  }

  private String[] words(InProcess federation, String data) {
    return new String[] {
      "client",
      "--kit",
      federation.kitFolder(InProcess.SITE).toString(),
      "--password-file",
      federation.passwordFile(InProcess.SITE).toString(),
      "--data",
      folder.resolve("data-" + data.replaceAll("[^a-z0-9]", "-")).toString()
    };
  }

  private Path secret(String name, String text) throws Exception {
    var file =
        Files.createFile(
            folder.resolve(name),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return Files.writeString(file, text + "\n");
  }

  /// A certificate as an inspecting proxy makes them.
  private SSLContext certificate() throws Exception {
    var file = folder.resolve("inspection.p12");
    var made =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-alias",
                "inspection",
                "-dname",
                "CN=Hospital Inspection",
                "-ext",
                "san=dns:localhost",
                "-storetype",
                "PKCS12",
                "-storepass",
                "changeit",
                "-keystore",
                file.toString())
            .redirectErrorStream(true)
            .start();
    var said = new String(made.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(made.waitFor()).as(said).isZero();
    var exported =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-exportcert",
                "-rfc",
                "-alias",
                "inspection",
                "-storepass",
                "changeit",
                "-keystore",
                file.toString(),
                "-file",
                folder.resolve("inspection.pem").toString())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(exported.waitFor()).isZero();
    var store = KeyStore.getInstance("PKCS12");
    try (var input = new FileInputStream(file.toFile())) {
      store.load(input, "changeit".toCharArray());
    }
    var keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, "changeit".toCharArray());
    var context = SSLContext.getInstance("TLSv1.3");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }
}
