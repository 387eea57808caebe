package org.wardfl.cli.node;

import java.util.concurrent.CountDownLatch;

/// Keeps a process alive until it is asked to end, by Ctrl-C, `kill` or systemd.
final class Lifetime {

  private Lifetime() {}

  /// Waits for the signal, then closes.
  ///
  /// @param part closed before the process ends
  static void keep(AutoCloseable part) throws InterruptedException {
    var asked = new CountDownLatch(1);
    var closed = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  asked.countDown();
                  try {
                    closed.await();
                  } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                  }
                },
                "end"));
    try {
      asked.await();
    } finally {
      close(part);
      closed.countDown();
    }
  }

  private static void close(AutoCloseable part) {
    try {
      part.close();
    } catch (Exception e) {
      // The process ends in any case.
      org.slf4j.LoggerFactory.getLogger(Lifetime.class)
          .atError()
          .setCause(e)
          .log("the process could not end properly");
    }
  }
}
