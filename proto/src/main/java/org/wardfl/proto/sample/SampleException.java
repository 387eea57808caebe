package org.wardfl.proto.sample;

/// A folder whose content is not a set of samples; nothing of it is to be used.
public final class SampleException extends Exception {

  private static final long serialVersionUID = 1L;

  /// What was found, and what was expected.
  public SampleException(String message) {
    super(message);
  }
}
