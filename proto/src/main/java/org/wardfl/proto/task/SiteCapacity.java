package org.wardfl.proto.task;

import java.time.Instant;
import java.util.Optional;
import org.wardfl.proto.PlainText;

/// What a site offers to all jobs together.
///
/// @param gpus CUDA devices that jobs may have, by the site's own count; [#NO_BOUND] if it does not
///   count them
/// @param cpuThreads threads of all jobs together, or [#NO_BOUND]
/// @param memoryBytes memory of all jobs together, or [Long#MAX_VALUE] for no bound
/// @param maxJobs how many jobs may run here at once, or [#NO_BOUND]
/// @param closure why no further job begins here now; empty where jobs may begin
public record SiteCapacity(
    int gpus, int cpuThreads, long memoryBytes, int maxJobs, Optional<Closure> closure) {

  /// The number of a site that sets no bound.
  public static final int NO_BOUND = Integer.MAX_VALUE;

  /// A site that takes everything.
  public static final SiteCapacity UNBOUNDED =
      new SiteCapacity(NO_BOUND, NO_BOUND, Long.MAX_VALUE, NO_BOUND, Optional.empty());

  /// Checks the ranges.
  ///
  /// @throws IllegalArgumentException if a number is negative
  public SiteCapacity {
    if (gpus < 0 || cpuThreads < 0 || memoryBytes < 0 || maxJobs < 0) {
      throw new IllegalArgumentException(
          "gpus "
              + gpus
              + ", cpuThreads "
              + cpuThreads
              + ", memoryBytes "
              + memoryBytes
              + ", maxJobs "
              + maxJobs
              + ": none may be negative");
    }
  }

  /// Why no further job begins at a site; jobs that run there go on.
  ///
  /// @param cause what kind of reason
  /// @param reason one sentence that may leave the site; made plain, at most 500 characters
  /// @param until when it ends; empty if the site cannot say
  public record Closure(Cause cause, String reason, Optional<Instant> until) {

    /// Makes the reason plain.
    public Closure {
      reason = PlainText.of(reason, ObservedState.LONGEST_REASON);
    }
  }

  /// A kind of reason.
  public enum Cause {
    /// The site's own people paused it.
    PAUSED,
    /// It is outside the hours that the site gives to jobs.
    HOURS,
    /// The site's policy is absent, broken or not to be trusted.
    POLICY
  }
}
