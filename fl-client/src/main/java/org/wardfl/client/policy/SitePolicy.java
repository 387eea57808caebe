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
  /// @param basis what decided, for the audit record
  record Permitted(Optional<Path> dataset, PolicyBasis basis) implements Decision {

    /// It may, and no file says so.
    public Permitted(Optional<Path> dataset) {
      this(dataset, PolicyBasis.NONE);
    }
  }

  /// It may not.
  ///
  /// @param reason one sentence that may leave the site: no path, no patient
  /// @param basis what decided, for the audit record
  record Declined(String reason, PolicyBasis basis) implements Decision {

    /// It may not, whatever a file says.
    public Declined(String reason) {
      this(reason, PolicyBasis.NONE);
    }
  }
}
