package org.wardfl.server.job;

import java.util.EnumSet;
import java.util.Set;
import org.wardfl.proto.job.JobStatus;

/// Which event can follow in which state: the one table of a job's life.
///
/// | event | from | to |
/// |---|---|---|
/// | Submitted | nothing | SUBMITTED |
/// | Started | SUBMITTED | RUNNING |
/// | SitesTaken | SUBMITTED, RUNNING | the same |
/// | RoundOpened, TaskAnswered, RoundClosed, UpdatesCompared, ModelPublished, BestModelChosen | RUNNING | RUNNING |
/// | Ended | SUBMITTED, RUNNING | COMPLETED, ABORTED or FAILED |
/// | Deleted | COMPLETED, ABORTED, FAILED | the same |
///
/// WAITING is in no journal: it is what people are told of a job that is SUBMITTED or RUNNING while
/// [org.wardfl.server.schedule.Scheduler] knows something that it waits for.
final class JobTransitions {

  private static final Set<JobStatus> BEGUN = EnumSet.of(JobStatus.RUNNING);
  private static final Set<JobStatus> OPEN = EnumSet.of(JobStatus.SUBMITTED, JobStatus.RUNNING);
  private static final Set<JobStatus> ENDED =
      EnumSet.of(JobStatus.COMPLETED, JobStatus.ABORTED, JobStatus.FAILED);

  private JobTransitions() {}

  /// Refuses an event that cannot follow.
  ///
  /// @throws IllegalStateException if it cannot, which means that the stream is damaged
  static void require(JobState state, JobEvent event) {
    if (!from(event).contains(state.status())) {
      throw new IllegalStateException(
          "job "
              + state.id()
              + (state.status().isEnded() ? " has ended as " : " is ")
              + state.status()
              + ", but its stream goes on with "
              + event);
    }
  }

  private static Set<JobStatus> from(JobEvent event) {
    return switch (event) {
      case JobEvent.Submitted _ -> Set.of();
      case JobEvent.Started _ -> EnumSet.of(JobStatus.SUBMITTED);
      case JobEvent.SitesTaken _, JobEvent.Ended _ -> OPEN;
      case JobEvent.RoundOpened _,
          JobEvent.TaskAnswered _,
          JobEvent.RoundClosed _,
          JobEvent.ModelPublished _,
          JobEvent.BestModelChosen _,
          JobEvent.UpdatesCompared _ ->
          BEGUN;
      case JobEvent.Deleted _ -> ENDED;
    };
  }
}
