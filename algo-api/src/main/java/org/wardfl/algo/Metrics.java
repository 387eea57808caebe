package org.wardfl.algo;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// Scores of one model on one site's data.
///
/// @param values metric name (1 to 64 of letters, digits, `.`, `_`, `-`) to its value, finite, at
///   most 1,000 of them
/// @param samples how many samples they were computed on, at least 0; the weight of this site in
///   the federation's mean
public record Metrics(SortedMap<String, Double> values, long samples) implements ExchangeObject {

  private static final int MAX_METRICS = 1000;

  /// Checks and copies.
  ///
  /// @throws IllegalArgumentException on a name of another form, a value that is not finite, or a
  ///   negative count
  public Metrics {
    values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
    if (samples < 0) {
      throw new IllegalArgumentException("negative number of evaluation samples: " + samples);
    }
    if (values.size() > MAX_METRICS) {
      throw new IllegalArgumentException(
          values.size() + " metrics, expected at most " + MAX_METRICS);
    }
    values.forEach(Metrics::check);
  }

  /// No score at all: the algorithm has nothing to evaluate on.
  public static Metrics none() {
    return new Metrics(new TreeMap<>(), 0);
  }

  private static void check(String name, Double value) {
    if (!name.matches("[A-Za-z0-9._-]{1,64}")) {
      throw new IllegalArgumentException(
          "not a metric name: '" + name + "'; expected 1 to 64 letters, digits, '.', '_' or '-'");
    }
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException(
          "metric " + name + " is " + value + ", expected a finite number");
    }
  }
}
