package org.wardfl.simulator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.wardfl.client.host.AlgorithmCatalog;
import org.wardfl.server.result.RunRecord;

/// A job folder for tests, and simulations of it.
final class Job {

  private final Path folder;
  private final Path workspace;
  private String yaml =
      """
      name: quadratic
      min_sites: 2
      seed: 3
      workflow: {type: fedavg, rounds: 3, key_metric: {name: distance, direction: min}}
      algorithm: {type: quadratic}
      resources: {memory: 64MiB}
      """;
  private SimulationConfig.Sites sites = new SimulationConfig.Sites.Count(3);
  private Optional<Path> data = Optional.empty();
  private int threads = 2;
  private boolean processes;
  private Path python = Path.of("python3");

  Job(Path temporary) throws IOException {
    this.folder = Files.createDirectories(temporary.resolve("job"));
    this.workspace = temporary.resolve("workspace");
  }

  /// The same with a fault at `site-2`.
  static Job faulty(Path temporary, String fault) throws IOException {
    return new Job(temporary)
        .with(
            "algorithm: {type: quadratic}",
            "algorithm: {type: faulty, args: {fault: %s, at: [site-2]}}".formatted(fault));
  }

  Job with(String text, String replacement) {
    if (!yaml.contains(text)) {
      throw new IllegalArgumentException("the job has no " + text);
    }
    yaml = yaml.replace(text, replacement);
    return this;
  }

  Job adding(String line) {
    yaml += line + "\n";
    return this;
  }

  Job sites(SimulationConfig.Sites other) {
    sites = other;
    return this;
  }

  Job data(Path folder) {
    data = Optional.of(folder);
    return this;
  }

  Job threads(int count) {
    threads = count;
    return this;
  }

  Job inProcesses() {
    processes = true;
    return this;
  }

  Job python(Path executable) {
    python = executable;
    return this;
  }

  Path folder() {
    return folder;
  }

  Simulation prepare() throws SimulationException, IOException {
    return prepare(workspace);
  }

  Simulation prepare(Path where) throws SimulationException, IOException {
    Files.writeString(folder.resolve("job.yaml"), yaml);
    return Simulation.prepare(
        new SimulationConfig(
            folder,
            sites,
            data,
            threads,
            where,
            OptionalLong.empty(),
            List.of(),
            new SimulationConfig.Processes(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                List.of(),
                processes,
                python),
            RunRecord.Environment.here("test")),
        AlgorithmCatalog.installed());
  }

  Simulation.Result run() throws SimulationException, IOException, InterruptedException {
    return prepare().run((_, _, _) -> {});
  }
}
