package org.wardfl.client.policy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.wardfl.client.filter.UpdateFilter;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.provisioning.site.StatisticsRules;

/// The site's last word. The first hook is asked before anything of a task happens, the second
/// decides what may leave.
public interface SitePolicy {

  /// May this task run here?
  Decision before(JobDefinition job, TaskAssignment task);

  /// The filters that every update of this job passes in the agent, after the job's own. A job can
  /// neither see nor remove them.
  List<UpdateFilter> after(JobDefinition job);

  /// What of the statistics of this job's dataset may leave; empty if that cannot be told, so that
  /// nothing does.
  Optional<StatisticsRules> statistics(JobDefinition job);

  /// The Python that jobs run on here; empty if there is none.
  default Optional<Path> python() {
    return Optional.empty();
  }

  /// The answer of the first hook.
  sealed interface Decision {}

  /// It may.
  ///
  /// @param dataset where the job's dataset lies; empty for a job without data
  record Permitted(Optional<Path> dataset) implements Decision {}

  /// It may not.
  ///
  /// @param reason one sentence that may leave the site: no path, no patient
  record Declined(String reason) implements Decision {}
}
