package org.wardfl.client.task;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.wardfl.client.link.LinkException;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.task.DesiredState;
import org.wardfl.proto.task.ObservedState;
import org.wardfl.proto.task.ObservedState.Decision;

/// What the site thinks of each job that the server shows it, before there is a task of it.
///
/// A job is looked at once, on a thread of its own, and again when somebody asks for that. What
/// comes out is told to the server; it binds nobody: every task asks again. Thread-safe.
final class Considerations {

  private static final Logger LOG = LoggerFactory.getLogger(Considerations.class);
  private static final Duration FIRST_RETRY = Duration.ofMillis(100);
  private static final Duration LAST_RETRY = Duration.ofSeconds(5);

  private final JobFiles files;
  private final Executor executor;
  private final Runnable onChange;
  private final Map<JobId, DesiredState.DesiredJob> wanted = new HashMap<>();
  private final Map<JobId, ObservedState.ObservedJob> decided = new HashMap<>();
  private final Map<JobId, Boolean> underWay = new HashMap<>();
  private boolean closed;

  /// @param files judges a job
  /// @param onChange runs when a decision is new or another
  Considerations(JobFiles files, Executor executor, Runnable onChange) {
    this.files = files;
    this.executor = executor;
    this.onChange = onChange;
  }

  /// The jobs that are shown to the site now, all of them; about others nothing is said any more.
  void want(List<DesiredState.DesiredJob> jobs) {
    var fresh = new HashSet<JobId>();
    synchronized (this) {
      var before = new HashSet<>(wanted.keySet());
      wanted.clear();
      jobs.forEach(job -> wanted.put(job.id(), job));
      decided.keySet().retainAll(wanted.keySet());
      wanted.keySet().stream().filter(id -> !before.contains(id)).forEach(fresh::add);
    }
    fresh.forEach(this::consider);
  }

  /// Looks at every job anew.
  void again() {
    List<JobId> all;
    synchronized (this) {
      all = List.copyOf(wanted.keySet());
    }
    all.forEach(this::consider);
  }

  /// What is decided so far.
  synchronized List<ObservedState.ObservedJob> decided() {
    return List.copyOf(decided.values());
  }

  synchronized void close() {
    closed = true;
    wanted.clear();
  }

  private void consider(JobId id) {
    synchronized (this) {
      if (underWay.containsKey(id)) {
        // Whoever is at it looks once more when done: what it has read may be old.
        underWay.put(id, true);
        return;
      }
      underWay.put(id, false);
    }
    try {
      executor.execute(() -> work(id));
    } catch (RejectedExecutionException _) {
      forget(id);
      LOG.atDebug().addKeyValue("job", id).log("the process is ending");
    }
  }

  private void work(JobId id) {
    boolean finished = false;
    try {
      do {
        decide(id);
      } while (isAskedAgain(id));
      finished = true;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      if (!finished) {
        // Nobody is at it any more, however that came: whoever asks next begins anew.
        forget(id);
      }
    }
  }

  private synchronized void forget(JobId id) {
    underWay.remove(id);
  }

  private synchronized boolean isAskedAgain(JobId id) {
    if (Boolean.TRUE.equals(underWay.get(id))) {
      underWay.put(id, false);
      return true;
    }
    underWay.remove(id);
    return false;
  }

  private void decide(JobId id) throws InterruptedException {
    var pause = FIRST_RETRY;
    boolean failed = false;
    while (true) {
      DesiredState.DesiredJob job;
      synchronized (this) {
        job = closed ? null : wanted.get(id);
      }
      if (job == null) {
        return;
      }
      try {
        keep(observed(id, files.admit(job)));
        return;
      } catch (LinkException e) {
        LOG.atDebug().addKeyValue("job", id).setCause(e).log("a job cannot be looked at yet");
      } catch (RuntimeException e) {
        // The outermost frame of the thread: a job without a decision would wait for ever.
        LOG.atLevel(failed ? Level.DEBUG : Level.ERROR)
            .addKeyValue("job", id)
            .setCause(e)
            .log("looking at a job failed; it is tried again");
        failed = true;
      }
      Thread.sleep(pause);
      pause = pause.multipliedBy(2).compareTo(LAST_RETRY) < 0 ? pause.multipliedBy(2) : LAST_RETRY;
    }
  }

  private void keep(ObservedState.ObservedJob now) {
    boolean ended;
    boolean known;
    synchronized (this) {
      ended = !wanted.containsKey(now.id()) && !closed;
      known = !wanted.containsKey(now.id()) || now.equals(decided.put(now.id(), now));
    }
    if (ended) {
      // It ended while it was looked at; what was unpacked since must go, too.
      files.end(now.id());
    }
    if (!known) {
      onChange.run();
    }
  }

  private static ObservedState.ObservedJob observed(JobId id, JobFiles.Decision decision) {
    return switch (decision) {
      case JobFiles.Admitted _ -> new ObservedState.ObservedJob(id, Decision.ADMITTED, "");
      case JobFiles.Waiting(var reason) ->
          new ObservedState.ObservedJob(id, Decision.AWAITING_APPROVAL, reason);
      case JobFiles.Refused(var reason) ->
          new ObservedState.ObservedJob(id, Decision.REFUSED, reason);
    };
  }
}
