package org.wardfl.cli;

import picocli.CommandLine.Option;

/// The options that every command has; mixed into each.
public final class CommonOptions {

  @Option(names = "--json", description = "Print exactly one JSON document on standard output.")
  private boolean json;

  @Option(names = "--debug", description = "Log in detail, and show the stack trace of a failure.")
  private boolean debug;

  /// For picocli.
  public CommonOptions() {}

  /// Whether the answer is one JSON document.
  public boolean json() {
    return json;
  }

  /// Whether a failure shows its stack trace.
  public boolean debug() {
    return debug;
  }
}
