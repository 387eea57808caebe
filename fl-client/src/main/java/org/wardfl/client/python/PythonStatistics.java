package org.wardfl.client.python;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.wardfl.algo.statistics.Bins;
import org.wardfl.algo.statistics.Extremes;
import org.wardfl.algo.statistics.FeatureStatistics;
import org.wardfl.algo.statistics.Histogram;
import org.wardfl.algo.statistics.Moments;
import org.wardfl.algo.statistics.StatisticsRequest;

/// The request and the features of `get_data_stats` as they go between Java and Python.
final class PythonStatistics {

  private PythonStatistics() {}

  /// What `extra` gets.
  static Map<String, Object> request(StatisticsRequest wanted) {
    var histograms = new LinkedHashMap<String, Object>();
    wanted
        .histograms()
        .forEach((feature, bins) ->
            histograms.put(feature, List.of(bins.low(), bins.high(), bins.count())));
    return Map.of(
        "statistics_request",
        Map.of(
            "features", wanted.features(), "by_class", wanted.byClass(), "histograms", histograms));
  }

  /// The features that Python returned.
  ///
  /// @throws IllegalArgumentException naming the feature, what was found and what was expected
  static List<FeatureStatistics> features(@Nullable Object json, StatisticsRequest wanted) {
    var features = new ArrayList<FeatureStatistics>();
    if (json instanceof List<?> list) {
      for (var entry : list) {
        if (!(entry instanceof Map<?, ?> feature)) {
          throw new IllegalArgumentException("a feature that is no dict");
        }
        features.add(new Described(feature).feature(wanted));
      }
    }
    return features;
  }

  /// One feature.
  private record Described(Map<?, ?> json) {

    FeatureStatistics feature(StatisticsRequest wanted) {
      var name = text("feature");
      var group = json.containsKey("group") ? text("group") : "";
      if (json.containsKey("withheld")) {
        return FeatureStatistics.withheld(name, group, text("withheld"));
      }
      long count = whole("count");
      return new FeatureStatistics(
          name,
          group,
          json.containsKey("patients") ? whole("patients") : count,
          OptionalLong.of(count),
          OptionalLong.of(whole("missing")),
          count == 0
              ? Optional.empty()
              : Optional.of(new Moments(count, number("sum"), number("squares"))),
          count == 0
              ? Optional.empty()
              : Optional.of(
                  new Extremes(
                      number("min"), whole("min_holders"), number("max"), whole("max_holders"))),
          Optional.ofNullable(wanted.histograms().get(name)).flatMap(this::histogram),
          List.of());
    }

    private Optional<Histogram> histogram(Bins bins) {
      if (!(json.get("counts") instanceof List<?> list)) {
        return Optional.empty();
      }
      var counts = new long[list.size()];
      for (int i = 0; i < counts.length; i++) {
        counts[i] = list.get(i) instanceof Long number ? number : -1;
      }
      return Optional.of(Histogram.of(bins, counts, whole("below"), whole("above")));
    }

    private String text(String key) {
      return json.get(key) instanceof String text ? text : wrong(key, "a text");
    }

    private long whole(String key) {
      return json.get(key) instanceof Long number ? number : wrong(key, "a whole number");
    }

    private double number(String key) {
      return json.get(key) instanceof Number number ? number.doubleValue() : wrong(key, "a number");
    }

    private <T> T wrong(String key, String expected) {
      throw new IllegalArgumentException(
          "feature "
              + json.get("feature")
              + ": found "
              + (json.get(key) == null ? "no" : "another")
              + " `"
              + key
              + "`, expected "
              + expected);
    }
  }
}
