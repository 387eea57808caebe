package org.wardfl.algo.model;

/// The mean and the L2 norm of a stream of finite numbers, in float64.
///
/// Each block is scaled by a power of two near its largest magnitude, which is exact, so that
/// neither the squares nor the sum of very large or very small numbers overflow or vanish.
final class Moments {

  private long count;
  private double mean;
  private int exponent = Double.MIN_EXPONENT;
  private double squares;

  /// Takes up a block; numbers that are not finite are left out.
  ///
  /// @param values from index 0
  void add(double[] values, int size) {
    double largest = 0;
    for (int i = 0; i < size; i++) {
      double magnitude = Math.abs(values[i]);
      if (magnitude > largest && magnitude < Double.POSITIVE_INFINITY) {
        largest = magnitude;
      }
    }
    // Not below the smallest normal exponent, whose inverse is finite.
    int scale = Math.max(Math.getExponent(largest), Double.MIN_EXPONENT);
    double down = Math.scalb(1.0, -scale);
    long finite = 0;
    double sum = 0;
    double sumOfSquares = 0;
    for (int i = 0; i < size; i++) {
      if (Double.isFinite(values[i])) {
        double scaled = values[i] * down;
        sum += scaled;
        sumOfSquares += scaled * scaled;
        finite++;
      }
    }
    if (finite > 0) {
      count += finite;
      double weight = (double) finite / count;
      mean = mean * (1 - weight) + Math.scalb(sum / finite, scale) * weight;
      addSquares(sumOfSquares, scale);
    }
  }

  private void addSquares(double sumOfSquares, int scale) {
    if (scale > exponent) {
      squares = Math.scalb(squares, 2 * (exponent - scale));
      exponent = scale;
    }
    squares += Math.scalb(sumOfSquares, 2 * (scale - exponent));
  }

  /// How many numbers were finite.
  long count() {
    return count;
  }

  /// 0 where there was no number.
  double mean() {
    return mean;
  }

  double l2Norm() {
    return Math.scalb(Math.sqrt(squares), exponent);
  }
}
