package org.wardfl.cli.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.client.host.AlgorithmCatalog;
import org.wardfl.proto.job.JobStatus;
import org.wardfl.proto.json.JsonReader;
import org.wardfl.provisioning.site.SitePolicyFile;
import org.wardfl.provisioning.site.StatisticsRules;
import org.wardfl.server.result.ResultFiles;
import org.wardfl.server.result.RunRecord;
import org.wardfl.simulator.Simulation;
import org.wardfl.simulator.SimulationConfig;
import org.wardfl.simulator.SimulationException;

/// Federated statistics of whole federations, against what the pooled data gives.
@Timeout(120)
class StatisticsTest {

  private static final Path EXAMPLES = Path.of(System.getProperty("ward.root"), "examples");
  private static final List<String> HOSPITALS = List.of("site-1", "site-2", "site-3", "site-4");

  @TempDir private Path folder;
  private boolean inProcesses;

  @Test
  void theExampleTellsWhatThePooledDataGives() throws Exception {
    var data = EXAMPLES.resolve("breast-cancer").resolve("data");
    var result = run(EXAMPLES.resolve("federated-statistics"), data);
    assertThat(result.record().status()).isEqualTo(JobStatus.COMPLETED);
    assertThat(result.record().model()).isEmpty();
    assertThat(ResultFiles.complaints(result.record())).isEmpty();
    assertThat(Files.readString(result.folder().resolve("report.html")))
        .contains(
            "sums, means and deviations of all sites are without site-1, site-2, site-4",
            "by class: a class has fewer than 10 values here, so none is told by itself");
    var told = statistics(result.folder());
    for (var feature : List.of("mean_radius", "mean_area", "worst_concavity")) {
      var pooled = new ArrayList<Double>();
      for (var site : HOSPITALS) {
        var own = column(data.resolve(site + ".csv"), feature, "", "");
        check(told, feature, site + "-breast-cancer", own);
        pooled.addAll(own);
      }
      check(told, feature, "Global-breast-cancer", pooled);
      for (var ill : List.of("0", "1")) {
        var group = new ArrayList<Double>();
        for (var site : HOSPITALS) {
          // A hospital with a handful of patients of one class tells of neither.
          if (at(told, feature, "count", site + "-breast-cancer/malignant=" + ill) != null) {
            group.addAll(column(data.resolve(site + ".csv"), feature, "malignant", ill));
          }
        }
        check(told, feature, "Global-breast-cancer/malignant=" + ill, group);
      }
    }
  }

  /// What the rules leave of the example is still worth looking at.
  @Test
  void theExamplesQuartilesAreNearThoseOfThePooledData() throws Exception {
    var data = EXAMPLES.resolve("breast-cancer").resolve("data");
    var told = statistics(run(EXAMPLES.resolve("federated-statistics"), data).folder());
    for (var feature : List.of("mean_radius", "mean_texture", "mean_area", "worst_concavity")) {
      var pooled = new ArrayList<Double>();
      for (var site : HOSPITALS) {
        pooled.addAll(column(data.resolve(site + ".csv"), feature, "", ""));
      }
      var sorted = pooled.stream().sorted().toList();
      var bins =
          (List<?>) Objects.requireNonNull(at(told, feature, "histogram", "Global-breast-cancer"));
      double part =
          (((Number) ((List<?>) bins.getLast()).get(1)).doubleValue()
                  - ((Number) ((List<?>) bins.getFirst()).get(0)).doubleValue())
              / 20;
      var quantiles =
          (Map<?, ?>) Objects.requireNonNull(at(told, feature, "quantile", "Global-breast-cancer"));
      for (double share : new double[] {0.25, 0.5, 0.75}) {
        double exact = sorted.get((int) Math.ceil(share * sorted.size()) - 1);
        assertThat(
                ((Number) Objects.requireNonNull(quantiles.get(Double.toString(share))))
                    .doubleValue())
            .as("%s, %s", feature, share)
            .isCloseTo(exact, within(part));
      }
    }
  }

