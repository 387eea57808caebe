package org.wardfl.cli.federation;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.client.link.Endpoint;

/// A site whose connections all break before any of them could have brought a whole file.
@Timeout(240)
class CutDownloadsTest {

  private static final int ELEMENTS = 300_000;
  private static final long LONGEST = 900_000;
  private static final String JOB =
      """
      name: cut
      min_sites: 1
      seed: 3
      workflow: {type: fedavg, rounds: 1}
      algorithm: {type: quadratic, args: {size: %d}}
      initial_model: first.safetensors
      resources: {memory: 256MiB}
      """
          .formatted(ELEMENTS);

  @TempDir private Path folder;

  @Test
  void thePackageAndTheModelsArriveInPartsAndTheResultIsThatOfAWholeConnection() throws Exception {
    var job = Files.createDirectories(folder.resolve("job"));
    Files.writeString(job.resolve("job.yaml"), JOB);
    var first = job.resolve("first.safetensors");
    ModelWriter.write(
        TensorMap.of(
            Tensor.floats("w", new float[ELEMENTS], ELEMENTS),
            Tensor.longs("steps_done", new long[] {0})),
        first);
    assertThat(Files.size(first)).as("no connection can bring it").isGreaterThan(LONGEST);
    var random = new Random(11);
    try (var federation = new InProcess(folder);
        var proxy = new ConnectProxy().cutting(() -> random.nextLong(LONGEST / 2, LONGEST))) {
      federation.startServer();
      var address = InetSocketAddress.createUnresolved("127.0.0.1", proxy.port());
      federation.startClient(
          Duration.ofSeconds(20),
          Duration.ofSeconds(15),
          Optional.of(new Endpoint.Proxy(address, Optional.empty())));
      var cut = run(federation, job);
      // The package, the first model and the last, each at least once.
      assertThat(proxy.cuts()).isGreaterThanOrEqualTo(3);
      assertThat(federation.clientData().resolve("downloads")).isEmptyDirectory();

      proxy.heal();
      int before = proxy.cuts();
      var whole = run(federation, job);
      assertThat(Federation.model(whole)).isEqualTo(Federation.model(cut));
      // The connection that was there may still have been one that is cut.
      assertThat(proxy.cuts()).isLessThanOrEqualTo(before + 1);
    }
  }

  private static String run(InProcess federation, Path job) throws Exception {
    var id = federation.command(InProcess.LEAD, "job", "submit", job.toString()).strip();
    var report = federation.command(InProcess.LEAD, "job", "wait", id, "--json");
    assertThat(report).contains("\"status\": \"COMPLETED\"");
    return report;
  }
}
