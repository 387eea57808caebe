package org.wardfl.client.filter;

/// A filter cannot do its work, so the update must not leave.
public final class FilterRefusalException extends Exception {

  private static final long serialVersionUID = 1L;

  /// Why not, in one sentence.
  public FilterRefusalException(String message) {
    super(message);
  }
}
