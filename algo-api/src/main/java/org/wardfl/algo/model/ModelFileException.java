package org.wardfl.algo.model;

/// A file that is not a well-formed model file; the message says what is wrong where.
public final class ModelFileException extends Exception {

  private static final long serialVersionUID = 1L;

  /// The file is wrong in this way.
  public ModelFileException(String message) {
    super(message);
  }
}
