package org.wardfl.algo;

import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.wardfl.algo.statistics.FeatureStatistics;

/// Statistics of one site's data.
///
/// @param values statistic name to value, finite; the names are the algorithm's. Nobody can judge
///   what they tell of patients, so they do not leave the site in a workflow of statistics
/// @param samples how many samples they describe, at least 0
/// @param features what is told of each feature and group, each of them once; at most 2,000, with
///   at most 50,000 bins in all
public record DataStats(
    SortedMap<String, Double> values, long samples, List<FeatureStatistics> features)
    implements ExchangeObject {

  private static final int MOST_FEATURES = 2000;
  private static final int MOST_BINS = 50_000;

  /// Checks and copies.
  ///
  /// @throws IllegalArgumentException on a negative count, a value that is not finite, or too much
  ///   of anything
  public DataStats {
    values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
    features = List.copyOf(features);
    if (samples < 0) {
      throw new IllegalArgumentException("negative number of samples: " + samples);
    }
    values.forEach((name, value) -> {
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException(
            "statistic " + name + " is " + value + ", expected a finite number");
      }
    });
    long bins = features.stream().mapToLong(FeatureStatistics::bins).sum();
    if (features.size() > MOST_FEATURES || bins > MOST_BINS) {
      throw new IllegalArgumentException(
          "statistics of "
              + features.size()
              + " features and groups with "
              + bins
              + " bins, expected at most "
              + MOST_FEATURES
              + " and "
              + MOST_BINS
              + "; name fewer features, or ask for fewer bins");
    }
    var seen = new HashSet<List<String>>();
    for (var feature : features) {
      if (!seen.add(List.of(feature.feature(), feature.group()))) {
        throw new IllegalArgumentException("feature " + feature.feature() + " is described twice");
      }
    }
  }

  /// Without features.
  public DataStats(SortedMap<String, Double> values, long samples) {
    this(values, samples, List.of());
  }
}
