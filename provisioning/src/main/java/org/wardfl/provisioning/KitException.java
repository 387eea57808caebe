package org.wardfl.provisioning;

/// A startup kit, a state folder or what was asked about them is refused; nothing was changed.
///
/// The message says what was found, what was expected, where, and what to do.
public final class KitException extends Exception {

  private static final long serialVersionUID = 1L;

  /// Refused for this reason.
  public KitException(String message) {
    super(message);
  }

  /// Refused for this reason, with the failure behind it.
  public KitException(String message, Throwable cause) {
    super(message, cause);
  }
}
