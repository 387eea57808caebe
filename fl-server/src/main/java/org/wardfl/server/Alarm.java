package org.wardfl.server;

import java.time.Instant;

/// Wakes somebody at a time: the server's only clockwork, replaced where time is simulated.
@FunctionalInterface
public interface Alarm {

  /// Runs the action at that time or soon after; at once if it has passed.
  ///
  /// @return cancels it, if it has not run
  Runnable at(Instant time, Runnable action);
}
