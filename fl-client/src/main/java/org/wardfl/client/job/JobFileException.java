package org.wardfl.client.job;

/// A job folder that cannot be run; the message names file, line or key, what was found, and what
/// was expected.
public final class JobFileException extends Exception {

  private static final long serialVersionUID = 1L;

  /// Something in the folder is wrong.
  public JobFileException(String message) {
    super(message);
  }
}
