package org.wardfl.client.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.wardfl.algo.DataStats;
import org.wardfl.algo.statistics.Bins;
import org.wardfl.algo.statistics.Extremes;
import org.wardfl.algo.statistics.FeatureStatistics;
import org.wardfl.algo.statistics.FeatureValues;
import org.wardfl.algo.statistics.Remark;
import org.wardfl.algo.statistics.Statistic;
import org.wardfl.algo.statistics.StatisticsRequest;
import org.wardfl.provisioning.site.StatisticsRules;

class StatisticsReleaseTest {

  private static final StatisticsRules EXACT =
      new StatisticsRules(5, 100, 100, new StatisticsRules.Exact());

  private final Random random = new Random(1);

  @Test
  void aFeatureBelowTheMinimumIsNotToldAndNotZero() {
    var told = one(EXACT, describe("age", "", 1, 2, 3, 4));
    assertThat(told.count()).isEmpty();
    assertThat(told.missing()).isEmpty();
    assertThat(told.moments()).isEmpty();
    assertThat(told.extremes()).isEmpty();
    assertThat(told.remarks()).containsExactly(Remark.nothing("fewer than 5 values"));
  }

  @Test
  void theMinimumItselfIsEnough() {
    assertThat(one(EXACT, describe("age", "", 1, 2, 3, 4, 5)).count()).hasValue(5);
  }

  @Test
  void thePatientsCountAndNotTheVoxels() {
    var values = describe("intensity", "", ascending(100));
    var voxels =
        new FeatureStatistics(
            "intensity",
            "",
            2,
            values.count(),
            values.missing(),
            values.moments(),
            values.extremes(),
            Optional.empty(),
            List.of());
    assertThat(one(EXACT, voxels).remarks()).containsExactly(Remark.nothing("fewer than 5 values"));
  }

  @Test
  void aSmallClassTakesTheOthersWithIt() {
    var told =
        release(
                EXACT,
                StatisticsRequest.all(),
                describe("age", "", ascending(20)),
                describe("age", "ill=0", ascending(17)),
                describe("age", "ill=1", ascending(3)))
            .features();
    assertThat(told).extracting(FeatureStatistics::group).containsExactly("", "ill=");
    assertThat(told.get(0).count()).hasValue(20);
    assertThat(told.get(1).count()).isEmpty();
    assertThat(told.get(1).remarks().getFirst().sentence())
        .isEqualTo("a class has fewer than 5 values here, so none is told by itself");
  }

  @Test
  void largeClassesAreTold() {
    var told =
        release(
                EXACT,
                StatisticsRequest.all(),
                describe("age", "", ascending(20)),
                describe("age", "ill=0", ascending(14)),
                describe("age", "ill=1", ascending(6)))
            .features();
    assertThat(told)
        .extracting(FeatureStatistics::count)
        .doesNotContain(java.util.OptionalLong.empty());
  }

  @Test
  void allValuesMissingIsSaid() {
    var values = new double[7];
    Arrays.fill(values, Double.NaN);
    var told = one(EXACT, describe("age", "", values));
    assertThat(told.count()).hasValue(0);
    assertThat(told.missing()).hasValue(7);
    assertThat(told.remarks().getFirst().sentence()).isEqualTo("all values are missing");
    assertThat(told.remarks().getFirst().statistics())
        .contains(Statistic.MEAN, Statistic.HISTOGRAM);
  }

  @Test
  void onlyWhatWasAskedLeaves() {
    var raw =
        new DataStats(
            new TreeMap<>(Map.of("oldest", 103.0)),
            30,
            List.of(describe("age", "", ascending(30)), describe("dose", "", ascending(30))));
    var request = new StatisticsRequest(List.of("age"), false, Collections.emptySortedMap());
    var asked = new TreeSet<>(EnumSet.of(Statistic.COUNT));
    var told = new StatisticsRelease(EXACT, asked, request, random).of(raw);
    assertThat(told.values()).isEmpty();
    assertThat(told.features()).extracting(FeatureStatistics::feature).containsExactly("age");
    assertThat(told.features().getFirst().moments()).isEmpty();
    assertThat(told.features().getFirst().extremes()).isEmpty();
  }

  @Test
  void hiddenExtremesAreNotTold() {
    var told = one(rules(new StatisticsRules.Hidden()), describe("age", "", ascending(20)));
    assertThat(told.extremes()).isEmpty();
    assertThat(told.remarks())
        .containsExactly(
            Remark.without(
                "this site tells no smallest and largest values", Statistic.MIN, Statistic.MAX));
    assertThat(told.moments()).isPresent();
  }

  @Test
  void anExtremeThatNamesAPatientIsRoundedOutwards() {
    var rounded = rules(new StatisticsRules.Rounded(2));
    var told = one(rounded, describe("age", "", 6.981, 7, 8, 9, 28.11));
    assertThat(told.extremes()).hasValue(new Extremes(6.9, 0, 29, 0));
    assertThat(told.remarks())
        .extracting(Remark::sentence)
        .containsExactly(
            "the smallest value would name fewer than 5 patients, so it is rounded outwards to 2"
                + " digits",
            "the largest value would name fewer than 5 patients, so it is rounded outwards to 2"
                + " digits");
    // Values of two digits, and zero, would not change.
    assertThat(one(rounded, describe("age", "", 0, 7, 8, 9, 97)).extremes())
        .hasValue(new Extremes(-1, 0, 98, 0));
    assertThat(one(rounded, describe("age", "", -40, 7, 8, 9, -0.5)).extremes().orElseThrow().min())
        .isEqualTo(-41);
  }

