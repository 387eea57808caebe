package org.wardfl.server.schedule;

import java.time.Instant;
import java.util.Map;
import org.wardfl.proto.job.JobId;

/// What the scheduler remembers from one look to the next; lost in a restart without harm.
///
/// @param heldUntil jobs that could begin, while sites of theirs have not decided yet: until when
///   what they need is held for them
/// @param busySince jobs that wait for nothing but what other jobs have, and since when
public record Reservations(Map<JobId, Instant> heldUntil, Map<JobId, Instant> busySince) {

  /// Nothing is held.
  public static final Reservations NONE = new Reservations(Map.of(), Map.of());

  /// Copies.
  public Reservations {
    heldUntil = Map.copyOf(heldUntil);
    busySince = Map.copyOf(busySince);
  }
}
