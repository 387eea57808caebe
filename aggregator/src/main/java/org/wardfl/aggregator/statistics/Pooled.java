package org.wardfl.aggregator.statistics;

import java.util.ArrayList;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.statistics.Extremes;
import org.wardfl.algo.statistics.FeatureStatistics;
import org.wardfl.algo.statistics.Histogram;
import org.wardfl.algo.statistics.Moments;

/// One feature over all sites that tell of it: each number is that of the pooled data of the sites
/// that tell it, as exactly as they tell it.
///
/// @param count how many values there are
/// @param missing how many are missing
/// @param moments of the values
/// @param extremes of the values
/// @param histogram of the values
/// @param quantiles of the values of all sites that tell a histogram; empty if none does
public record Pooled(
    OptionalLong count,
    OptionalLong missing,
    Optional<Moments> moments,
    Optional<Extremes> extremes,
    Optional<PooledHistogram> histogram,
    Optional<Quantiles> quantiles) {

  /// Puts together what sites tell, in the order of their names.
  ///
  /// @param summaries everything but histograms
  /// @param histograms over one range
  public static Pooled of(
      SortedMap<SiteName, FeatureStatistics> summaries, SortedMap<SiteName, Histogram> histograms) {
    var all = summaries.values();
    return new Pooled(
        all.stream()
            .map(FeatureStatistics::count)
            .filter(OptionalLong::isPresent)
            .mapToLong(OptionalLong::getAsLong)
            .reduce(Math::addExact),
        all.stream()
            .map(FeatureStatistics::missing)
            .filter(OptionalLong::isPresent)
            .mapToLong(OptionalLong::getAsLong)
            .reduce(Math::addExact),
        all.stream().flatMap(site -> site.moments().stream()).reduce(Moments::and),
        all.stream().flatMap(site -> site.extremes().stream()).reduce(Extremes::and),
        PooledHistogram.of(histograms),
        quantiles(summaries, histograms));
  }

  private static Optional<Quantiles> quantiles(
      SortedMap<SiteName, FeatureStatistics> summaries, SortedMap<SiteName, Histogram> histograms) {
    var sites = new ArrayList<Quantiles.Site>();
    histograms.forEach((site, histogram) ->
        sites.add(
            new Quantiles.Site(
                histogram,
                Optional.ofNullable(summaries.get(site)).flatMap(FeatureStatistics::extremes))));
    return sites.isEmpty() ? Optional.empty() : Optional.of(Quantiles.of(sites));
  }
}
