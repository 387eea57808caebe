package org.wardfl.client.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.wardfl.algo.DataStats;
import org.wardfl.algo.statistics.Bins;
import org.wardfl.algo.statistics.FeatureStatistics;
import org.wardfl.algo.statistics.FeatureValues;
import org.wardfl.algo.statistics.Histogram;
import org.wardfl.algo.statistics.Remark;
import org.wardfl.algo.statistics.Statistic;
import org.wardfl.algo.statistics.StatisticsRequest;
import org.wardfl.provisioning.site.StatisticsRules;

/// What is held back of a class does not follow from the whole and the other classes.
class ComplementarySuppressionTest {

  private static final StatisticsRules RULES = StatisticsRules.STANDARD;

  @Test
  void aFlagThatIsRareInOneClassHidesTheSumsOfAllClasses() {
    var told = summary(RULES, flags(64, 33), "0", flags(40, 30), "1", flags(24, 3));
    assertThat(told.get("").moments().orElseThrow().sum()).isEqualTo(33);
    for (var group : List.of("ill=0", "ill=1")) {
      assertThat(told.get(group).count()).isPresent();
      assertThat(told.get(group).moments()).isEmpty();
      assertThat(told.get(group).remarks())
          .extracting(Remark::sentence)
          .contains(
              "in a class it has two values, one of them in fewer than 10 patients, whom the sum"
                  + " would count; classes are told alike, or could be worked out");
    }
  }

  @Test
  void aFlagThatIsCommonInEachClassKeepsItsSums() {
    var told = summary(RULES, flags(64, 42), "0", flags(40, 30), "1", flags(24, 12));
    assertThat(told.get("ill=1").moments().orElseThrow().sum()).isEqualTo(12);
    assertThat(told.get("ill=0").moments().orElseThrow().sum()).isEqualTo(30);
  }

  @Test
  void binsThatAreJoinedInOneClassAreJoinedInAll() {
    var bins = new Bins(0, 1, 2);
    var told = histogram(RULES, bins, flags(64, 33), "0", flags(40, 30), "1", flags(24, 3));
    assertThat(bins(told.get(""))).containsExactly(31L, 33L);
    assertThat(bins(told.get("ill=0"))).containsExactly(40L);
    assertThat(bins(told.get("ill=1"))).containsExactly(24L);
    assertThat(told.get("ill=0").remarks().getFirst().sentence())
        .startsWith("bins were joined with their neighbours, in all classes alike");
  }

  @Test
  void aHistogramThatOneClassCannotTellIsToldByNone() {
    // Three of the class lie above the range.
    var ill = DoubleStream.concat(spread(20, 0, 0.9), spread(3, 2, 3)).toArray();
    var well = DoubleStream.concat(spread(40, 0, 0.9), spread(30, 2, 3)).toArray();
    var all = DoubleStream.concat(Arrays.stream(well), Arrays.stream(ill)).toArray();
    var told = histogram(RULES, new Bins(0, 1, 4), all, "0", well, "1", ill);
    assertThat(told.get("").histogram().orElseThrow().above()).isEqualTo(33);
    assertThat(told.get("ill=0").histogram()).isEmpty();
    assertThat(told.get("ill=1").histogram()).isEmpty();
    assertThat(told.get("ill=0").remarks().getFirst().sentence())
        .isEqualTo(
            "of a class: fewer than 10 values lie outside the range, so no class tells a"
                + " histogram");
  }

  @Test
  void aSmallClassWithoutAnyValueTakesTheOthersWithIt() {
    var told = summary(RULES, missing(64, 24), "0", missing(60, 20), "1", missing(4, 4));
    assertThat(told.get("").missing()).hasValue(24);
    assertThat(told.keySet()).containsExactly("", "ill=");
    assertThat(told.get("ill=").remarks().getFirst().sentence())
        .isEqualTo("a class has fewer than 10 values here, so none is told by itself");
  }

  @Test
  void aLargeClassWithoutAnyValueIsTold() {
    var told = summary(RULES, missing(64, 24), "0", missing(52, 12), "1", missing(12, 12));
    assertThat(told.get("ill=1").count()).hasValue(0);
    assertThat(told.get("ill=1").missing()).hasValue(12);
    var bins = new Bins(0, 1, 4);
    var second =
        histogram(RULES, bins, missing(64, 24), "0", missing(52, 12), "1", missing(12, 12));
    assertThat(second.get("ill=0").histogram()).isPresent();
  }

  @Test
  void fewMissingValuesOfOneClassHideThoseOfAll() {
    var told = summary(RULES, missing(70, 23), "0", missing(40, 20), "1", missing(30, 3));
    assertThat(told.get("").missing()).hasValue(23);
    assertThat(told.get("ill=0").missing()).isEmpty();
    assertThat(told.get("ill=1").missing()).isEmpty();
    assertThat(told.get("ill=0").count()).hasValue(20);
    assertThat(summary(RULES, missing(70, 3), "0", missing(70, 3)).get("").missing()).isEmpty();
    assertThat(summary(RULES, missing(70, 0), "0", missing(70, 0)).get("").missing()).hasValue(0);
  }

