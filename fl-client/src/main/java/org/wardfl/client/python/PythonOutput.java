package org.wardfl.client.python;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/// What Python prints, on its way to the site's log: the first part of every task's output, and the
/// last lines for those who look for the reason of a failure. Never blocks Python.
final class PythonOutput {

  private static final int LIMIT = 256 << 10;
  private static final int TAIL = 4 << 10;
  private static final long MOMENT_MILLIS = 50;
  private static final long LONGEST_MOMENT_MILLIS = 500;

  private final PrintStream log;
  private final byte[] tail = new byte[TAIL];
  private long seen;

  PythonOutput(InputStream output, PrintStream log) {
    this.log = log;
    Thread.ofVirtual().name("python-output").start(() -> keep(output));
  }

  /// A task begins: it has the whole limit.
  synchronized void begin() {
    finish();
    seen = 0;
  }

  /// A task has ended: says how much of its output was not kept.
  synchronized void finish() {
    if (seen > LIMIT) {
      log.println("... and " + (seen - LIMIT) + " more bytes of output, which are not kept");
    }
    seen = Math.min(seen, LIMIT);
  }

  /// The last lines since the task began. An answer of Python takes another way than what was
  /// printed before it and may overtake that, so this waits a moment, until no more comes.
  synchronized String tail() {
    long latest = System.nanoTime() + LONGEST_MOMENT_MILLIS * 1_000_000;
    long before = -1;
    try {
      while (before != seen && System.nanoTime() < latest) {
        before = seen;
        wait(MOMENT_MILLIS);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    int count = (int) Math.min(seen, TAIL);
    var bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = tail[(int) ((seen - count + i) % TAIL)];
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private void keep(InputStream output) {
    try (output) {
      var buffer = new byte[8192];
      for (int read = output.read(buffer); read >= 0; read = output.read(buffer)) {
        accept(buffer, read);
      }
    } catch (IOException _) {
      // The process is gone, and its pipe with it.
      return;
    }
  }

  private synchronized void accept(byte[] buffer, int count) {
    if (seen < LIMIT) {
      log.write(buffer, 0, (int) Math.min(count, LIMIT - seen));
      log.flush();
    }
    for (int i = Math.max(0, count - TAIL); i < count; i++) {
      tail[(int) ((seen + i) % TAIL)] = buffer[i];
    }
    seen += count;
  }
}
