package org.wardfl.provisioning.audit;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;

/// Writes records to a log until one is refused, and once more after that. Says how many it was
/// told are durable.
final class AuditMain {

  private AuditMain() {}

  public static void main(String... arguments) throws IOException {
    int most = Integer.parseInt(arguments[1]);
    try (var log = AuditLog.open(Path.of(arguments[0]), InstantSource.system())) {
      int durable = 0;
      int refused = 0;
      for (int i = 0; i < most && refused == 0; i++) {
        try {
          log.done("ward://p/lead/x", "submit", "job " + i, "");
          durable++;
        } catch (IOException e) {
          refused++;
          System.out.println("refused: " + e.getMessage());
        }
      }
      try {
        log.done("ward://p/lead/x", "submit", "the last", "");
        durable++;
      } catch (IOException e) {
        System.out.println("refused again: " + e.getMessage());
      }
      System.out.println("durable: " + durable);
    } catch (IOException e) {
      System.out.println("not closed: " + e.getMessage());
    }
  }
}
