package org.wardfl.cli.federation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.client.link.Endpoint;
import org.wardfl.client.link.LinkSettings;

/// A link that dies without a word.
@Timeout(120)
class LinkTest {

  private static final int ELEMENTS = 1_000_000;
  private static final String JOB =
      """
      name: slow
      min_sites: 1
      seed: 3
      workflow: {type: fedavg, rounds: 1}
      algorithm: {type: quadratic, args: {size: %d, steps: 60}}
      resources: {memory: 256MiB}
      """
          .formatted(ELEMENTS);

  @TempDir private Path folder;

  /// The keep-alive is shortened from 12 and 25 s to what gRPC takes at least.
  @Test
  void aHalfOpenLinkIsNoticedAndWorkGoesOnMeanwhile() throws Exception {
    isNoticed(Duration.ofSeconds(10), Duration.ofSeconds(1), Duration.ofSeconds(15));
  }

  @Test
  @Tag("slow")
  void withTheStandardSettingsItIsNoticedWithinFortySeconds() throws Exception {
    var standard = LinkSettings.STANDARD;
    isNoticed(standard.keepAlive(), standard.answer(), Duration.ofSeconds(40));
  }

  private void isNoticed(Duration keepAlive, Duration answer, Duration most) throws Exception {
    try (var federation = new InProcess(folder);
        var proxy = new ConnectProxy()) {
      federation.startServer();
      var address = InetSocketAddress.createUnresolved("127.0.0.1", proxy.port());
      var client =
          federation.startClient(
              keepAlive, answer, Optional.of(new Endpoint.Proxy(address, Optional.empty())));
      InProcess.await(client.node()::isConnected, () -> "connected");
      assertThat(proxy.targets()).containsOnly("localhost:" + federation.port());
      var job = Files.createDirectories(folder.resolve("job"));
      Files.writeString(job.resolve("job.yaml"), JOB);
      var id = federation.command(InProcess.LEAD, "job", "submit", job.toString()).strip();
      InProcess.await(
          () ->
              federation.command(InProcess.LEAD, "job", "show", id, "--json").contains("RUNNING")
                  && jobProcesses() > 0,
          () -> "a job process");

      proxy.freeze();
      long began = System.nanoTime();
      InProcess.await(() -> results(federation) > 0, () -> "a result that cannot be delivered");
      InProcess.await(() -> !client.node().isConnected(), () -> "the dead link is noticed", most);
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(most);
      assertThat(federation.command(InProcess.LEAD, "job", "show", id, "--json"))
          .doesNotContain("COMPLETED");

      proxy.thaw();
      var report = federation.command(InProcess.LEAD, "job", "wait", id, "--json");
      assertThat(report).contains("\"status\": \"COMPLETED\"");
      assertThat(client.node().isConnected()).isTrue();
    }
  }

  /// The package has some 4 MB; the link breaks in the middle.
  @Test
  void aSubmissionGoesOnWhereItsLinkBroke() throws Exception {
    try (var federation = new InProcess(folder);
        var proxy = new ConnectProxy().cutAfter(2 << 20)) {
      federation.startServer();
      submitsThrough(federation, proxy);
      assertThat(proxy.targets()).as("connections").hasSizeGreaterThan(1);
    }
  }

  /// The server still waits for the old connection when the new one asks to go on.
  @Test
  @Tag("slow")
  void aSubmissionWaitsUntilTheServerHasGivenUpItsDeadLink() throws Exception {
    try (var federation = new InProcess(folder);
        var proxy = new ConnectProxy().strandAfter(2 << 20)) {
      federation.startServer();
      submitsThrough(federation, proxy);
      assertThat(proxy.targets()).as("connections").hasSizeGreaterThan(1);
    }
  }

  /// Keep-alive waits behind what is being sent: over 40 s here, at 100 kB/s.
  @Test
  @Tag("slow")
  void aSlowUplinkIsNoDeadOne() throws Exception {
    try (var federation = new InProcess(folder);
        var proxy = new ConnectProxy().slowing(100_000)) {
      federation.startServer();
      submitsThrough(federation, proxy);
      assertThat(proxy.targets()).as("connections").hasSize(1);
    }
  }

  private void submitsThrough(InProcess federation, ConnectProxy proxy) throws Exception {
    var job = Files.createDirectories(folder.resolve("job"));
    Files.writeString(job.resolve("job.yaml"), JOB + "initial_model: first.safetensors\n");
    var values = new float[ELEMENTS];
    var random = new Random(7);
    for (int i = 0; i < ELEMENTS; i++) {
      values[i] = random.nextFloat();
    }
    ModelWriter.write(
        TensorMap.of(Tensor.floats("w", values, ELEMENTS)), job.resolve("first.safetensors"));
    var id =
        federation
            .command(InProcess.LEAD, "job", "submit", job.toString(), "--proxy", proxy.url(""))
            .strip();
    assertThat(federation.command(InProcess.LEAD, "job", "show", id, "--json")).contains(id);
  }

  private static long jobProcesses() {
    return ProcessHandle.current().descendants().count();
  }

  /// Models that lie at the site, done and not yet forgotten.
  private static long results(InProcess federation) throws IOException {
    try (var files = Files.walk(federation.clientData().resolve("results"))) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> file.toFile().length() > 4L * ELEMENTS)
          .count();
    }
  }
}
