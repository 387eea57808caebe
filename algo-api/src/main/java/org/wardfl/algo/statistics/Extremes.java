package org.wardfl.algo.statistics;

/// The smallest and the largest value of a feature.
///
/// @param min the smallest
/// @param minHolders how many have it; 0 where that is not told
/// @param max the largest
/// @param maxHolders how many have it; 0 where that is not told
public record Extremes(double min, long minHolders, double max, long maxHolders) {

  /// Checks.
  ///
  /// @throws IllegalArgumentException on values that are not finite or in the wrong order, or
  ///   negative counts
  public Extremes {
    if (!(min <= max) || !Double.isFinite(min) || !Double.isFinite(max)) {
      throw new IllegalArgumentException("min " + min + " and max " + max);
    }
    if (minHolders < 0 || maxHolders < 0) {
      throw new IllegalArgumentException("a negative number of values at min or max");
    }
  }

  /// Of both.
  public Extremes and(Extremes other) {
    double least = Math.min(min, other.min);
    double most = Math.max(max, other.max);
    return new Extremes(
        least,
        (min == least ? minHolders : 0) + (other.min == least ? other.minHolders : 0),
        most,
        (max == most ? maxHolders : 0) + (other.max == most ? other.maxHolders : 0));
  }
}
