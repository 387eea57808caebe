package org.wardfl.proto.task;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.wardfl.proto.PlainText;
import org.wardfl.proto.job.JobId;

/// What a site is doing, offers and has decided, whole.
///
/// The tasks are for people to look at. Capacity and decisions are what the server gives out work
/// by; the site's own last word is said again with every task.
///
/// @param tasks the tasks in work
/// @param capacity what the site offers; empty if it does not say, then it is asked for anything
/// @param jobs what the site has decided about jobs that it was shown, each job at most once
public record ObservedState(
    List<ObservedTask> tasks, Optional<SiteCapacity> capacity, List<ObservedJob> jobs) {

  static final int LONGEST_REASON = 500;
  private static final int MOST_JOBS = DesiredState.MOST_JOBS;

  /// Copies.
  ///
  /// @throws IllegalArgumentException if a job occurs twice, or there are more than 10,000
  public ObservedState {
    tasks = List.copyOf(tasks);
    jobs = List.copyOf(jobs);
    var seen = new HashSet<JobId>();
    if (jobs.size() > MOST_JOBS || !jobs.stream().allMatch(job -> seen.add(job.id()))) {
      throw new IllegalArgumentException(
          "decisions about " + jobs.size() + " jobs; expected at most " + MOST_JOBS + ", one each");
    }
  }

  /// What a site says of one job.
  ///
  /// @param id which
  /// @param decision what it has decided
  /// @param reason one sentence that may leave the site, empty for ADMITTED; made plain, at most
  ///   500 characters
  public record ObservedJob(JobId id, Decision decision, String reason) {

    /// Makes the reason plain.
    public ObservedJob {
      reason = PlainText.of(reason, LONGEST_REASON);
    }
  }

  /// What a site can decide about a job.
  public enum Decision {
    /// It may run here.
    ADMITTED,
    /// It may not, whatever happens.
    REFUSED,
    /// It may when somebody at the site has approved it.
    AWAITING_APPROVAL,
    /// It may, but somebody at the site has paused it.
    PAUSED
  }

  /// One task in work.
  ///
  /// @param key which
  /// @param activity what it is at
  /// @param fraction how far, 0 to 1
  public record ObservedTask(TaskKey key, Activity activity, double fraction) {}

  /// What a site is at.
  public enum Activity {
    /// Getting the model.
    FETCHING,
    /// The algorithm runs.
    RUNNING,
    /// Sending the result.
    DELIVERING
  }
}