  @Test
  void theLabelTellsNoSumWhereAClassIsSmall() {
    // 60, 40 and 4 patients of the classes 0, 1 and 2: count, sum and deviation would tell.
    var label = new double[104];
    Arrays.fill(label, 60, 100, 1);
    Arrays.fill(label, 100, 104, 2);
    var raw =
        List.of(
            describe("ill", "", label, Optional.empty()),
            describe("age", "", spread(104, 20, 80).toArray(), Optional.empty()),
            describe("age", "ill=0", spread(60, 20, 80).toArray(), Optional.empty()),
            describe("age", "ill=1", spread(40, 20, 80).toArray(), Optional.empty()),
            describe("age", "ill=2", spread(4, 20, 80).toArray(), Optional.empty()));
    var told = release(RULES, StatisticsRequest.all(), raw);
    assertThat(told.getFirst().feature()).isEqualTo("ill");
    assertThat(told.getFirst().count()).hasValue(104);
    assertThat(told.getFirst().moments()).isEmpty();
    assertThat(told.getFirst().remarks())
        .extracting(Remark::sentence)
        .contains(
            "its values are classes, one of them of fewer than 10 patients, whom the sum would"
                + " count");
    // Of others the whole is told.
    assertThat(told.get(1).moments()).isPresent();
  }

  /// Every number that is told is a sum over cells: a class and a value, or a class and no value. A
  /// sum of other cells follows from what is told if it is a linear combination; none that does may
  /// count a few patients.
  @Test
  void nothingFollowsBySubtractionFromRandomTables() {
    var rules = new StatisticsRules(5, 100, 100, new StatisticsRules.Exact());
    int told = 0;
    for (int seed = 0; seed < 400; seed++) {
      var random = new Random(seed);
      var table = new Table(1 + random.nextInt(3), random.nextBoolean() ? 2 : 4);
      for (int patient = 8 + random.nextInt(70); patient > 0; patient--) {
        table.add(random, 0.2 + 0.6 * (seed % 7) / 7);
      }
      told += table.check(rules, "seed " + seed);
    }
    // The rules are not such that everything is held back.
    assertThat(told).isGreaterThan(2000);
  }

  /// Cells by class; the last value means that it is missing.
  private static final class Table {
    private final int values;
    private final int[][] cells;

    Table(int classes, int values) {
      this.values = values;
      this.cells = new int[classes][values + 1];
    }

    void add(Random random, double skew) {
      int group = Math.min(cells.length - 1, (int) (-Math.log(random.nextDouble()) * skew * 3));
      int value = Math.min(values, (int) (-Math.log(random.nextDouble()) * skew * values));
      cells[group][value]++;
    }

    /// @return how many numbers were told
    int check(StatisticsRules rules, String seed) {
      var bins = new Bins(0, values, values);
      var first = new ArrayList<FeatureStatistics>();
      var second = new ArrayList<FeatureStatistics>();
      for (int group = -1; group < cells.length; group++) {
        var name = group < 0 ? "" : "ill=" + group;
        first.add(describe("grade", name, values(group), Optional.empty()));
        second.add(describe("grade", name, values(group), Optional.of(bins)));
      }
      var wanted = new TreeMap<>(Map.of("grade", bins));
      var told = new ArrayList<>(release(rules, StatisticsRequest.all(), first));
      told.addAll(release(rules, StatisticsRequest.all().with(wanted), second));
      var sums = new ArrayList<double[]>();
      told.forEach(entry -> sums(entry, sums));
      var free = freeDirections(sums);
      int all = cells.length * (values + 1);
      for (int subset = 1; subset < 1 << all; subset++) {
        int cut = subset;
        boolean follows =
            free.stream()
                .allMatch(direction ->
                    Math.abs(
                            IntStream.range(0, all)
                                .filter(cell -> (cut >> cell & 1) == 1)
                                .mapToDouble(cell -> direction[cell])
                                .sum())
                        < 1e-9);
        if (follows) {
          int patients =
              IntStream.range(0, all)
                  .filter(cell -> (cut >> cell & 1) == 1)
                  .map(cell -> cells[cell / (values + 1)][cell % (values + 1)])
                  .sum();
          assertThat(patients == 0 || patients >= rules.minimumCount())
              .as("%s: %s patients of %s follow", seed, patients, Arrays.deepToString(cells))
              .isTrue();
        }
      }
      return sums.size();
    }

    private double[] values(int group) {
      return IntStream.range(0, cells.length)
          .filter(one -> group < 0 || one == group)
          .boxed()
          .flatMap(one ->
              IntStream.range(0, values + 1)
                  .boxed()
                  .flatMap(value ->
                      IntStream.range(0, cells[one][value])
                          .mapToObj(_ -> value == values ? Double.NaN : (double) value)))
          .mapToDouble(Double::doubleValue)
          .toArray();
    }

