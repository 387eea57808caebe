package org.wardfl.client.link;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How long to wait before the next attempt: full jitter, so that a thousand sites that lost their
/// server together do not come back together.
///
/// The upper bound doubles from 200 ms to 5 s with each attempt that failed; the wait is anything
/// from 0 to that bound. A server that refused for good is asked again once a minute.
final class Reconnect {

  private static final long FIRST_MILLIS = 200;
  private static final long LAST_MILLIS = 5_000;
  private static final long REFUSED_MILLIS = 60_000;

  private static final Duration STANDING = Duration.ofSeconds(10);

  private final RandomGenerator random;
  private long bound = FIRST_MILLIS;

  Reconnect(RandomGenerator random) {
    this.random = random;
  }

  /// A session ended. If it had stood for 10 s, the next failure is a first one; one that breaks
  /// right after the welcome would break again.
  ///
  /// @return whether it is
  boolean ended(Duration stood) {
    boolean first = stood.compareTo(STANDING) >= 0;
    bound = first ? FIRST_MILLIS : bound;
    return first;
  }

  Duration next() {
    long wait = random.nextLong(bound + 1);
    bound = Math.min(LAST_MILLIS, bound * 2);
    return Duration.ofMillis(wait);
  }

  Duration afterRefusal() {
    return Duration.ofMillis(REFUSED_MILLIS / 2 + random.nextLong(REFUSED_MILLIS / 2 + 1));
  }
}
