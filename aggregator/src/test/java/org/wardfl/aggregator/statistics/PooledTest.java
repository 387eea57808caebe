package org.wardfl.aggregator.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.statistics.Bins;
import org.wardfl.algo.statistics.Extremes;
import org.wardfl.algo.statistics.FeatureStatistics;
import org.wardfl.algo.statistics.FeatureValues;
import org.wardfl.algo.statistics.Histogram;
import org.wardfl.algo.statistics.Moments;

class PooledTest {

  private static final SiteName A = new SiteName("site-a");
  private static final SiteName B = new SiteName("site-b");
  private static final SiteName C = new SiteName("site-c");

  @Test
  void twoSitesByHand() {
    var bins = Optional.of(new Bins(0, 8, 4));
    var sites = new TreeMap<SiteName, FeatureStatistics>();
    sites.put(A, FeatureValues.describe("x", "", new double[] {1, 2, Double.NaN}, bins));
    sites.put(B, FeatureValues.describe("x", "", new double[] {3, 8}, bins));
    var pooled = Pooled.of(sites, histograms(sites));
    assertThat(pooled.count()).hasValue(4);
    assertThat(pooled.missing()).hasValue(1);
    // 1, 2, 3, 8: mean 3.5, squares 6.25 + 2.25 + .25 + 20.25.
    assertThat(pooled.moments()).hasValue(new Moments(4, 14, 29));
    assertThat(pooled.extremes()).hasValue(new Extremes(1, 1, 8, 1));
    assertThat(pooled.histogram().orElseThrow().histogram().counts())
        .containsExactly(1L, 2L, 0L, 1L);
  }

  @Test
  void ofNoSiteThereIsNothing() {
    var pooled = Pooled.of(new TreeMap<>(), new TreeMap<>());
    assertThat(pooled.count()).isEmpty();
    assertThat(pooled.moments()).isEmpty();
    assertThat(pooled.histogram()).isEmpty();
  }

  @Test
  void whatASiteWithholdsIsLeftOutAndNotZero() {
    var sites = new TreeMap<SiteName, FeatureStatistics>();
    sites.put(A, FeatureStatistics.withheld("x", "", "fewer than 10 values"));
    sites.put(B, FeatureValues.describe("x", "", new double[] {3, 8}, Optional.empty()));
    var pooled = Pooled.of(sites, new TreeMap<>());
    assertThat(pooled.count()).hasValue(2);
    assertThat(pooled.extremes()).hasValue(new Extremes(3, 1, 8, 1));
  }

  @Test
  void theEdgesThatAllHaveInCommonRemain() {
    var sites = new TreeMap<SiteName, Histogram>();
    sites.put(A, new Histogram(List.of(0.0, 1.0, 2.0, 3.0, 5.0), List.of(1L, 2L, 3L, 4L), 0, 1));
    sites.put(B, new Histogram(List.of(0.0, 2.0, 3.0, 4.0, 5.0), List.of(10L, 0L, 20L, 5L), 2, 0));
    var pooled = PooledHistogram.of(sites).orElseThrow();
    assertThat(pooled.histogram())
        .isEqualTo(new Histogram(List.of(0.0, 2.0, 3.0, 5.0), List.of(13L, 3L, 29L), 2, 1));
    assertThat(pooled.leftOut()).isEmpty();
  }

  @Test
  void aBinWithoutValuesCanBeCutAnywhere() {
    var sites = new TreeMap<SiteName, Histogram>();
    sites.put(A, new Histogram(List.of(0.0, 3.0, 5.0), List.of(0L, 20L), 0, 0));
    sites.put(B, new Histogram(List.of(0.0, 2.0, 4.0, 5.0), List.of(10L, 30L, 11L), 0, 0));
    assertThat(PooledHistogram.of(sites).orElseThrow().histogram())
        .isEqualTo(new Histogram(List.of(0.0, 2.0, 5.0), List.of(10L, 61L), 0, 0));
  }

  @Test
  void aSiteThatIsTooCoarseIsLeftOut() {
    var sites = new TreeMap<SiteName, Histogram>();
    var fine = new Histogram(List.of(0.0, 1.0, 2.0, 3.0, 5.0), List.of(30L, 20L, 20L, 20L), 0, 0);
    sites.put(A, fine);
    sites.put(C, new Histogram(List.of(0.0, 5.0), List.of(10L), 0, 0));
    var pooled = PooledHistogram.of(sites).orElseThrow();
    assertThat(pooled.histogram()).isEqualTo(fine);
    assertThat(pooled.leftOut()).containsExactly(C);
    // But not if it holds more than a tenth of all values.
    sites.put(C, new Histogram(List.of(0.0, 5.0), List.of(11L), 0, 0));
    assertThat(PooledHistogram.of(sites).orElseThrow())
        .isEqualTo(
            new PooledHistogram(
                new Histogram(List.of(0.0, 5.0), List.of(101L), 0, 0), new TreeSet<>()));
    sites.remove(A);
    assertThat(PooledHistogram.of(sites).orElseThrow().leftOut()).isEmpty();
  }

  @Test
  void histogramsOverOtherRangesAreRefused() {
    var sites = new TreeMap<SiteName, Histogram>();
    sites.put(A, new Histogram(List.of(0.0, 1.0), List.of(1L), 0, 0));
    sites.put(B, new Histogram(List.of(0.0, 2.0), List.of(1L), 0, 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PooledHistogram.of(sites))
        .withMessage("the histogram of site-b is over 0.0 to 2.0, expected 0.0 to 1.0");
  }

  private static SortedMap<SiteName, Histogram> histograms(
      SortedMap<SiteName, FeatureStatistics> sites) {
    var histograms = new TreeMap<SiteName, Histogram>();
    sites.forEach((site, known) -> histograms.put(site, known.histogram().orElseThrow()));
    return histograms;
  }
}
