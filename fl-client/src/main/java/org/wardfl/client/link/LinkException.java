package org.wardfl.client.link;

/// The server could not be asked; the same call may succeed later.
public final class LinkException extends Exception {

  private static final long serialVersionUID = 1L;

  /// What was tried.
  public LinkException(String message, Throwable cause) {
    super(message, cause);
  }

  /// What was tried.
  public LinkException(String message) {
    super(message);
  }
}
