package org.wardfl.algo.statistics;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// What an algorithm is to tell of the site's data.
///
/// It is asked twice: first for everything but histograms, then, when the federation has agreed on
/// the ranges, for these.
///
/// @param features names; empty asks for every feature that consists of numbers
/// @param byClass whether also for the patients of each class by themselves
/// @param histograms the bins of each feature whose histogram is wanted
public record StatisticsRequest(
    List<String> features, boolean byClass, SortedMap<String, Bins> histograms) {

  /// How many features there may be.
  public static final int MOST_FEATURES = 1000;

  /// Checks and copies.
  ///
  /// @throws IllegalArgumentException on too many features, or names that none can have
  public StatisticsRequest {
    features = List.copyOf(features);
    histograms = Collections.unmodifiableSortedMap(new TreeMap<>(histograms));
    if (features.size() > MOST_FEATURES || histograms.size() > MOST_FEATURES) {
      throw new IllegalArgumentException(
          Math.max(features.size(), histograms.size())
              + " features, expected at most "
              + MOST_FEATURES);
    }
    for (var feature : features) {
      if (!FeatureStatistics.isName(feature)) {
        throw new IllegalArgumentException(
            "'" + feature + "' is no feature's name, expected 1 to 100 printable characters");
      }
    }
  }

  /// Everything but histograms, of all features.
  public static StatisticsRequest all() {
    return new StatisticsRequest(List.of(), false, Collections.emptySortedMap());
  }

  /// Whether it asks for this feature.
  public boolean wants(String feature) {
    return features.isEmpty() || features.contains(feature);
  }

  /// The same with the bins of histograms.
  public StatisticsRequest with(SortedMap<String, Bins> bins) {
    return new StatisticsRequest(features, byClass, bins);
  }
}
