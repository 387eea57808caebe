package org.wardfl.client.job;

/// A job package that is not accepted, or a folder that cannot be packed; the message says why.
public final class JobPackageException extends Exception {

  private static final long serialVersionUID = 1L;

  /// Refused for this reason.
  public JobPackageException(String message) {
    super(message);
  }

  /// Refused for this reason, with the failure behind it.
  public JobPackageException(String message, Throwable cause) {
    super(message, cause);
  }
}
