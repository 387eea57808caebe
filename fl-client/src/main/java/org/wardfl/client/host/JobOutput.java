package org.wardfl.client.host;

import org.wardfl.proto.job.JobId;

/// Gets what the processes of jobs print.
@FunctionalInterface
public interface JobOutput {

  /// A line was printed; must not block.
  void printed(JobId job, String line);
}
