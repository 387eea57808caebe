package org.wardfl.algo.zip;

/// An archive that contradicts the format, itself or the limits; the message says what is wrong
/// where.
public final class ZipFormatException extends Exception {

  private static final long serialVersionUID = 1L;

  /// The archive is wrong in this way.
  public ZipFormatException(String message) {
    super(message);
  }
}
