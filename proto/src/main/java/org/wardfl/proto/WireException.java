package org.wardfl.proto;

/// A message that is not of the agreed form: an absent part, an unknown enum value, a number out of
/// range.
public final class WireException extends Exception {

  private static final long serialVersionUID = 1L;

  /// The message is wrong in this way.
  public WireException(String message) {
    super(message);
  }

  /// The message is wrong in the way that the cause tells.
  public WireException(String message, Throwable cause) {
    super(message, cause);
  }
}
