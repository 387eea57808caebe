package org.wardfl.algo.statistics;

/// Count, sum, and squares of deviations of some numbers, in a form that can be put together
/// without loss.
///
/// @param count how many numbers, at least 0
/// @param sum theirs
/// @param squares the sum of the squares of their deviations from their own mean, at least 0
public record Moments(long count, double sum, double squares) {

  /// Of no numbers.
  public static final Moments NONE = new Moments(0, 0, 0);

  /// Checks.
  ///
  /// @throws IllegalArgumentException on a negative count or squares, or a number that is not
  ///   finite
  public Moments {
    if (count < 0 || !(squares >= 0) || !Double.isFinite(squares) || !Double.isFinite(sum)) {
      throw new IllegalArgumentException(
          "moments of " + count + " numbers: sum " + sum + ", squares " + squares);
    }
  }

  /// Of numbers, in two passes with compensated sums (Neumaier 1974), so that the order and the
  /// size of the numbers hardly matter.
  ///
  /// @throws IllegalArgumentException if a sum is too large for a float64
  public static Moments of(double... values) {
    if (values.length == 0) {
      return NONE;
    }
    var sum = new CompensatedSum();
    for (double value : values) {
      sum.add(value);
    }
    double mean = sum.value() / values.length;
    var squares = new CompensatedSum();
    for (double value : values) {
      squares.add((value - mean) * (value - mean));
    }
    return new Moments(values.length, sum.value(), squares.value());
  }

  /// Of both (Chan, Golub, LeVeque 1979).
  public Moments and(Moments other) {
    if (count == 0 || other.count == 0) {
      return count == 0 ? other : this;
    }
    double apart = other.mean() - mean();
    double both = count + (double) other.count;
    return new Moments(
        count + other.count,
        sum + other.sum,
        squares + other.squares + apart * apart * (count / both * other.count));
  }

  /// Whether they can be put together with those of 100,000 others without leaving the range of a
  /// float64.
  public boolean isPoolable() {
    return Math.abs(sum) <= 1e140 && squares <= 1e290;
  }

  /// The mean; NaN of no numbers.
  public double mean() {
    return sum / count;
  }

  /// The sample standard deviation (n - 1); NaN of fewer than two numbers.
  public double deviation() {
    return count < 2 ? Double.NaN : StrictMath.sqrt(squares / (count - 1));
  }

  /// A sum with its rounding errors carried along.
  private static final class CompensatedSum {
    private double sum;
    private double lost;

    void add(double value) {
      double next = sum + value;
      lost += Math.abs(sum) >= Math.abs(value) ? (sum - next) + value : (value - next) + sum;
      sum = next;
    }

    double value() {
      return sum + lost;
    }
  }
}
