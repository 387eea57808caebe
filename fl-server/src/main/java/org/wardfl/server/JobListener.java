package org.wardfl.server;

import org.wardfl.proto.job.JobId;
import org.wardfl.server.job.JobEvent;
import org.wardfl.server.job.JobState;

/// Is told what happens to jobs, after it is durable, in order.
@FunctionalInterface
public interface JobListener {

  /// An event happened; must not block.
  ///
  /// @param after the state that it led to
  void happened(JobId job, JobEvent event, JobState after);

  /// Tells this one, then the other.
  default JobListener and(JobListener other) {
    var first = this;
    return new JobListener() {
      @Override
      public void happened(JobId job, JobEvent event, JobState after) {
        first.happened(job, event, after);
        other.happened(job, event, after);
      }

      @Override
      public void waits(JobId job) {
        first.waits(job);
        other.waits(job);
      }
    };
  }

  /// What a job waits for has changed, which is no event; must not block.
  default void waits(JobId job) {
    // Whoever keeps a record of events needs nothing of it.
  }
}
