package org.wardfl.server;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import org.wardfl.provisioning.audit.AuditLog;
import org.wardfl.server.log.JobLogs;

/// Deletes jobs whose time is over, as a person would: results, files and what sites printed go,
/// the audit log says so, and the job's id is never taken again. Before that, the store lets go of
/// a job's models, which its results have, too.
///
/// @param coordinator whose jobs
/// @param logs what they printed
/// @param audit where each deletion is recorded before it happens
/// @param server the certified name that stands there
/// @param keepJobs how long a job is kept after its end
/// @param keepModels how long its models are kept beside its results
/// @param clock that time
public record Retention(
    Coordinator coordinator,
    JobLogs logs,
    AuditLog audit,
    String server,
    Duration keepJobs,
    Duration keepModels,
    InstantSource clock) {

  /// Deletes those that are due. A job that has not ended is never due.
  ///
  /// @throws IOException if a record or an event cannot be made durable; what is left is deleted
  ///   the next time
  public void apply() throws IOException {
    coordinator.release(clock.instant().minus(keepModels));
    var end = clock.instant().minus(keepJobs);
    for (var job : coordinator.jobs()) {
      if (job.finished().isPresent() && job.finished().get().isBefore(end)) {
        audit.done(
            server, "delete", job.id().value(), "retention.jobs: " + keepJobs.toDays() + "d");
        if (coordinator.delete(job.id(), server)) {
          logs.delete(job.id());
        }
      }
    }
  }
}