  @Test
  void twoRunsTellTheSameBytes() throws Exception {
    var data = EXAMPLES.resolve("breast-cancer").resolve("data");
    var one = run(EXAMPLES.resolve("federated-statistics"), data).folder();
    var other = run(EXAMPLES.resolve("federated-statistics"), data).folder();
    assertThat(other).isNotEqualTo(one);
    assertThat(other.resolve("statistics.json"))
        .hasSameBinaryContentAs(one.resolve("statistics.json"));
    inProcesses = true;
    var apart = run(EXAMPLES.resolve("federated-statistics"), data).folder();
    assertThat(apart.resolve("statistics.json"))
        .hasSameBinaryContentAs(one.resolve("statistics.json"));
  }

  @Test
  void classesWithoutALabelAreRefusedWhereTheJobIsRead() throws Exception {
    var job = Files.createDirectories(folder.resolve("unlabelled"));
    Files.writeString(
        job.resolve("job.yaml"),
        """
        name: hospitals
        min_sites: 1
        workflow: {type: statistics, by_class: true}
        algorithm: {type: table-statistics}
        data: {dataset: patients}
        """);
    var data = Files.createDirectories(folder.resolve("unlabelled-data"));
    patients(data.resolve("a.csv"), 40, true);
    assertThatThrownBy(() -> run(job, data))
        .isInstanceOf(SimulationException.class)
        .hasMessageStartingWith("job.yaml: by_class: the job's `data` names no `label`");
  }

  @Test
  void badInputIsNamedAndTheRestGoesOn() throws Exception {
    var job = Files.createDirectories(folder.resolve("job"));
    Files.writeString(
        job.resolve("job.yaml"),
        """
        name: hospitals
        min_sites: 2
        workflow:
          type: statistics
          features: [age, dose, note, empty, same]
          bins: 4
        algorithm: {type: table-statistics}
        data: {dataset: patients}
        """);
    var data = Files.createDirectories(folder.resolve("data"));
    patients(data.resolve("a.csv"), 40, true);
    patients(data.resolve("b.csv"), 30, false);
    patients(data.resolve("c.csv"), 9, true);
    var result = run(job, data);
    assertThat(result.record().status()).isEqualTo(JobStatus.COMPLETED);
    var told = statistics(result.folder());
    assertThat(at(told, "age", "count", "Global-patients")).isEqualTo(70L);
    assertThat(at(told, "age", "count", "c-patients"))
        .isEqualTo(Map.of("suppressed", "fewer than 10 values"));
    assertThat(at(told, "age", "mean", "Global-patients")).isEqualTo((40 * 19.5 + 30 * 14.5) / 70);
    assertThat(at(told, "dose", "count", "b-patients"))
        .isEqualTo(Map.of("suppressed", "the data has no such feature"));
    assertThat(at(told, "dose", "count", "Global-patients")).isEqualTo(40L);
    assertThat(at(told, "note", "mean", "a-patients"))
        .isEqualTo(
            Map.of("suppressed", "it is text, not numbers: line 2 of the table holds no number"));
    assertThat(at(told, "empty", "missing", "a-patients")).isEqualTo(40L);
    assertThat(at(told, "empty", "mean", "a-patients"))
        .isEqualTo(Map.of("suppressed", "all values are missing"));
    assertThat(at(told, "same", "histogram", "Global-patients"))
        .isEqualTo(
            Map.of(
                "suppressed", "no histogram: all values are the same, so the range has no width"));
    assertThat(at(told, "same", "quantile", "Global-patients"))
        .isEqualTo(Map.of("0.25", 7L, "0.5", 7L, "0.75", 7L));
    var report = Files.readString(result.folder().resolve("report.html"));
    assertThat(report)
        .contains(
            "all sites together means a, without b, c",
            "the largest value would name fewer than 10 patients",
            "no histogram: all values are the same");
  }

