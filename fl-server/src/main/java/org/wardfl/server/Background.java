package org.wardfl.server;

import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is done later, each on a thread of its own that may wait and holds no lock of who asked.
/// Once closed it does nothing more: what is owed then is done after the next start. Thread-safe.
final class Background implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Background.class);

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Alarm alarm;

  Background(Alarm alarm) {
    this.alarm = alarm;
  }

  /// Runs it soon; in no order with what else was asked for.
  void later(Runnable effect) {
    try {
      threads.execute(effect);
    } catch (RejectedExecutionException e) {
      LOG.atDebug().setCause(e).log("closing; what is owed is done after the next start");
    }
  }

  /// Runs it at that time or soon after; the alarm's own thread never waits for it.
  ///
  /// @return cancels it, if its time has not come
  Runnable at(Instant time, Runnable effect) {
    return alarm.at(time, () -> later(effect));
  }

  /// Interrupts what is under way, and does not wait for it.
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
