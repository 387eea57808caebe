package org.wardfl.cli.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.convert.Conversion;
import org.wardfl.client.host.AlgorithmCatalog;
import org.wardfl.client.job.JobFile;
import org.wardfl.client.job.JobFileException;
import org.wardfl.proto.job.JobStatus;
import org.wardfl.server.result.ResultFiles;
import org.wardfl.server.result.RunRecord;
import org.wardfl.simulator.Simulation;
import org.wardfl.simulator.SimulationConfig;

/// A network that a job brings as TorchScript, trained by two sites in job processes.
@Timeout(300)
class ScriptedNetworkTest {

  private static final String PYTHON = "/usr/bin/python3";
  private static final Path ARCHIVES =
      Path.of(System.getProperty("ward.root"), "gpu/src/test/resources/org/wardfl/gpu/network");
  private static final String JOB =
      """
      name: scripted
      min_sites: 2
      seed: 5
      workflow: {type: fedavg, rounds: 2, key_metric: {name: accuracy, direction: max}}
      algorithm:
        type: torch-classification
        args:
          network: {type: script, file: network.ts}
          size: [16, 16]
          learning_rate: 0.05
          local_epochs: 2
          batch_size: 8
      data: {dataset: pictures}
      resources: {memory: 512MiB}
      """;

  @TempDir private Path folder;
  private Path job;

  @BeforeEach
  void write() throws Exception {
    job = Files.createDirectories(folder.resolve("job"));
    Files.writeString(job.resolve("job.yaml"), JOB);
    Files.copy(ARCHIVES.resolve("dropout.ts"), job.resolve("network.ts"));
  }

  @Test
  void twoSitesTrainItAndTorchOpensWhatTheyMade() throws Exception {
    stripes("site-1", 1);
    stripes("site-2", 2);
    Files.writeString(
        job.resolve("job.yaml"), JOB.replace("batch_size: 8", "batch_size: 8\n    momentum: 0.9"));
    var first = run(2);
    assertThat(ResultFiles.finalMeans(first))
        .hasEntrySatisfying(
            "accuracy", accuracy -> assertThat(accuracy).isGreaterThanOrEqualTo(0.9));
    assertThat(run(1).model()).isEqualTo(first.model());
    var model = folder.resolve("workspace/scripted/run-001/model.safetensors");
    var state = folder.resolve("model.pt");
    Conversion.convert(model, "", state);
    torchOpens(state);
  }

  private void torchOpens(Path state) throws Exception {
    assumeTrue(Files.isExecutable(Path.of(PYTHON)), "no " + PYTHON);
    assumeTrue(python("import torch").isEmpty(), "no torch (Debian: python3-torch)");
    // 36 pictures in batches of 8 are five steps, twice a round, in two rounds.
    assertThat(
            python(
                """
                import sys, torch
                network = torch.jit.load(sys.argv[1])
                print(network.load_state_dict(torch.load(sys.argv[2])))
                print(int(network.state_dict()["blocks.1.num_batches_tracked"]))
                network.eval()
                print(network(torch.zeros(1, 1, 16, 16)).isfinite().all().item())
                """,
                job.resolve("network.ts").toString(),
                state.toString()))
        .isEqualTo("<All keys matched successfully>\n20\nTrue\n");
  }

  private static String python(String program, String... words) throws Exception {
    var command = new ArrayList<>(List.of(PYTHON, "-c", program));
    command.addAll(List.of(words));
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return said;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "method: {type: fedprox, mu: 0.1}",
        "method: {type: scaffold}",
        "method: {type: ditto}",
        // Normalization stays at the sites: parameters, running statistics and counters.
        "keep_local: ['blocks\\.[15]', running_]\n    optimizer: adam\n    optimizer_state: keep"
      })
  void everyMethodTrainsIt(String arguments) throws Exception {
    stripes("site-1", 1);
    stripes("site-2", 2);
    Files.writeString(
        job.resolve("job.yaml"),
        JOB.replace("batch_size: 8", "batch_size: 8\n    freeze: [unused]\n    " + arguments));
    assertThat(ResultFiles.finalMeans(run(2))).containsKey("accuracy");
  }

  @Test
  void aJobWithAnArchiveThatCannotBeTrainedIsRefusedWhenItIsRead() throws Exception {
    Files.copy(ARCHIVES.resolve("traced.ts"), job.resolve("traced.ts"));
    refused(
        "network.ts",
        "traced.ts",
        "job.yaml:8: algorithm.args: argument `network`: traced.ts: it was traced");
    refused("network.ts", "no.ts", "argument `network`: there is no file no.ts in the job folder");
    refused("network.ts", "../no.ts", "algorithm.args.network.file: found ../no.ts, expected");
    refused(", file: network.ts", "", "algorithm.args.network.file: found nothing, expected");
    refused("file: network.ts", "file: network.ts, grid: 2", "unknown argument `network.grid`");
  }

  private void refused(String text, String instead, String why) throws Exception {
    Files.writeString(job.resolve("job.yaml"), JOB.replace(text, instead));
    var sites = new TreeSet<>(List.of(new SiteName("site-1"), new SiteName("site-2")));
    var file = new JobFile(job, AlgorithmCatalog.installed());
    assertThatThrownBy(() -> file.read(sites, OptionalLong.empty()))
        .isInstanceOf(JobFileException.class)
        .hasMessageContaining(why);
  }

  private RunRecord run(int threads) throws Exception {
    var config =
        new SimulationConfig(
            job,
            new SimulationConfig.Sites.Count(2),
            Optional.of(folder.resolve("data")),
            threads,
            folder.resolve("workspace"),
            OptionalLong.empty(),
            List.of(),
            new SimulationConfig.Processes(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                List.of(
                    "-Dai.djl.offline=true",
                    "-DDJL_CACHE_DIR="
                        + Files.createDirectories(Path.of("target", "djl").toAbsolutePath())),
                false),
            RunRecord.Environment.here("test"));
    var result = Simulation.prepare(config, AlgorithmCatalog.installed()).run((_, _, _) -> {});
    assertThat(ResultFiles.complaints(result.record())).isEmpty();
    assertThat(result.record().status()).isEqualTo(JobStatus.COMPLETED);
    return result.record();
  }

  /// Pictures of lying (0) and standing (1) stripes.
  private void stripes(String site, int seed) throws Exception {
    var data = Files.createDirectories(folder.resolve("data").resolve(site));
    var random = new Random(seed);
    var lines = new ArrayList<>(List.of("image,label,split"));
    for (int i = 0; i < 48; i++) {
      var picture = new BufferedImage(16, 16, BufferedImage.TYPE_BYTE_GRAY);
      int offset = random.nextInt(4);
      for (int at = 0; at < 256; at++) {
        int along = (i % 2 == 0 ? at / 16 : at % 16) + offset;
        picture
            .getRaster()
            .setSample(at % 16, at / 16, 0, 60 * (along / 2 % 2) + random.nextInt(60));
      }
      ImageIO.write(picture, "png", data.resolve(i + ".png").toFile());
      lines.add(i + ".png," + i % 2 + "," + (i < 36 ? "train" : "test"));
    }
    Files.write(data.resolve("images.csv"), lines);
  }
}