  @Test
  void thePageOfTheDocumentationRuns() throws Exception {
    var blocks =
        Pattern.compile("```(?:yaml|python)\n# (\\S+)\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(EXAMPLES.resolveSibling("docs").resolve("statistics.md")));
    while (blocks.find()) {
      var file = folder.resolve(blocks.group(1));
      Files.createDirectories(file.getParent());
      Files.writeString(file, blocks.group(2));
    }
    var data = Files.createDirectories(folder.resolve("cohorts"));
    for (var site : List.of("north", "south")) {
      var lines = new ArrayList<>(List.of("age,dose,ill"));
      for (int i = 0; i < 40; i++) {
        lines.add((20 + i) + "," + (i % 4 == 0 ? "" : 0.25 * i) + "," + i % 2);
      }
      Files.write(data.resolve(site + ".csv"), lines);
    }
    var table = run(folder.resolve("statistics-job"), data);
    assertThat(table.record().status()).isEqualTo(JobStatus.COMPLETED);
    assertThat(at(statistics(table.folder()), "dose", "missing", "Global-cohort")).isEqualTo(20L);
    var rules = SitePolicyFile.read(folder.resolve("site.yaml")).statistics("default", "cohort");
    assertThat(rules).isEqualTo(StatisticsRules.STANDARD);
    // The same in Python, to the byte.
    var job = folder.resolve("python-statistics");
    Files.writeString(
        job.resolve("job.yaml"),
        Files.readString(folder.resolve("statistics-job").resolve("job.yaml"))
            .replace(
                "{type: table-statistics}", "{type: python, class: \"cohort:Cohort\", code: .}"));
    var python = run(job, data);
    assertThat(ResultFiles.complaints(python.record())).isEmpty();
    assertThat(python.folder().resolve("statistics.json"))
        .hasSameBinaryContentAs(table.folder().resolve("statistics.json"));
  }

  private static void patients(Path file, int count, boolean withDose) throws Exception {
    var lines = new ArrayList<String>();
    lines.add("age,note,empty,same" + (withDose ? ",dose" : ""));
    for (int i = 0; i < count; i++) {
      lines.add(i + ",seen on Monday,,7" + (withDose ? "," + 0.5 * i : ""));
    }
    Files.write(file, lines);
  }

  /// Compares with the values themselves: sums within the rounding of float64, the rest as told.
  private static void check(
      Map<String, @Nullable Object> told, String feature, String key, List<Double> values) {
    var sum = values.stream().map(BigDecimal::valueOf).reduce(BigDecimal.ZERO, BigDecimal::add);
    var count = BigDecimal.valueOf(values.size());
    var mean = sum.divide(count, MathContext.DECIMAL64);
    var squares =
        values.stream()
            .map(value -> BigDecimal.valueOf(value).subtract(mean).pow(2))
            .reduce(BigDecimal.ZERO, BigDecimal::add);
    double deviation = Math.sqrt(squares.doubleValue() / (values.size() - 1));
    // A few roundings of sums; the table's decimals are no exact float64 numbers either.
    double few = 1e-14;
    assertThat(at(told, feature, "count", key)).isEqualTo((long) values.size());
    assertThat(number(told, feature, "sum", key))
        .isCloseTo(sum.doubleValue(), within(few * sum.doubleValue()));
    assertThat(number(told, feature, "mean", key))
        .isCloseTo(mean.doubleValue(), within(few * mean.doubleValue()));
    assertThat(number(told, feature, "stddev", key)).isCloseTo(deviation, within(few * deviation));
    var sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    assertThat(number(told, feature, "min", key)).isLessThanOrEqualTo(sorted[0]);
    assertThat(number(told, feature, "max", key)).isGreaterThanOrEqualTo(sorted[sorted.length - 1]);
    var bins = (List<?>) Objects.requireNonNull(at(told, feature, "histogram", key));
    for (var bin : bins) {
      var three = ((List<?>) bin).stream().mapToDouble(it -> ((Number) it).doubleValue()).toArray();
      boolean last = bin.equals(bins.getLast());
      long inside =
          Arrays.stream(sorted)
              .filter(it -> it >= three[0] && (it < three[1] || (last && it == three[1])))
              .count();
      assertThat(inside)
          .as("%s, %s: bin from %s", feature, key, three[0])
          .isEqualTo((long) three[2]);
      assertThat(inside == 0 || inside >= 10).isTrue();
    }
    double range =
        ((Number) ((List<?>) bins.getLast()).get(1)).doubleValue()
            - ((Number) ((List<?>) bins.getFirst()).get(0)).doubleValue();
    var quantiles = (Map<?, ?>) Objects.requireNonNull(at(told, feature, "quantile", key));
    assertThat(quantiles).hasSize(3);
    quantiles.forEach((share, quantile) -> {
      double exact =
          sorted[(int) Math.ceil(Double.parseDouble((String) share) * sorted.length) - 1];
      switch (quantile) {
        case Map<?, ?> coarse -> {
          assertThat(coarse.get("suppressed")).asString().startsWith("too coarse: ");
          assertThat(exact)
              .isBetween(
                  ((Number) coarse.get("low")).doubleValue(),
                  ((Number) coarse.get("high")).doubleValue());
        }
        case Number value -> {
          // A fifth of the range is the most that sites' joined bins may leave open.
          assertThat(value.doubleValue()).isCloseTo(exact, within(0.2 * range));
          if (!key.startsWith("Global")) {
            assertThat(bins)
                .as("%s, %s: the quantile %s lies in the bin of %s", feature, key, share, exact)
                .anyMatch(bin -> holds((List<?>) bin, exact) && holds((List<?>) bin, value));
          }
        }
        default -> throw new AssertionError(quantile);
      }
    });
  }

  private static boolean holds(List<?> bin, @Nullable Number value) {
    double low = ((Number) Objects.requireNonNull(bin.get(0))).doubleValue();
    double high = ((Number) Objects.requireNonNull(bin.get(1))).doubleValue();
    return value != null && value.doubleValue() >= low && value.doubleValue() <= high;
  }

  private static List<Double> column(Path file, String feature, String where, String value)
      throws Exception {
    var lines = Files.readAllLines(file);
    var header = List.of(lines.getFirst().split(","));
    return IntStream.range(1, lines.size())
        .mapToObj(line -> lines.get(line).split(","))
        .filter(cells -> cells[header.indexOf("split")].equals("train"))
        .filter(cells -> where.isEmpty() || cells[header.indexOf(where)].equals(value))
        .map(cells -> Double.valueOf(cells[header.indexOf(feature)]))
        .toList();
  }

  private static Map<String, @Nullable Object> statistics(Path results) throws Exception {
    return JsonReader.readObject(Files.readString(results.resolve("statistics.json")));
  }

  private static double number(
      Map<String, @Nullable Object> told, String feature, String statistic, String key) {
    return ((Number) Objects.requireNonNull(at(told, feature, statistic, key))).doubleValue();
  }

  private static @Nullable Object at(
      Map<String, @Nullable Object> told, String feature, String statistic, String key) {
    var byStatistic = (Map<?, ?>) Objects.requireNonNull(told.get(feature));
    var byKey = (Map<?, ?>) Objects.requireNonNull(byStatistic.get(statistic));
    return byKey.get(key);
  }

  private Simulation.Result run(Path job, Path data) throws Exception {
    var config =
        new SimulationConfig(
            job,
            new SimulationConfig.Sites.FromJob(),
            Optional.of(data),
            2,
            folder.resolve("workspace"),
            OptionalLong.empty(),
            List.of(),
            new SimulationConfig.Processes(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                List.of(),
                inProcesses,
                Path.of("/usr/bin/python3")),
            RunRecord.Environment.here("test"));
    return Simulation.prepare(config, AlgorithmCatalog.installed()).run((_, _, _) -> {});
  }
}
