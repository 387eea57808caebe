package org.wardfl.client.host;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/// Makes lines of what a process prints. A line ends at LF or CR, or is cut where it is too long;
/// empty ones are left out. Not thread-safe.
final class OutputLines implements AutoCloseable {

  private static final int LONGEST = 4000;

  private final Consumer<String> lines;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();

  OutputLines(Consumer<String> lines) {
    this.lines = lines;
  }

  void add(byte[] bytes, int count) {
    for (int i = 0; i < count; i++) {
      if (bytes[i] == '\n' || bytes[i] == '\r') {
        end();
      } else {
        line.write(bytes[i]);
        if (line.size() == LONGEST) {
          end();
        }
      }
    }
  }

  private void end() {
    if (line.size() > 0) {
      lines.accept(line.toString(StandardCharsets.UTF_8));
      line.reset();
    }
  }

  /// What was printed last, though it is no whole line.
  @Override
  public void close() {
    end();
  }
}
