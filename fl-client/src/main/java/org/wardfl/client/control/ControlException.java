package org.wardfl.client.control;

/// The agent does not do what it was asked for; the message says why not.
public final class ControlException extends Exception {

  private static final long serialVersionUID = 1L;

  /// Why not, in one sentence.
  public ControlException(String message) {
    super(message);
  }
}
