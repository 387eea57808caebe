package org.wardfl.algo.method;

/// By how much a site's local steps add up, which FedNova divides its update by: the sum of the
/// weights with which the gradients of the steps enter the update, in units of the learning rate.
/// That is what a gradient of one in every step moves a weight by.
///
/// A site tells it among the values of its training, under [#KEY]; a job with `weights: normalized`
/// averages by it. A site that tells none counts by its steps, which is right for plain SGD.
///
/// Source: Wang et al., "Tackling the Objective Inconsistency Problem in Heterogeneous Federated
/// Optimization" (NeurIPS 2020), section 4.1, equations 7 to 10, whose `|a|_1` this is where no
/// weight is negative. With momentum and a proximal term together later steps can undo earlier
/// ones, and what they leave is what counts: it is by that sum that a federation with the same
/// gradients everywhere moves alike.
public final class Normalizer {

  /// Its name among a training's values.
  public static final String KEY = "normalizer";

  private Normalizer() {}

  /// The sum for SGD with momentum, whose buffer begins empty, and a proximal term, which is added
  /// to the gradient before the momentum.
  ///
  /// Follows the recursion itself, one step after the other: momentum buffer `m = momentum m + g +
  /// mu (w - start)`, weights `w -= rate m`.
  ///
  /// @param steps optimizer steps, at least 0
  /// @param momentum 0 to below 1
  /// @param pull `rate mu`: learning rate times the strength of the proximal term, from 0 to below
  ///   `1 - momentum`
  /// @return from 0, and at least 1 if there was a step
  public static double sum(long steps, double momentum, double pull) {
    if (momentum == 0 && pull == 0) {
      return steps;
    }
    double buffer = 0;
    double moved = 0;
    for (long step = 0; step < steps; step++) {
      buffer = momentum * buffer + 1 - pull * moved;
      moved += buffer;
    }
    return moved;
  }
}
