package org.wardfl.server.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardfl.certs.Passphrase;
import org.wardfl.proto.channel.Tls;
import org.wardfl.proto.task.TaskCodec;
import org.wardfl.proto.wire.FederationGrpc;
import org.wardfl.proto.wire.FetchRequest;
import org.wardfl.server.service.ProvisionedProject;
import org.wardfl.server.service.RunningServer;

/// A resumed TLS session asks no trust manager: openssl keeps a session and comes back with it,
/// without certificate and key.
class ResumptionTest {

  private static final ProvisionedProject PROJECT = ProvisionedProject.get();

  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource(Tls.class)
  void aKeptSessionOfARevokedSiteOpensNothing(Tls tls) throws Exception {
    var stolen = PROJECT.issue("site", "site-1", ProvisionedProject.NOW);
    stolen.write(folder.resolve("identity.pem"), new Passphrase("opens-it"));
    Files.writeString(folder.resolve("passphrase"), "opens-it\n");
    try (var server = new RunningServer(folder, tls)) {
      var content = text(server);
      var first =
          openssl(
              server,
              "-sess_out",
              "session.pem",
              "-cert",
              "identity.pem",
              "-key",
              "identity.pem",
              "-pass",
              "file:passphrase");
      assertThat(first).contains("New, TLSv1.3").contains(content);
      assertThat(folder.resolve("session.pem")).as("a session to be resumed").doesNotExist();
      server.exchange(PROJECT.without(stolen));
      var without = openssl(server);
      assertThat(without).doesNotContain(content);
      server.assertRecorded("unknown", "IDENTITY", "the TLS handshake failed");
      server.assertServes();
    }
  }

  private static String text(RunningServer server) {
    try {
      return Files.readString(server.packageFile(), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /// Everything that openssl prints, with what the server answers to the fetching of the package.
  private String openssl(RunningServer server, String... more) throws Exception {
    var command =
        new ArrayList<>(
            List.of(
                "openssl",
                "s_client",
                "-connect",
                "127.0.0.1:" + server.port(),
                "-tls1_3",
                "-alpn",
                "h2",
                "-ign_eof"));
    command.addAll(List.of(more));
    Process process;
    try {
      process =
          new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    } catch (IOException e) {
      Assumptions.abort("openssl is not installed: " + e.getMessage());
      throw e;
    }
    try {
      process.getOutputStream().write(fetch(server));
      process.getOutputStream().flush();
    } catch (IOException _) {
      // The handshake failed, and openssl went.
    }
    var output = new StringBuilder();
    var reader =
        Thread.ofVirtual()
            .start(() -> {
              try (var out = process.inputReader(StandardCharsets.ISO_8859_1)) {
                for (int c = out.read(); c >= 0; c = out.read()) {
                  synchronized (output) {
                    output.append((char) c);
                  }
                }
              } catch (IOException _) {
                // The process was ended.
              }
            });
    RunningServer.await(
        () -> {
          synchronized (output) {
            return !process.isAlive()
                || output.indexOf(text(server)) >= 0
                || server.recorded("IDENTITY") > 0;
          }
        },
        () -> "an answer");
    process.destroy();
    reader.join();
    return output.toString();
  }

  private static byte[] fetch(RunningServer server) throws IOException {
    var request =
        FetchRequest.newBuilder()
            .setHash(TaskCodec.toWire(server.jobPackage()))
            .build()
            .toByteArray();
    var bytes = new ByteArrayOutputStream();
    bytes.write(RawHttp2.preface());
    bytes.write(RawHttp2.call(1, FederationGrpc.getFetchMethod().getFullMethodName(), Map.of()));
    bytes.write(RawHttp2.frame(RawHttp2.DATA, 1, 1, RawHttp2.message(request.length, request)));
    return bytes.toByteArray();
  }
}
