package org.wardfl.server.schedule;

import java.util.Map;
import java.util.Optional;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.task.ObservedState.ObservedJob;
import org.wardfl.proto.task.SiteCapacity;

/// What the server knows of a site when it gives out work.
///
/// @param connected whether it is there now
/// @param disabled why nothing is asked of it, if an administrator wants so
/// @param capacity what it offers; empty for a site that does not say, which is asked for anything
///   and decides about a job when its first task comes
/// @param decisions what it says of jobs
public record SiteView(
    boolean connected,
    Optional<String> disabled,
    Optional<SiteCapacity> capacity,
    Map<JobId, ObservedJob> decisions) {

  /// A site of which nothing was heard.
  public static final SiteView UNKNOWN =
      new SiteView(false, Optional.empty(), Optional.empty(), Map.of());

  /// Copies.
  public SiteView {
    decisions = Map.copyOf(decisions);
  }

  /// Whether the site says what it has and which jobs it takes.
  public boolean tells() {
    return capacity.isPresent();
  }
}
