package org.wardfl.gpu.imaging;

/// An image that cannot be used: a damaged file, a form that is not read, a geometry that does not
/// fit.
///
/// The message says what was found and what was expected. It names no file and no patient: file
/// names of hospitals often are those of patients, so whoever knows which image it was says so in
/// words that may travel.
public final class ImageException extends Exception {

  private static final long serialVersionUID = 1L;

  /// An image cannot be used.
  public ImageException(String message) {
    super(message);
  }

  /// An image cannot be used, because of something deeper.
  public ImageException(String message, Throwable cause) {
    super(message, cause);
  }
}
