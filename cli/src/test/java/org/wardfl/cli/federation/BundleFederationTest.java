package org.wardfl.cli.federation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.proto.json.JsonReader;

/// The same signed bundle at two sites over mutual TLS, each of which sets its own batch size.
@Timeout(180)
class BundleFederationTest {

  private static final Path EXAMPLE =
      Path.of(System.getProperty("ward.root"), "examples", "monai-bundle");

  @TempDir private Path folder;

  @Test
  void everySiteTrainsTheSignedBundleByItsOwnSettings() throws Exception {
    var data = folder.resolve("data");
    var prepare =
        new ProcessBuilder("python3", EXAMPLE.resolve("prepare.py").toString(), "--out", "data");
    assertThat(prepare.directory(folder.toFile()).inheritIO().start().waitFor()).isZero();
    try (var federation = new Federation(folder, "site-1", "site-2")) {
      for (var site : new String[] {"site-1", "site-2"}) {
        federation.edit(site, "algorithms: [", "algorithms: [bundle, ");
        federation.edit(
            site,
            "datasets: {}",
            "datasets: {volumes: {path: " + data.resolve(site) + ", patients: 99, used_by: any}}");
      }
      federation.edit(
          "site-2", "privacy: {}", "privacy: {}\nbundles: {spheres: {batch_size: 1, workers: 0}}");
      federation.start();
      var job =
          federation.job(
              "spheres",
              Files.readString(EXAMPLE.resolve("job.yaml"))
                  .replace("rounds: 10", "rounds: 1")
                  .replace("local_epochs: 2, ", "")
                  .replace("memory: 4GiB", "memory: 1GiB"));
      copy(EXAMPLE.resolve("spheres"), job.resolve("spheres"));
      var id = federation.submit(job);
      var result = federation.await(id);
      assertThat(result.exitCode()).as(federation.said()).isZero();
      var results = folder.resolve("results");
      Federation.expect(
          federation.run(Federation.LEAD, "job", "download", id, "--out", results.toString()));
      // 9 and 6 volumes without the third that is held out: 6 in pairs, 4 one by one.
      assertThat(steps(results.resolve("run.json"))).isEqualTo(Map.of("site-1", 3L, "site-2", 4L));
    }
  }

  private static void copy(Path from, Path to) throws Exception {
    try (var files = Files.walk(from)) {
      for (var file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
  }

  private static Map<String, Long> steps(Path run) throws Exception {
    var steps = new java.util.TreeMap<String, Long>();
    if (JsonReader.readObject(Files.readString(run)).get("rounds") instanceof Iterable<?> rounds) {
      for (var round : rounds) {
        if (round instanceof Map<?, ?> map && map.get("tasks") instanceof Iterable<?> tasks) {
          for (var task : tasks) {
            if (task instanceof Map<?, ?> done && done.get("iterations") instanceof Long count) {
              steps.put(String.valueOf(done.get("site")), count);
            }
          }
        }
      }
    }
    return steps;
  }
}
