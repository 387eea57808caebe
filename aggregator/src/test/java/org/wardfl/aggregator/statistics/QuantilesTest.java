package org.wardfl.aggregator.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.wardfl.algo.statistics.Bins;
import org.wardfl.algo.statistics.Extremes;
import org.wardfl.algo.statistics.FeatureValues;
import org.wardfl.algo.statistics.Histogram;

class QuantilesTest {

  private static final double[] SHARES = {0.01, 0.25, 0.5, 0.75, 0.99};

  @Test
  void twoSitesByHand() {
    // 10 values from 0 to 4, 10 from 2 to 4, 10 from 4 to 8.
    var a = site(List.of(0.0, 4.0, 8.0), List.of(10L, 10L));
    var b = site(List.of(0.0, 2.0, 4.0, 8.0), List.of(0L, 10L, 0L));
    // 5 lie below 2; a third of the way from there to 4 are another 5.
    assertThat(Quantiles.of(List.of(a, b)).at(1 / 3.0, 8).orElseThrow())
        .isEqualTo(new Quantiles.Quantile(2 + 2 / 3.0, 0, 4, true));
    assertThat(Quantiles.of(List.of(b)).at(0.5, 4).orElseThrow())
        .isEqualTo(new Quantiles.Quantile(3, 2, 4, false));
  }

  @Test
  void quantilesOfASiteLieInTheBinOfTheValue() {
    var random = new Random(11);
    for (int trial = 0; trial < 50; trial++) {
      var values = values(random, 1 + random.nextInt(400), 0);
      var bins = new Bins(values[0], values[values.length - 1] + 1e-3, 1 + random.nextInt(40));
      var quantiles = Quantiles.of(List.of(site(histogram(values, bins))));
      for (double share : SHARES) {
        double exact = exact(values, share);
        var told = quantiles.at(share, bins.count()).orElseThrow();
        assertThat(told.isCoarse()).isFalse();
        assertThat(told.value())
            .as("trial %s, share %s of %s", trial, share, Arrays.toString(values))
            .isCloseTo(exact, within((bins.high() - bins.low()) / bins.count()));
        assertThat(exact).isBetween(told.low(), told.high());
      }
    }
  }

  /// Each site joins bins in its own way, at random.
  @Test
  void pooledQuantilesLieAmongTheSitesAndInTheirOwnInterval() {
    var random = new Random(5);
    for (int trial = 0; trial < 200; trial++) {
      var bins = new Bins(-6, 8, 20);
      var sites = new ArrayList<Quantiles.Site>();
      var unjoined = new ArrayList<Quantiles.Site>();
      var pooled = new ArrayList<Double>();
      for (int site = 2 + random.nextInt(4); site > 0; site--) {
        var values = values(random, 20 + random.nextInt(100), random.nextInt(3));
        Arrays.stream(values).forEach(pooled::add);
        var ends = new Extremes(values[0], 0, values[values.length - 1], 0);
        unjoined.add(site(histogram(values, bins)));
        var own = joined(random, histogram(values, bins));
        sites.add(
            new Quantiles.Site(own, random.nextBoolean() ? Optional.of(ends) : Optional.empty()));
      }
      var all = pooled.stream().mapToDouble(Double::doubleValue).sorted().toArray();
      for (double share : SHARES) {
        var told = Quantiles.of(sites).at(share, 20).orElseThrow();
        assertThat(exact(all, share)).as("trial %s", trial).isBetween(told.low(), told.high());
        assertThat(told.value()).isBetween(told.low(), told.high());
        // One of the 20 bins.
        assertThat(Quantiles.of(unjoined).at(share, 20).orElseThrow().value())
            .isCloseTo(exact(all, share), within(0.7));
        var own =
            sites.stream()
                .mapToDouble(
                    site -> Quantiles.of(List.of(site)).at(share, 20).orElseThrow().value())
                .summaryStatistics();
        // A few roundings of the interpolation.
        assertThat(told.value()).isBetween(own.getMin() - 1e-12, own.getMax() + 1e-12);
        assertThat(told.isCoarse()).isEqualTo(told.high() - told.low() > 2.8 + 1e-6);
      }
    }
  }

  @Test
  void aFlagHasQuantilesBetweenItsValues() {
    // The range was made wider by another site.
    var histogram = new Histogram(List.of(-0.1, 0.02, 0.98, 1.1), List.of(30L, 0L, 20L), 0, 0);
    var site = new Quantiles.Site(histogram, Optional.of(new Extremes(0, 0, 1, 0)));
    var quantiles = Quantiles.of(List.of(site));
    assertThat(quantiles.at(0.25, 20).orElseThrow().value()).isBetween(0.0, 0.02);
    assertThat(quantiles.at(0.9, 20).orElseThrow().value()).isBetween(0.98, 1.0);
    // All the same: that value.
    var same = new Quantiles.Site(histogram, Optional.of(new Extremes(0, 0, 0, 0)));
    assertThat(Quantiles.of(List.of(same)).at(0.5, 20).orElseThrow().value()).isZero();
  }

  @Test
  void aQuantileOutsideTheRangeIsNotGuessed() {
    var histogram = new Histogram(List.of(0.0, 1.0), List.of(4L), 3, 3);
    var quantiles = Quantiles.of(List.of(site(histogram)));
    assertThat(quantiles.at(0.3, 1)).isEmpty();
    assertThat(quantiles.at(0.5, 1).orElseThrow().value()).isEqualTo(0.5);
    assertThat(quantiles.at(0.9, 1)).isEmpty();
  }

  private static Histogram joined(Random random, Histogram raw) {
    var edges = new ArrayList<>(List.of(raw.edges().getFirst()));
    var counts = new ArrayList<Long>();
    long open = 0;
    for (int bin = 0; bin < raw.counts().size(); bin++) {
      open += raw.counts().get(bin);
      if (bin == raw.counts().size() - 1 || random.nextInt(3) == 0) {
        edges.add(raw.edges().get(bin + 1));
        counts.add(open);
        open = 0;
      }
    }
    return new Histogram(edges, counts, raw.below(), raw.above());
  }

  private static double exact(double[] sorted, double share) {
    return sorted[(int) Math.ceil(share * sorted.length) - 1];
  }

  private static double[] values(Random random, int count, double shift) {
    return DoubleStream.generate(() -> Math.clamp(random.nextGaussian() + shift, -5, 7))
        .limit(count)
        .sorted()
        .toArray();
  }

  private static Histogram histogram(double[] values, Bins bins) {
    return FeatureValues.describe("x", "", values, Optional.of(bins)).histogram().orElseThrow();
  }

  private static Quantiles.Site site(Histogram histogram) {
    return new Quantiles.Site(histogram, Optional.empty());
  }

  private static Quantiles.Site site(List<Double> edges, List<Long> counts) {
    return site(new Histogram(edges, counts, 0, 0));
  }
}