    /// Adds what an entry tells: of each cell how often it is counted.
    private void sums(FeatureStatistics told, List<double[]> sums) {
      if (told.group().endsWith("=")) {
        return;
      }
      told.count().ifPresent(_ -> sums.add(counted(told, value -> value < values ? 1 : 0)));
      told.missing().ifPresent(_ -> sums.add(counted(told, value -> value == values ? 1 : 0)));
      if (told.moments().isPresent() && values == 2) {
        sums.add(counted(told, value -> value == 1 ? 1 : 0));
      }
      told.histogram()
          .ifPresent(histogram -> {
            for (int bin = 0; bin < histogram.counts().size(); bin++) {
              double low = histogram.edges().get(bin);
              double high = histogram.edges().get(bin + 1);
              sums.add(counted(told, value -> value >= low && value < high ? 1 : 0));
            }
          });
    }

    private double[] counted(FeatureStatistics told, IntToDoubleFunction weight) {
      var sum = new double[cells.length * (values + 1)];
      for (int cell = 0; cell < sum.length; cell++) {
        int group = cell / (values + 1);
        if (told.group().isEmpty() || told.group().equals("ill=" + group)) {
          sum[cell] = weight.applyAsDouble(cell % (values + 1));
        }
      }
      return sum;
    }
  }

  /// A basis of the changes to the cells that no sum would show, by Gauss and Jordan.
  private static List<double[]> freeDirections(List<double[]> sums) {
    int cells = sums.isEmpty() ? 0 : sums.getFirst().length;
    var rows = sums.stream().map(double[]::clone).collect(Collectors.toCollection(ArrayList::new));
    var pivots = new ArrayList<Integer>();
    for (int cell = 0; cell < cells; cell++) {
      int rank = pivots.size();
      int column = cell;
      var pivot =
          IntStream.range(rank, rows.size())
              .filter(row -> Math.abs(rows.get(row)[column]) > 1e-9)
              .findFirst();
      if (pivot.isPresent()) {
        Collections.swap(rows, rank, pivot.getAsInt());
        var row = rows.get(rank);
        double scale = row[cell];
        for (int i = 0; i < cells; i++) {
          row[i] /= scale;
        }
        for (int other = 0; other < rows.size(); other++) {
          double times = other == rank ? 0 : rows.get(other)[cell];
          for (int i = 0; i < cells; i++) {
            rows.get(other)[i] -= times * row[i];
          }
        }
        pivots.add(cell);
      }
    }
    var free = new ArrayList<double[]>();
    for (int cell = 0; cell < cells; cell++) {
      if (!pivots.contains(cell)) {
        var direction = new double[cells];
        direction[cell] = 1;
        for (int i = 0; i < pivots.size(); i++) {
          direction[pivots.get(i)] = -rows.get(i)[cell];
        }
        free.add(direction);
      }
    }
    return free;
  }

  private static double[] flags(int patients, int with) {
    var flags = new double[patients];
    Arrays.fill(flags, 0, with, 1);
    return flags;
  }

  private static double[] missing(int patients, int without) {
    var values = spread(patients, 0, 1).toArray();
    Arrays.fill(values, 0, without, Double.NaN);
    return values;
  }

  private static DoubleStream spread(int count, double low, double high) {
    return IntStream.range(0, count).mapToDouble(i -> low + (high - low) * i / count);
  }

  private static FeatureStatistics describe(
      String feature, String group, double[] values, Optional<Bins> bins) {
    return FeatureValues.describe(feature, group, values, bins);
  }

  private static List<Long> bins(FeatureStatistics told) {
    return told.histogram().map(Histogram::counts).orElseThrow();
  }

  private static Map<String, FeatureStatistics> summary(
      StatisticsRules rules, double[] whole, Object... classes) {
    return byGroup(rules, StatisticsRequest.all(), Optional.empty(), whole, classes);
  }

  private static Map<String, FeatureStatistics> histogram(
      StatisticsRules rules, Bins bins, double[] whole, Object... classes) {
    var request = StatisticsRequest.all().with(new TreeMap<>(Map.of("x", bins)));
    return byGroup(rules, request, Optional.of(bins), whole, classes);
  }

  private static Map<String, FeatureStatistics> byGroup(
      StatisticsRules rules,
      StatisticsRequest request,
      Optional<Bins> bins,
      double[] whole,
      Object... classes) {
    var raw = new ArrayList<>(List.of(describe("x", "", whole, bins)));
    for (int i = 0; i < classes.length; i += 2) {
      raw.add(describe("x", "ill=" + classes[i], (double[]) classes[i + 1], bins));
    }
    return release(rules, request, raw).stream()
        .collect(
            Collectors.toMap(
                FeatureStatistics::group, told -> told, (one, _) -> one, TreeMap::new));
  }

  private static List<FeatureStatistics> release(
      StatisticsRules rules, StatisticsRequest request, List<FeatureStatistics> raw) {
    var asked = new TreeSet<>(EnumSet.allOf(Statistic.class));
    return new StatisticsRelease(rules, asked, request, new Random(1))
        .of(new DataStats(new TreeMap<>(), 100, raw))
        .features();
  }
}
