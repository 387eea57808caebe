package org.wardfl.algo.bundle.plan;

/// A piece of a configuration that the native engine lacks.
final class NotNativeException extends Exception {

  private static final long serialVersionUID = 1L;

  /// @param where the id in the configuration
  /// @param what is there
  NotNativeException(String where, String what) {
    super(where + ": " + what);
  }
}
