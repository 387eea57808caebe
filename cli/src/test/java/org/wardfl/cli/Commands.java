package org.wardfl.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/// Runs commands in this process, for tests of other packages.
public final class Commands {

  private Commands() {}

  /// Runs one command.
  ///
  /// @return the exit code
  public static int run(PrintWriter out, PrintWriter err, String command, String... words) {
    var all = new ArrayList<>(List.of(command));
    all.addAll(List.of(words));
    return run(out, err, all.toArray(String[]::new));
  }

  /// Runs one command of these words.
  ///
  /// @return the exit code
  public static int run(PrintWriter out, PrintWriter err, String[] words) {
    return Ward.commandLine(false).setOut(out).setErr(err).execute(words);
  }
}
