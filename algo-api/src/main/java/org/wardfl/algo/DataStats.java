package org.wardfl.algo;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// Statistics of one site's data.
///
/// @param values statistic name to value, finite; the names are the algorithm's
/// @param samples how many samples they describe, at least 0
public record DataStats(SortedMap<String, Double> values, long samples) implements ExchangeObject {

  /// Checks and copies.
  ///
  /// @throws IllegalArgumentException on a negative count or a value that is not finite
  public DataStats {
    values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
    if (samples < 0) {
      throw new IllegalArgumentException("negative number of samples: " + samples);
    }
    values.forEach((name, value) -> {
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException(
            "statistic " + name + " is " + value + ", expected a finite number");
      }
    });
  }
}
