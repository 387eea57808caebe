package org.wardfl.cli.console;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;
import org.jline.terminal.Terminal;

/// Ctrl-C while a command runs: it ends the command, not the console.
final class Interruption {

  private final Terminal terminal;
  private final AtomicBoolean happened = new AtomicBoolean();

  Interruption(Terminal terminal) {
    this.terminal = terminal;
  }

  /// Runs a command in this thread.
  ///
  /// @return the exit code
  int around(IntSupplier command) {
    var thread = Thread.currentThread();
    happened.set(false);
    var before =
        terminal.handle(
            Terminal.Signal.INT,
            _ -> {
              happened.set(true);
              thread.interrupt();
            });
    try {
      return command.getAsInt();
    } finally {
      terminal.handle(Terminal.Signal.INT, before);
      // It was for the command, which has ended.
      var _ = Thread.interrupted();
    }
  }

  /// Whether it came during the present command.
  boolean happened() {
    return happened.get();
  }
}
