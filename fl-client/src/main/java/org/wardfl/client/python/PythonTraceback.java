package org.wardfl.client.python;

/// What Python said about a failure. It may quote patient data, and stays at the site.
final class PythonTraceback extends Exception {

  private static final long serialVersionUID = 1L;

  PythonTraceback(String traceback, String lastLines) {
    super(
        "in Python\n" + traceback + (lastLines.isBlank() ? "" : "\nIts last output:\n" + lastLines),
        null,
        false,
        false);
  }
}
