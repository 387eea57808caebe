package org.wardfl.algo.bundle.expression;

/// An expression has no value here.
public final class ExpressionException extends Exception {

  private static final long serialVersionUID = 1L;

  /// Whether Python would fail too.
  private final boolean wrong;

  private ExpressionException(String message, boolean wrong) {
    super(message);
    this.wrong = wrong;
  }

  /// It is not plain data, or beyond the bounds; Python may well give it a value.
  public static ExpressionException opaque(String why) {
    return new ExpressionException(why, false);
  }

  /// Python raises an exception, too.
  public static ExpressionException wrong(String why) {
    return new ExpressionException(why, true);
  }

  /// Python's `TypeError` for an operation that the types do not have.
  static ExpressionException types(String operation, Value left, Value right) {
    return wrong(operation + " of " + left.type() + " and " + right.type());
  }

  /// Whether Python would fail, too.
  public boolean isWrong() {
    return wrong;
  }
}
