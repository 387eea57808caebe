package org.wardfl.algo.bundle.expression;

/// How much evaluating may cost, so that no expression takes up a machine: steps, elements and
/// characters together. Not thread-safe.
public final class Budget {

  private static final long MOST = 2_000_000;

  private long left = MOST;

  /// The whole budget.
  public Budget() {}

  /// Takes something of it, before it is done.
  ///
  /// @throws ExpressionException if there is not as much left
  void spend(long amount) throws ExpressionException {
    left -= Math.clamp(amount, 0, MOST + 1);
    if (left < 0) {
      throw ExpressionException.opaque("more than " + MOST + " steps, elements and characters");
    }
  }
}
