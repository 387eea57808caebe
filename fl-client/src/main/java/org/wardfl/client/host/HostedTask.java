package org.wardfl.client.host;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.wardfl.algo.Arguments;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.task.TaskAssignment;

/// Everything that running one task needs: paths, no tensors.
///
/// @param job the typed job
/// @param task the assignment
/// @param dataset where the job's dataset lies
/// @param jobFolder the job's files
/// @param scratch an empty folder, deleted by the caller afterwards
/// @param model the received model
/// @param stateIn the state after the last task of this track
/// @param updateOut where the update goes
/// @param stateOut where the state goes
/// @param gpus CUDA devices that it may use
/// @param python the site's Python, a path or a name to be found on PATH; empty if it has none
/// @param siteSettings what the site sets for the algorithm
/// @param limits what the site sets it besides what its job asks for
public record HostedTask(
    JobDefinition job,
    TaskAssignment task,
    Optional<Path> dataset,
    Path jobFolder,
    Path scratch,
    Optional<Path> model,
    Optional<Path> stateIn,
    Path updateOut,
    Path stateOut,
    List<Integer> gpus,
    Optional<Path> python,
    Arguments siteSettings,
    TaskLimits limits) {

  /// Copies.
  public HostedTask {
    gpus = List.copyOf(gpus);
  }
}
