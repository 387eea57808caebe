package org.wardfl.simulator;

import java.nio.file.Path;
import org.wardfl.client.task.JobFiles;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.task.DesiredState;

/// The developer's own job folder, taken as it is: nobody signs in a simulation.
///
/// @param folder the job's
record UnsignedJobs(Path folder) implements JobFiles {

  @Override
  public Decision admit(DesiredState.DesiredJob job) {
    return new Admitted(job.definition(), folder);
  }

  @Override
  public void end(JobId job) {
    // The folder belongs to the developer.
  }
}
