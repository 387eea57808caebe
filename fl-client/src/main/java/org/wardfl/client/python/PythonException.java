package org.wardfl.client.python;

/// The process of Python is gone or was never there. The message may leave the site.
final class PythonException extends Exception {

  private static final long serialVersionUID = 1L;

  PythonException(String message) {
    super(message);
  }

  PythonException(String message, Throwable cause) {
    super(message, cause);
  }
}
