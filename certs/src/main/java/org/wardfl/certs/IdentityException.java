package org.wardfl.certs;

/// A certificate, key, request, signature or manifest is refused, or cannot be made as asked.
///
/// The message says what was found, what was expected and what to do; it holds no secret.
public final class IdentityException extends Exception {

  private static final long serialVersionUID = 1L;

  /// Refused for this reason.
  public IdentityException(String message) {
    super(message);
  }

  /// Refused for this reason, with the library's own failure behind it.
  public IdentityException(String message, Throwable cause) {
    super(message, cause);
  }
}
