package org.wardfl.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.model.ModelFile;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.proto.job.JobStatus;
import org.wardfl.server.result.ResultFiles;
import org.wardfl.server.result.RunRecord;

/// Ten hospitals made of the breast-cancer data, two of which send their updates sign-flipped and
/// ten times too large.
@Timeout(120)
class RobustSimulationTest {

  private static final int SITES = 10;
  private static final String BAD = "bad: [site-3, site-8]";

  @TempDir private Path folder;
  private Path data = Path.of("");

  @BeforeEach
  void divide() throws IOException {
    data = Files.createDirectories(folder.resolve("data"));
    var rows = new ArrayList<String>();
    var examples = Path.of(System.getProperty("ward.root"), "examples", "breast-cancer", "data");
    for (int site = 1; site <= 4; site++) {
      var lines = Files.readAllLines(examples.resolve("site-" + site + ".csv"));
      rows.addAll(lines.subList(1, lines.size()));
    }
    var standardized = standardized(rows);
    for (int site = 0; site < SITES; site++) {
      var own = new ArrayList<String>();
      for (int row = site; row < standardized.size(); row += SITES) {
        own.add(standardized.get(row));
      }
      Files.write(data.resolve("site-" + (site + 1) + ".csv"), own);
    }
  }

  @Test
  void robustRulesKeepTheAccuracyThatTwoBadSitesDestroyInAMean() throws Exception {
    double clean = accuracy(run("", ""));
    assertThat(clean).isGreaterThan(0.93);
    assertThat(accuracy(run("", BAD))).isLessThan(clean - 0.2);
    for (var rule : List.of("median", "trimmed-mean", "krum", "multi-krum", "geometric-median")) {
      var record = run("aggregation: {type: " + rule + ", bad_sites: 2}", BAD);
      assertThat(accuracy(record)).as(rule).isGreaterThanOrEqualTo(clean - 0.02);
      assertTheBadOnesAreShown(record);
    }
  }

  @Test
  void clippingToTheMedianNormTakesTheSizeAway() throws Exception {
    var record = run("clip: {norm: median}", BAD);
    assertThat(accuracy(record)).isGreaterThan(accuracy(run("", BAD)) + 0.2);
    assertThat(record.status()).isEqualTo(JobStatus.COMPLETED);
  }

  @Test
  void sitesThatSendTheSameUpdateAreNamed() throws Exception {
    var record = run("", "copies: [site-2, site-9]");
    for (var round : record.rounds()) {
      if (round.kind() == RunRecord.Kind.TRAIN) {
        assertThat(round.twins())
            .containsExactly(List.of(new SiteName("site-2"), new SiteName("site-9")));
      }
    }
  }

  @Test
  void aFederationThatIsTooSmallIsRefusedWhenTheJobIsRead() {
    assertThatThrownBy(() ->
            job("aggregation: {type: krum, bad_sites: 4}", "").prepare(folder.resolve("runs")))
        .hasMessageContaining("needs the updates of at least 11 sites in every round")
        .hasMessageContaining("found min_sites 10 of 10 sites");
    assertThatThrownBy(() ->
            job("aggregation: {type: krum, bad_sites: 0}", "").prepare(folder.resolve("runs")))
        .hasMessageContaining("bad_sites: found 0, expected 1 to");
    assertThatThrownBy(() -> job("aggregation: {type: krumm}", "").prepare(folder.resolve("runs")))
        .hasMessageContaining("found 'krumm', expected mean, median,");
    assertThatThrownBy(
            () -> job("weight_type: full, clip: {norm: 3}", "").prepare(folder.resolve("runs")))
        .hasMessageContaining("clip scales differences, and weight_type is full");
    assertThatThrownBy(() ->
            job("weights: normalized, aggregation: {type: median}", "")
                .prepare(folder.resolve("runs")))
        .hasMessageContaining("weights: normalized is a mean, and aggregation is median");
  }

  @Test
  void normalizedWeightsOfEqualStepsAreThoseOfSamples() throws Exception {
    var bySamples = run("weights: samples", "");
    var normalized = run("weights: normalized", "");
    assertThat(normalized.model()).isPresent().isEqualTo(bySamples.model());
  }

  @Test
  void scaffoldReleasesAModelWithoutItsVariates() throws Exception {
    var result = job("weights: samples", "scaffold: true").run();
    var record = result.record();
    assertThat(accuracy(record)).isGreaterThan(0.93);
    var file = result.folder().resolve("model.safetensors");
    assertThat(ModelWriter.hash(file)).isEqualTo(record.model().orElseThrow());
    try (var model = ModelFile.open(file)) {
      assertThat(model.specs()).extracting(spec -> spec.name()).containsExactly("w");
    }
    var best = result.folder().resolve("best_model.safetensors");
    assertThat(ModelWriter.hash(best)).isEqualTo(record.best().orElseThrow().model());
    assertThat(Files.readString(result.folder().resolve("run.json")))
        .contains(record.model().orElseThrow().hex());
  }

  private static void assertTheBadOnesAreShown(RunRecord record) {
    var likeness = record.rounds().get(1).likeness();
    assertThat(likeness).hasSize(SITES);
    likeness.forEach((site, found) -> {
      boolean bad = site.value().equals("site-3") || site.value().equals("site-8");
      assertThat(found.cosine() < 0).as("%s: %s", site, found).isEqualTo(bad);
    });
  }

  private static double accuracy(RunRecord record) {
    return Objects.requireNonNull(ResultFiles.finalMeans(record).get("accuracy"));
  }

  private RunRecord run(String workflow, String arguments) throws Exception {
    var record = job(workflow, arguments).run().record();
    assertThat(record.status()).as("%s", record.failure()).isEqualTo(JobStatus.COMPLETED);
    return record;
  }

  private Job job(String workflow, String arguments) throws IOException {
    return new Job(folder)
        .sites(new SimulationConfig.Sites.Count(SITES))
        .data(data)
        .with("min_sites: 2", "min_sites: 10")
        .with(
            "{type: fedavg, rounds: 3, key_metric: {name: distance, direction: min}}",
            "{type: fedavg, rounds: 8, key_metric: {name: accuracy}"
                + (workflow.isEmpty() ? "" : ", " + workflow)
                + "}")
        .with("{type: quadratic}", "{type: logistic, args: {" + arguments + "}}")
        .adding("data: {dataset: patients, format: csv}");
  }

  /// Features to mean 0 and deviation 1, the label, the split; the columns are the examples'.
  private static List<String> standardized(List<String> rows) {
    var cells = rows.stream().map(row -> List.of(row.split(",", -1))).toList();
    int features = cells.getFirst().size() - 2;
    var columns = new ArrayList<double[]>();
    for (int column = 0; column < features; column++) {
      int at = column;
      var values = cells.stream().mapToDouble(row -> Double.parseDouble(row.get(at))).toArray();
      double mean = java.util.Arrays.stream(values).average().orElseThrow();
      double square =
          java.util.Arrays.stream(values).map(it -> (it - mean) * (it - mean)).average().orElse(1);
      columns.add(
          java.util.Arrays.stream(values).map(it -> (it - mean) / Math.sqrt(square)).toArray());
    }
    var standardized = new ArrayList<String>();
    for (int row = 0; row < rows.size(); row++) {
      var line = new StringBuilder();
      for (var column : columns) {
        line.append(String.format(Locale.ROOT, "%.6f,", column[row]));
      }
      standardized.add(
          line + cells.get(row).get(features) + "," + cells.get(row).get(features + 1));
    }
    return standardized;
  }
}
