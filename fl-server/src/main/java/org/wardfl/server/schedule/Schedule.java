package org.wardfl.server.schedule;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import org.wardfl.algo.SiteName;
import org.wardfl.proto.job.JobId;
import org.wardfl.server.job.Failure;

/// What one look at all jobs and sites comes to.
///
/// @param orders what is to be done, in this order
/// @param standings how each job that has not ended stands
/// @param memory for the next look
/// @param lookAgain when to look again if nothing happens before
public record Schedule(
    List<Order> orders,
    Map<JobId, Standing> standings,
    Reservations memory,
    Optional<Instant> lookAgain) {

  /// Copies.
  public Schedule {
    orders = List.copyOf(orders);
    standings = Map.copyOf(standings);
  }

  /// How a job stands.
  ///
  /// @param sites how each of its sites stands to it
  /// @param waiting what it waits for before it begins, in words; empty if it begins or runs
  public record Standing(SortedMap<SiteName, SiteStand> sites, Optional<String> waiting) {}

  /// Something that is to be done with a job.
  public sealed interface Order {
    /// Which job.
    JobId job();
  }

  /// It begins.
  ///
  /// @param job which
  /// @param sites whose resources it takes
  public record Begin(JobId job, SortedSet<SiteName> sites) implements Order {}

  /// It runs, and takes the resources of further sites.
  ///
  /// @param job which
  /// @param sites whose
  public record Join(JobId job, SortedSet<SiteName> sites) implements Order {}

  /// It runs, and a site that was asked will not answer: the server answers in its place.
  ///
  /// @param job which
  /// @param site which
  /// @param reason one sentence
  public record Excuse(JobId job, SiteName site, String reason) implements Order {}

  /// It can never begin.
  ///
  /// @param job which
  /// @param failure why
  public record GiveUp(JobId job, Failure failure) implements Order {}
}
