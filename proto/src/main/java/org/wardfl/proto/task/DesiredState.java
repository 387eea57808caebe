package org.wardfl.proto.task;

import java.util.List;
import java.util.Optional;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.job.PackageReference;

/// Everything that the server wants of one site, whole; the site converges to it.
///
/// A task that a site works on and that is not listed here is no longer wanted: it is aborted and
/// its result dropped. A job that is not listed has ended: its process is stopped.
///
/// @param epoch the server's epoch; a site refuses a lower one than it has seen
/// @param version rises with every change within an epoch
/// @param jobs the jobs that have not ended: those that run at the site, then the earliest
///   submitted; at most 10,000
public record DesiredState(long epoch, long version, List<DesiredJob> jobs) {

  /// The most jobs that a site is told of.
  public static final int MOST_JOBS = 10_000;

  /// Copies.
  public DesiredState {
    jobs = List.copyOf(jobs);
  }

  /// One running job.
  ///
  /// @param id which
  /// @param definition the typed job, as the server says
  /// @param jobPackage the signed package, from which a site takes the typed job; empty in a
  ///   simulation, where nobody signs
  /// @param tasks what this site should do in it now; often none
  public record DesiredJob(
      JobId id,
      JobDefinition definition,
      Optional<PackageReference> jobPackage,
      List<TaskAssignment> tasks) {

    /// Copies.
    public DesiredJob {
      tasks = List.copyOf(tasks);
    }
  }
}
