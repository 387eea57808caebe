package org.wardfl.aggregator;

/// How the server moves a parameter by what a round's contributions say together.
///
/// Per element, with `d` the combined difference:
///
/// - FEDAVGM: `m = beta1 * m + d`, and the parameter moves by `learningRate * m`. With `beta1` 0
///   and `learningRate` 1 this is federated averaging.
/// - the adaptive ones: `m = beta1 * m + (1 - beta1) * d`, and the parameter moves by `learningRate
///   * m / (sqrt(v) + tau)`. `tau` is added to the root, not below it. `v` begins with `tau * tau`
///     and becomes `v + d * d` (FEDADAGRAD), `v - (1 - beta2) * d * d * sign(v - d * d)` (FEDYOGI)
///     or `beta2 * v + (1 - beta2) * d * d` (FEDADAM). `m` begins with 0, and there is no bias
///     correction.
///
/// Computed in float64.
///
/// Source: Reddi et al., "Adaptive Federated Optimization" (ICLR 2021), algorithm 2; Hsu et al.,
/// "Measuring the Effects of Non-Identical Data Distribution for Federated Visual Classification"
/// (2019), section 4.3, for FEDAVGM.
///
/// @param method which
/// @param learningRate the server's, positive
/// @param beta1 how much of `m` is kept, at least 0 and below 1
/// @param beta2 how much of `v` is kept, at least 0 and below 1; FEDADAM and FEDYOGI alone use it
/// @param tau how much adaptivity is held back, positive; the adaptive ones alone use it
public record ServerOptimizer(
    Method method, double learningRate, double beta1, double beta2, double tau) {

  /// Checks the ranges.
  ///
  /// @throws IllegalArgumentException naming the value
  public ServerOptimizer {
    require(learningRate > 0 && learningRate < Double.POSITIVE_INFINITY, "learningRate");
    require(beta1 >= 0 && beta1 < 1, "beta1");
    require(beta2 >= 0 && beta2 < 1, "beta2");
    require(tau > 0 && tau < Double.POSITIVE_INFINITY, "tau");
  }

  private static void require(boolean holds, String name) {
    if (!holds) {
      throw new IllegalArgumentException(name + " is out of range");
    }
  }

  /// The method.
  public enum Method {
    /// Momentum.
    FEDAVGM,
    /// A sum of squares.
    FEDADAGRAD,
    /// A running mean of squares.
    FEDADAM,
    /// As FEDADAM, but `v` grows and shrinks by steps that do not depend on `v`.
    FEDYOGI
  }

  /// Whether there is a first moment to remember.
  boolean keepsFirst() {
    return keepsSecond() || beta1 > 0;
  }

  /// Whether there is a second moment to remember.
  boolean keepsSecond() {
    return method != Method.FEDAVGM;
  }

  /// What `v` begins with.
  double firstSecond() {
    return tau * tau;
  }

  double first(double m, double difference) {
    return method == Method.FEDAVGM ? beta1 * m + difference : beta1 * m + (1 - beta1) * difference;
  }

  double second(double v, double difference) {
    double square = difference * difference;
    return switch (method) {
      case FEDAVGM -> v;
      case FEDADAGRAD -> v + square;
      case FEDADAM -> beta2 * v + (1 - beta2) * square;
      case FEDYOGI -> v - (1 - beta2) * square * Math.signum(v - square);
    };
  }

  /// What is added to the parameter.
  double step(double m, double v) {
    return method == Method.FEDAVGM
        ? learningRate * m
        : learningRate * m / (StrictMath.sqrt(v) + tau);
  }
}
