package org.wardfl.server.schedule;

import java.time.Instant;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import org.wardfl.algo.SiteName;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.job.Submission;

/// A job that has not ended, as the scheduler sees it.
///
/// @param id which
/// @param definition what was asked for
/// @param submitted when
/// @param running whether it has begun
/// @param taken the sites whose resources it has, durably, until it ends
/// @param asked the sites that have a task of it which nobody has answered
/// @param enough whether its open round has all the accepted answers that it needs
public record QueuedJob(
    JobId id,
    JobDefinition definition,
    Instant submitted,
    boolean running,
    SortedSet<SiteName> taken,
    SortedSet<SiteName> asked,
    boolean enough) {

  /// Copies.
  public QueuedJob {
    taken = Collections.unmodifiableSortedSet(new TreeSet<>(taken));
    asked = Collections.unmodifiableSortedSet(new TreeSet<>(asked));
  }

  /// When a job that has not begun by then is given up.
  public Instant deadline() {
    return submitted.plus(Submission.longestWait(definition));
  }
}
