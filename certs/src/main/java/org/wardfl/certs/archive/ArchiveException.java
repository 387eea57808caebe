package org.wardfl.certs.archive;

/// An archive that is not accepted, or files that cannot be put into one; the message names nothing
/// but what the archive says.
public final class ArchiveException extends Exception {

  private static final long serialVersionUID = 1L;

  /// Refused for this reason.
  public ArchiveException(String message) {
    super(message);
  }

  /// Refused for this reason, with the failure behind it.
  public ArchiveException(String message, Throwable cause) {
    super(message, cause);
  }
}
