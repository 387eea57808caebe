package org.wardfl.algo.statistics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// One value of a feature for each patient, described. A help for whoever writes `getDataStats`.
public final class FeatureValues {

  private FeatureValues() {}

  /// Describes them.
  ///
  /// @param values one for each patient, NaN where it is missing
  /// @param bins of the histogram, if one is wanted
  public static FeatureStatistics describe(
      String feature, String group, double[] values, Optional<Bins> bins) {
    var there = Arrays.stream(values).filter(value -> !Double.isNaN(value)).toArray();
    var remarks = new ArrayList<Remark>();
    var moments = moments(there, remarks);
    return new FeatureStatistics(
        feature,
        group,
        there.length,
        OptionalLong.of(there.length),
        OptionalLong.of(values.length - there.length),
        moments,
        extremes(there),
        bins.map(wanted -> histogram(wanted, there)),
        remarks);
  }

  private static Optional<Moments> moments(double[] values, List<Remark> remarks) {
    if (values.length == 0) {
      return Optional.empty();
    }
    try {
      var moments = Moments.of(values);
      if (moments.isPoolable()) {
        return Optional.of(moments);
      }
    } catch (IllegalArgumentException _) {
      // Said below.
    }
    remarks.add(
        Remark.without(
            "the values are too large to be added up",
            Statistic.SUM,
            Statistic.MEAN,
            Statistic.STDDEV));
    return Optional.empty();
  }

  private static Optional<Extremes> extremes(double[] values) {
    if (values.length == 0) {
      return Optional.empty();
    }
    double min = values[0];
    double max = values[0];
    for (double value : values) {
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
    long minHolders = 0;
    long maxHolders = 0;
    for (double value : values) {
      minHolders += value == min ? 1 : 0;
      maxHolders += value == max ? 1 : 0;
    }
    return Optional.of(new Extremes(min, minHolders, max, maxHolders));
  }

  private static Histogram histogram(Bins bins, double[] values) {
    var counts = new BinCounts(bins);
    for (double value : values) {
      counts.add(value);
    }
    return counts.histogram();
  }
}
