package org.wardfl.algo.method;

/// A pull toward fixed weights: the gradient of `strength / 2 * |w - start|^2`.
///
/// With the received model as `start` this is FedProx's term (Li et al., "Federated Optimization in
/// Heterogeneous Networks", MLSys 2020, algorithm 2 and equation 2; there `strength` is mu), and
/// the one that holds Ditto's personal model near the federation's (Li et al., "Ditto: Fair and
/// Robust Federated Learning Through Personalization", ICML 2021, algorithm 1; there lambda).
///
/// @param strength at least 0; 0 adds nothing, so that FedProx is FedAvg bit for bit
public record Proximal(double strength) {

  /// Checks.
  ///
  /// @throws IllegalArgumentException if it is negative or not finite
  public Proximal {
    if (!(strength >= 0) || Double.isInfinite(strength)) {
      throw new IllegalArgumentException(
          "strength of a proximal term is " + strength + ", expected a finite number from 0");
    }
  }

  /// Adds `strength * (weights - start)` to a gradient, in float.
  ///
  /// @param gradient is changed; all three have the same length
  public void addTo(float[] gradient, float[] weights, float[] start) {
    float factor = (float) strength;
    for (int i = 0; factor != 0 && i < gradient.length; i++) {
      gradient[i] += factor * (weights[i] - start[i]);
    }
  }

  /// The same in double.
  ///
  /// @param gradient is changed; all three have the same length
  public void addTo(double[] gradient, double[] weights, double[] start) {
    for (int i = 0; strength != 0 && i < gradient.length; i++) {
      gradient[i] += strength * (weights[i] - start[i]);
    }
  }
}
