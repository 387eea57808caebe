package org.wardfl.algo.run;

import java.time.Duration;

/// How long an algorithm that should stop is waited for.
///
/// @param soft from the signal to the interruption of its thread
/// @param hard from the signal to giving it up; not shorter than `soft`
public record Grace(Duration soft, Duration hard) {

  /// Five and fifteen seconds.
  public static final Grace DEFAULT = new Grace(Duration.ofSeconds(5), Duration.ofSeconds(15));

  /// Checks the order.
  ///
  /// @throws IllegalArgumentException if `hard` is shorter than `soft`
  public Grace {
    if (soft.isNegative() || hard.compareTo(soft) < 0) {
      throw new IllegalArgumentException(
          "grace of " + soft + " and " + hard + ", expected the second to be longer");
    }
  }
}
