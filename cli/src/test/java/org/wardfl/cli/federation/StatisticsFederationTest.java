package org.wardfl.cli.federation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Statistics of real processes over mutual TLS: what leaves is what each site's own file says.
@Timeout(180)
class StatisticsFederationTest {

  private static final String JOB =
      """
      name: ages
      min_sites: 2
      workflow: {type: statistics, features: [age], bins: 4}
      algorithm: {type: table-statistics}
      data: {dataset: cohort}
      resources: {memory: 128MiB}
      """;

  @TempDir private Path folder;

  @Test
  void everySiteTellsWhatItsOwnFileLetsOut() throws Exception {
    try (var federation = new Federation(folder, "site-1", "site-2")) {
      site(federation, "site-1", 40, "{min_max: exact}");
      site(federation, "site-2", 60, "{min_max: hidden, minimum_count: 50}");
      federation.start();
      var id = federation.submit(federation.job("ages", JOB));
      var result = federation.await(id);
      assertThat(result.exitCode()).as(federation.said()).isZero();
      assertThat(result.out()).contains("\"status\": \"COMPLETED\"");
      var results = folder.resolve("results");
      Federation.expect(
          federation.run(Federation.LEAD, "job", "download", id, "--out", results.toString()));
      var told = Files.readString(results.resolve("statistics.json")).replaceAll("\\s+", "");
      assertThat(told)
          .contains("\"count\":{\"site-1-cohort\":40,\"site-2-cohort\":60,\"Global-cohort\":100}")
          // 0 to 39 and 0 to 59: the sums are 780 and 1770.
          .contains("\"mean\":{\"site-1-cohort\":19.5,\"site-2-cohort\":29.5,\"Global-cohort\":25.5}")
          .contains("\"max\":{\"site-1-cohort\":39,\"site-2-cohort\":{\"suppressed\":\"thissite")
          // 20 of the 60 lie above 39, the range that site-1 tells, and 20 are fewer than 50.
          .contains("\"suppressed\":\"fewerthan50valueslieoutsidetherange\"");
      assertThat(results.resolve("report.html")).exists();
      assertThat(results.resolve("model.safetensors")).doesNotExist();
    }
  }

  private static void site(Federation federation, String site, int patients, String rules)
      throws Exception {
    var lines = new ArrayList<>(List.of("age"));
    for (int i = 0; i < patients; i++) {
      lines.add(String.valueOf(i));
    }
    var table = federation.kit(site).resolveSibling(site + ".csv");
    Files.write(table, lines);
    federation.edit(site, "algorithms: [", "algorithms: [table-statistics, ");
    federation.edit(
        site, "datasets: {}", "datasets: {cohort: {path: " + table + ", used_by: any}}");
    federation.edit(site, "privacy: {}", "privacy: {cohort: {statistics: " + rules + "}}");
  }
}