  @Test
  void anExtremeThatManyShareStays() {
    var flags = describe("smoker", "", 0, 0, 0, 0, 0, 1, 1, 1, 1, 1);
    for (var kind : List.of(new StatisticsRules.Rounded(1), new StatisticsRules.Noisy(0.1, 0.3))) {
      var told = one(rules(kind), flags);
      assertThat(told.extremes()).hasValue(new Extremes(0, 0, 1, 0));
      assertThat(told.remarks()).isEmpty();
    }
  }

  @Test
  void theSumOfARareFlagIsNotTold() {
    var flags = new double[40];
    flags[7] = 1;
    var told = one(EXACT, describe("hiv", "", flags));
    assertThat(told.count()).hasValue(40);
    assertThat(told.moments()).isEmpty();
    assertThat(told.remarks())
        .containsExactly(
            Remark.without(
                "it has two values, one of them in fewer than 5 patients, whom the sum would count",
                Statistic.SUM,
                Statistic.MEAN,
                Statistic.STDDEV));
    Arrays.fill(flags, 0, 5, 1);
    assertThat(one(EXACT, describe("hiv", "", flags)).moments()).isPresent();
  }

  @Test
  void noiseMovesOutwardsWithinItsBounds() {
    var noisy = rules(new StatisticsRules.Noisy(0.1, 0.3));
    for (int trial = 0; trial < 100; trial++) {
      var told = one(noisy, describe("age", "", 0, 1, 2, 3, 10)).extremes().orElseThrow();
      assertThat(told.min()).isBetween(-3.0, -1.0);
      assertThat(told.max()).isBetween(11.0, 13.0);
    }
  }

  @Test
  void binsAreJoinedUntilThereAreFewEnough() {
    var few = new StatisticsRules(1, 100, 10, new StatisticsRules.Exact());
    var told = histogram(few, new Bins(0, 20, 20), ascending(60));
    // A tenth of 60 values are 6 bins.
    assertThat(told.histogram().orElseThrow().edges())
        .containsExactly(0.0, 3.0, 6.0, 9.0, 12.0, 16.0, 20.0);
    assertThat(told.histogram().orElseThrow().total()).isEqualTo(60);
    assertThat(told.remarks()).singleElement().extracting(Remark::withheld).isEqualTo(false);
  }

  @Test
  void noBinHoldsAFewPatients() {
    // 1 3 0 12 0 2 0 7 1
    var values =
        IntStream.of(0, 1, 1, 1, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 5, 5, 7, 7, 7, 7, 7, 7, 7, 8)
            .asDoubleStream()
            .toArray();
    var told = histogram(EXACT, new Bins(0, 9, 9), values).histogram().orElseThrow();
    assertThat(told.edges()).containsExactly(0.0, 4.0, 5.0, 9.0);
    assertThat(told.counts()).containsExactly(16L, 0L, 10L);
    assertThat(told.total()).isEqualTo(values.length);
  }

  @Test
  void aFewValuesOutsideTheRangeAreNotTold() {
    var told = histogram(EXACT, new Bins(0, 18, 3), ascending(20));
    assertThat(told.histogram()).isEmpty();
    assertThat(told.remarks().getFirst().sentence())
        .isEqualTo("fewer than 5 values lie outside the range");
    assertThat(
            histogram(EXACT, new Bins(0, 10, 2), ascending(20)).histogram().orElseThrow().above())
        .isEqualTo(9);
  }

  @Test
  void tooFewValuesForAHistogramAreSaidToBeSo() {
    var rules = new StatisticsRules(5, 100, 10, new StatisticsRules.Exact());
    var told = histogram(rules, new Bins(0, 10, 3), ascending(9));
    assertThat(told.histogram()).isEmpty();
    assertThat(told.remarks().getFirst().sentence()).startsWith("too few values for a histogram");
  }

  private static StatisticsRules rules(StatisticsRules.Extremes extremes) {
    return new StatisticsRules(5, 100, 100, extremes);
  }

  private static double[] ascending(int count) {
    return IntStream.range(0, count)
        .asDoubleStream()
        .map(i -> i * 20 / (double) Math.max(20, count))
        .toArray();
  }

  private static FeatureStatistics describe(String feature, String group, double... values) {
    return FeatureValues.describe(feature, group, values, Optional.empty());
  }

  private FeatureStatistics one(StatisticsRules rules, FeatureStatistics raw) {
    return release(rules, StatisticsRequest.all(), raw).features().getFirst();
  }

  private FeatureStatistics histogram(StatisticsRules rules, Bins bins, double[] values) {
    SortedMap<String, Bins> wanted = new TreeMap<>(Map.of("age", bins));
    var request = StatisticsRequest.all().with(wanted);
    var raw = FeatureValues.describe("age", "", values, Optional.of(bins));
    return release(rules, request, raw).features().getFirst();
  }

  private DataStats release(
      StatisticsRules rules, StatisticsRequest request, FeatureStatistics... raw) {
    var asked = new TreeSet<>(EnumSet.allOf(Statistic.class));
    return new StatisticsRelease(rules, asked, request, random)
        .of(new DataStats(new TreeMap<>(), 20, List.of(raw)));
  }
}
