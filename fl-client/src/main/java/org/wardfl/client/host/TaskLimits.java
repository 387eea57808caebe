package org.wardfl.client.host;

import java.time.Duration;
import java.util.Optional;

/// What a site sets a task besides what its job asks for.
///
/// @param time how long it may run
/// @param confinement if it runs in a sandbox only, how
public record TaskLimits(Duration time, Optional<Confinement> confinement) {

  /// None.
  public static final TaskLimits NONE = new TaskLimits(Duration.ofDays(3650), Optional.empty());

  /// How much a sandbox may use besides the job's memory.
  ///
  /// @param scratchBytes on disk, results and all
  /// @param processes processes and threads
  public record Confinement(long scratchBytes, int processes) {}
}
