package org.wardfl.server.service;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.wardfl.proto.job.JobId;
import org.wardfl.server.JobListener;
import org.wardfl.server.job.JobEvent;
import org.wardfl.server.job.JobState;

/// Wakes those who follow a job. Thread-safe.
public final class JobNews implements JobListener {

  private final Map<JobId, Long> counts = new HashMap<>();

  /// Nobody waits yet.
  public JobNews() {}

  @Override
  public void happened(JobId job, JobEvent event, JobState after) {
    waits(job);
  }

  @Override
  public synchronized void waits(JobId job) {
    counts.merge(job, 1L, Long::sum);
    notifyAll();
  }

  synchronized long count(JobId job) {
    return counts.getOrDefault(job, 0L);
  }

  /// Waits until something has happened since.
  ///
  /// @param seen what [#count] said before
  /// @param longest to wait
  synchronized void await(JobId job, long seen, Duration longest) throws InterruptedException {
    long end = System.nanoTime() + longest.toNanos();
    while (count(job) == seen) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return;
      }
      wait(left);
    }
  }
}
