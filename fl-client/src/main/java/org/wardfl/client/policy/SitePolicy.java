package org.wardfl.client.policy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.wardfl.algo.Arguments;
import org.wardfl.client.filter.FilterRefusalException;
import org.wardfl.client.filter.UpdateFilter;
import org.wardfl.client.host.TaskLimits;
import org.wardfl.proto.job.AlgorithmDefinition;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.provisioning.site.StatisticsRules;

/// The site's last word. The first hook is asked before anything of a task happens, the second
/// decides what may leave.
public interface SitePolicy {

  /// May this task run here?
  Decision before(JobDefinition job, TaskAssignment task);

  /// The filters that every update of this job passes in the agent, after the job's own. A job can
  /// neither see nor remove them.
  ///
  /// @throws FilterRefusalException if it cannot be told which; nothing leaves then
  List<UpdateFilter> after(JobDefinition job) throws FilterRefusalException;

  /// How often what decisions rest on has changed.
  default long changeCount() {
    return 0;
  }

  /// Waits until a decision may be another.
  ///
  /// @param seen the count before the decision was asked for
  /// @throws InterruptedException if the thread is interrupted first
  default void await(long seen) throws InterruptedException {
    Thread.sleep(1000);
  }

  /// What this site sets a task of this job besides what the job asks for.
  default TaskLimits limits(JobDefinition job) {
    return TaskLimits.NONE;
  }

  /// What of the statistics of this job's dataset may leave; empty if that cannot be told, so that
  /// nothing does.
  Optional<StatisticsRules> statistics(JobDefinition job);

  /// The Python that jobs run on here; empty if there is none.
  default Optional<Path> python() {
    return Optional.empty();
  }

  /// What this site sets for an algorithm, whatever a job says.
  default Arguments settings(AlgorithmDefinition algorithm) {
    return Arguments.none();
  }

  /// The folder in which this site keeps sample pictures of a job; empty if it keeps none.
  default Optional<Path> samples(JobId job) {
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

  /// Not now; whoever asked is to [#await] and to ask again.
  ///
  /// @param reason one sentence that may leave the site
  record Held(String reason) implements Decision {}

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
