package org.wardfl.algo.bundle;

/// A bundle, or a part of one, that cannot be read; the message says what is wrong where.
public final class BundleException extends Exception {

  private static final long serialVersionUID = 1L;

  /// The bundle is wrong in this way.
  public BundleException(String message) {
    super(message);
  }
}
