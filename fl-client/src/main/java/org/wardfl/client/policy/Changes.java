package org.wardfl.client.policy;

import java.time.Duration;

/// Wakes those who wait for another decision of the site. Safe for many threads.
public final class Changes {

  private long count;

  /// Nothing has changed yet.
  public Changes() {}

  /// How often something has changed.
  public synchronized long count() {
    return count;
  }

  /// Something has changed.
  public synchronized void happened() {
    count++;
    notifyAll();
  }

  /// Waits for the next change.
  ///
  /// @param seen the count before the decision was asked for
  /// @param atMost for how long
  /// @throws InterruptedException if the thread is interrupted first
  public synchronized void await(long seen, Duration atMost) throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    for (long left = atMost.toMillis();
        count == seen && left > 0;
        left = (end - System.nanoTime()) / 1_000_000) {
      wait(left);
    }
  }
}
