package org.wardfl.client.task;

import java.util.concurrent.Semaphore;

/// How many tasks may work at once, shared by all agents of a process. First come, first served.
public final class Permits {

  private final Semaphore semaphore;

  /// So many at once.
  public Permits(int count) {
    semaphore = new Semaphore(count, true);
  }

  /// Waits for a place.
  ///
  /// @throws InterruptedException if the thread is interrupted first
  void acquire() throws InterruptedException {
    semaphore.acquire();
  }

  /// Gives the place back.
  void release() {
    semaphore.release();
  }
}
