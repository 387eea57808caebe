package org.wardfl.cli;

/// How a command ended, for scripts.
public enum ExitCode {
  /// What was asked is done.
  DONE(0),
  /// It was tried and failed.
  FAILED(1),
  /// The input or the usage is wrong; nothing was done.
  WRONG_INPUT(2),
  /// The person may not do this.
  NOT_PERMITTED(3),
  /// The other side cannot be reached.
  NOT_REACHABLE(4);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  /// The number that the process ends with.
  public int code() {
    return code;
  }
}
