package org.wardfl.cli;

/// Ends a command with an exit code and one message for the person who typed it.
///
/// Unchecked, because the only place that handles it is the outermost frame of the command line.
public final class CommandException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;

  /// Ends the command with this message: what was found, what was expected, where, and what to do.
  public CommandException(ExitCode exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  /// The same with the failure behind it, which only `--debug` shows.
  public CommandException(ExitCode exitCode, String message, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /// How the process ends.
  public ExitCode exitCode() {
    return exitCode;
  }
}
