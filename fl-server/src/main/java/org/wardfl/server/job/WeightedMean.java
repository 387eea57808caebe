package org.wardfl.server.job;

/// A weighted mean of finite values that is finite, too, however great they are. Not thread-safe.
public final class WeightedMean {

  // A power of two, so that it changes no digit; 2^17 values times 2^63 samples stay finite.
  private static final double ROOM = 0x1p-80;

  private double sum;
  private double weights;

  /// An empty one.
  public WeightedMean() {}

  /// Adds a value.
  ///
  /// @param weight positive
  public void add(double value, long weight) {
    sum += ROOM * value * weight;
    weights += weight;
  }

  /// The mean of what was added, at least one value.
  public double mean() {
    return Math.clamp(sum / weights / ROOM, -Double.MAX_VALUE, Double.MAX_VALUE);
  }
}
