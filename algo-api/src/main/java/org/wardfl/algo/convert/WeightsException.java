package org.wardfl.algo.convert;

/// A file of weights that is refused; the message says what is wrong where, and what to do.
public final class WeightsException extends Exception {

  private static final long serialVersionUID = 1L;

  /// The file is refused for this reason.
  public WeightsException(String message) {
    super(message);
  }
}
