package org.wardfl.server;

import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.job.JobStatus;
import org.wardfl.proto.job.WorkflowDefinition;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.proto.task.TaskKey;
import org.wardfl.proto.task.TaskOutcome;
import org.wardfl.server.job.Answer;
import org.wardfl.server.job.JobEngine;
import org.wardfl.server.job.JobEvent;
import org.wardfl.server.job.JobState;
import org.wardfl.server.result.RunHistory;
import org.wardfl.server.schedule.QueuedJob;

/// One job in memory: its state, its history, and what is under way for it. All but `lock` and
/// `submitted`, which never changes, is guarded by `lock`; methods that do not say otherwise are
/// called under it.
///
/// The lock is held from a decision until its events are durable, applied and shown to the sites
/// and listeners, so that all see them in order. It is taken after that of the [JobQueue] and that
/// of the claims in the blob store, before those of a [SiteDesk] and of the event store. Nobody
/// takes it who holds that of another job, but a second submission of the same id, known to nobody.
final class JobRun {

  final ReentrantLock lock = new ReentrantLock();

  final JobEvent.Submitted submitted;
  final RunHistory history;
  final Set<String> reducing = new HashSet<>();
  final SortedSet<SiteName> taken = new TreeSet<>();
  JobState state;
  long sequence = 1;
  boolean durable;
  boolean deleted;

  /// Whether its models are in its results only, not among the files of the store.
  boolean released;

  Runnable cancelAlarm = () -> {};

  /// Open when the job has ended, or there is an obstacle.
  CountDownLatch ended = new CountDownLatch(1);

  @Nullable IOException obstacle;

  JobRun(JobEvent.Submitted submitted) {
    this.submitted = submitted;
    this.history = new RunHistory(submitted);
    this.state = JobEngine.begin(submitted);
  }

  JobId id() {
    return submitted.id();
  }

  /// Whether the submission is durable; waits, for the lock, for one that is under way.
  boolean isDurable() {
    lock.lock();
    try {
      return durable;
    } finally {
      lock.unlock();
    }
  }

  /// Waits until the job has ended and its results are written. Not under the lock.
  ///
  /// @throws IOException the obstacle, if there is one
  /// @throws InterruptedException if the thread is interrupted
  void await() throws IOException, InterruptedException {
    boolean over = false;
    while (!over) {
      ended().await();
      lock.lock();
      try {
        if (obstacle != null) {
          throw obstacle;
        }
        over = ended.getCount() == 0;
      } finally {
        lock.unlock();
      }
    }
  }

  /// The job has ended and all is written: what stood in the way before does not any more. Takes
  /// the lock.
  void overcome() {
    lock.lock();
    try {
      obstacle = null;
    } finally {
      lock.unlock();
    }
  }

  /// The newest latch: going on after an obstacle makes another one. Takes the lock.
  CountDownLatch ended() {
    lock.lock();
    try {
      return ended;
    } finally {
      lock.unlock();
    }
  }

  void apply(JobEvent event) {
    state = JobEngine.apply(state, event);
    history.add(event);
    deleted |= event instanceof JobEvent.Deleted;
    if (event instanceof JobEvent.SitesTaken(var sites, _)) {
      taken.addAll(sites);
    }
    sequence++;
  }

  /// Whether sites of the job may still join it.
  boolean isPartial() {
    return !taken.isEmpty() && taken.size() < submitted.definition().sites().size();
  }

  /// The task of that name, if its answer may still count.
  Optional<TaskAssignment> openTask(TaskKey key) {
    return openRound().flatMap(round -> round.task(key));
  }

  /// The round whose answers are waited for.
  Optional<JobState.OpenRound> openRound() {
    return state.open().filter(round -> !round.closed());
  }

  /// The job as the scheduler sees it.
  QueuedJob queued() {
    var asked = new TreeSet<SiteName>();
    boolean enough = false;
    var open = openRound();
    if (open.isPresent()) {
      var round = open.get();
      round.plan().tasks().stream()
          .filter(task -> !round.answers().containsKey(task.key()))
          .forEach(task -> asked.add(task.key().site()));
      var closing = round.plan().closing();
      var accepted = JobEngine.sites(round.accepted());
      enough =
          accepted.size() >= closing.minAccepted() && accepted.containsAll(closing.mandatory());
    }
    return new QueuedJob(
        id(),
        submitted.definition(),
        submitted.at(),
        state.status() == JobStatus.RUNNING,
        taken,
        asked,
        enough);
  }

  WorkflowDefinition workflow() {
    return state.definition().workflows().get(state.workflow());
  }

  /// Files that an event made this job refer to no longer.
  Set<ModelHash> superseded(JobState before) {
    var files = live(before);
    files.removeAll(live(state));
    return files;
  }

  /// Files that the job still needs.
  Set<ModelHash> live() {
    var live = released ? new HashSet<ModelHash>() : live(state);
    submitted.jobPackage().ifPresent(file -> live.add(file.hash()));
    if (state.startedAt().isEmpty()) {
      submitted.initialModel().ifPresent(live::add);
    }
    return live;
  }

  private static Set<ModelHash> live(JobState state) {
    var live = new HashSet<>(state.models().values());
    state.bests().values().forEach(best -> live.add(best.model()));
    state
        .open()
        .ifPresent(round -> {
          live.addAll(round.received().values());
          for (var answer : round.answers().values()) {
            if (answer instanceof Answer.Accepted(var outcome, _)) {
              file(outcome).ifPresent(live::add);
            }
          }
        });
    return live;
  }

  /// The file that an outcome names, if it names one.
  static Optional<ModelHash> file(TaskOutcome outcome) {
    return switch (outcome) {
      case TaskOutcome.Initialized(var model) -> Optional.of(model.hash());
      case TaskOutcome.Trained trained -> Optional.of(trained.update().hash());
      case TaskOutcome.Evaluated _,
          TaskOutcome.Described _,
          TaskOutcome.Declined _,
          TaskOutcome.Failed _ ->
          Optional.empty();
    };
  }
}
