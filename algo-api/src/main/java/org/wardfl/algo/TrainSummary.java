package org.wardfl.algo;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a training did, which decides the weight of its result.
///
/// @param iterations optimizer steps done in this task (MONAI `num_executed_iterations`), at least
///   0; 0 gives the result no weight when the job weighs by iterations
/// @param samples training samples of the site, at least 0
/// @param values what else is worth a curve (training loss), finite
public record TrainSummary(long iterations, long samples, SortedMap<String, Double> values) {

  /// Checks and copies.
  ///
  /// @throws IllegalArgumentException on a negative count or a value that is not finite
  public TrainSummary {
    if (iterations < 0 || samples < 0) {
      throw new IllegalArgumentException(
          "negative count in a training summary: iterations "
              + iterations
              + ", samples "
              + samples);
    }
    values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
    values.forEach((name, value) -> {
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException(
            "training value " + name + " is " + value + ", expected a finite number");
      }
    });
  }

  /// A summary without further values.
  public TrainSummary(long iterations, long samples) {
    this(iterations, samples, new TreeMap<>());
  }
}
