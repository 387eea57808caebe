package org.wardfl.algo.statistics;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What can be asked of a feature.
public enum Statistic {
  /// How many values there are.
  COUNT,
  /// How many are missing.
  MISSING,
  /// Their sum.
  SUM,
  /// Their mean.
  MEAN,
  /// Their sample standard deviation (n - 1).
  STDDEV,
  /// The smallest.
  MIN,
  /// The largest.
  MAX,
  /// How many lie in each bin of a range.
  HISTOGRAM,
  /// Values that given shares of all do not exceed, within one bin of the histogram.
  QUANTILES;

  /// The word for it in job files and results.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The statistic with this word.
  public static Optional<Statistic> of(String word) {
    return Arrays.stream(values()).filter(statistic -> statistic.word().equals(word)).findFirst();
  }
}
