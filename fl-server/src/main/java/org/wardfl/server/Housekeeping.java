package org.wardfl.server;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardfl.server.log.JobLogs;
import org.wardfl.server.store.BlobStore;
import org.wardfl.server.store.Uploads;

/// Deletes what nobody needs any more, each kind whether or not the others can be deleted.
///
/// A job is deleted only with a record, for which a full disk has no room: what makes room comes
/// first.
///
/// @param coordinator whose jobs need files and logs
/// @param retention of jobs that have ended
/// @param clock of their age
public record Housekeeping(
    Coordinator coordinator,
    Retention retention,
    Uploads uploads,
    BlobStore blobs,
    JobLogs logs,
    InstantSource clock) {

  private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
  private static final Duration PARTS_KEPT = Duration.ofDays(7);
  private static final Duration LOGS_KEPT = Duration.ofDays(30);

  private interface Work {
    void run() throws IOException;
  }

  /// Does it once; what fails is told in the process's own log, and tried again the next time.
  public void run() {
    attempt("files under way", () -> uploads.expire(clock.instant(), PARTS_KEPT));
    attempt("files", () -> blobs.sweep(coordinator::files));
    attempt("logs of jobs", () -> logs.expire(LOGS_KEPT, coordinator.running()));
    attempt("jobs whose time is over", retention::apply);
  }

  private static void attempt(String what, Work work) {
    try {
      work.run();
    } catch (IOException | RuntimeException e) {
      // An exception would end the schedule, and keep the others from making room.
      LOG.atError().addKeyValue("what", what).setCause(e).log("what is over cannot be deleted");
    }
  }
}
