package org.wardfl.server;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.proto.job.JobId;
import org.wardfl.server.schedule.QueuedJob;

/// The jobs in memory, and the ids of those that were deleted.
///
/// Thread-safe. Finding a job takes no lock. What asks all jobs takes their locks one after the
/// other: whoever asks holds none of them.
final class JobTable {

  private final Map<JobId, JobRun> jobs = new ConcurrentHashMap<>();
  private final Set<JobId> deleted = ConcurrentHashMap.newKeySet();

  Optional<JobRun> find(JobId id) {
    return Optional.ofNullable(jobs.get(id));
  }

  /// All of them, in no order.
  Collection<JobRun> all() {
    return jobs.values();
  }

  /// Adds a job unless there is one of its id, which then stays and is returned.
  Optional<JobRun> add(JobRun run) {
    return Optional.ofNullable(jobs.putIfAbsent(run.id(), run));
  }

  /// Takes back a job that did not become durable.
  void remove(JobId id) {
    jobs.remove(id);
  }

  /// Knows the job no longer, and its id for ever.
  void delete(JobId id) {
    deleted.add(id);
    jobs.remove(id);
  }

  boolean isDeleted(JobId id) {
    return deleted.contains(id);
  }

  /// Those that have not ended, as the scheduler sees them.
  List<QueuedJob> queued() {
    var queued = new ArrayList<QueuedJob>();
    for (var run : jobs.values()) {
      run.lock.lock();
      try {
        // One whose submission is not durable yet has no events to follow.
        if (!run.state.status().isEnded() && run.durable) {
          queued.add(run.queued());
        }
      } finally {
        run.lock.unlock();
      }
    }
    return queued;
  }

  /// Every file that a job still needs.
  Set<ModelHash> files() {
    return files(_ -> true);
  }

  /// Every file that one of some jobs still needs.
  ///
  /// @param of is asked under the lock of the job
  Set<ModelHash> files(Predicate<JobRun> of) {
    var files = new HashSet<ModelHash>();
    for (var run : jobs.values()) {
      run.lock.lock();
      try {
        if (of.test(run)) {
          files.addAll(run.live());
        }
      } finally {
        run.lock.unlock();
      }
    }
    return files;
  }
}
