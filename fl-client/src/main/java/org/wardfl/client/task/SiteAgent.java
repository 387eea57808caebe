package org.wardfl.client.task;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardfl.algo.AbortCause;
import org.wardfl.client.audit.SiteAudit;
import org.wardfl.client.host.AlgorithmHost;
import org.wardfl.client.link.ServerLink;
import org.wardfl.client.policy.SitePolicy;
import org.wardfl.client.state.ResultStore;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.task.DesiredState;
import org.wardfl.proto.task.ObservedState;
import org.wardfl.proto.task.SiteCapacity;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.proto.task.TaskKey;

/// One site's agent: starts what the server wants and is not under way, stops what it no longer
/// wants.
///
/// Idle it holds no thread. Each task in work has one thread of the executor; how many work at once
/// is up to the permits. A job's next task waits until the algorithm of one that was stopped has
/// ended or is given up.
public final class SiteAgent implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SiteAgent.class);

  private final ServerLink link;
  private final TaskWork.Tools tools;
  private final ExecutorService executor;
  private final Supplier<Optional<SiteCapacity>> capacity;
  private final Considerations considerations;
  private final Map<TaskKey, TaskWork> working = new HashMap<>();
  private final Set<JobId> jobs = new HashSet<>();
  private final AtomicBoolean told = new AtomicBoolean();
  private long epoch;
  private long ended;
  private boolean closed;

  /// An agent; it begins with [#start].
  ///
  /// @param link to the server
  /// @param jobs brings jobs here and decides whether they are let in
  /// @param policy the site's last word
  /// @param host runs algorithms
  /// @param results keeps what is done
  /// @param permits lets so many tasks work at once
  /// @param audit where it is recorded what begins, is refused and leaves
  /// @param executor one thread per task in work; virtual threads do
  /// @param capacity what the site offers now; one that does not say is asked for anything, and
  ///   decides about a job when its first task comes
  public SiteAgent(
      ServerLink link,
      JobFiles jobs,
      SitePolicy policy,
      AlgorithmHost host,
      ResultStore results,
      Permits permits,
      SiteAudit audit,
      ExecutorService executor,
      Supplier<Optional<SiteCapacity>> capacity) {
    this.link = link;
    this.tools = new TaskWork.Tools(link, jobs, policy, host, results, permits, audit);
    this.executor = executor;
    this.capacity = capacity;
    this.considerations = new Considerations(jobs, executor, this::tell);
  }

  /// Begins to converge, now and whenever the desired state changes.
  public void start() {
    tell();
    link.watch(this::changed);
    changed();
  }

  /// Whoever tells the agent is not kept waiting; several changes are looked at once.
  private void changed() {
    if (told.compareAndSet(false, true)) {
      try {
        executor.execute(this::converge);
      } catch (RejectedExecutionException _) {
        // The process is ending.
        return;
      }
    }
  }

  /// Compares what is wanted with what is under way; the same whether a message was lost, repeated
  /// or overtaken.
  private synchronized void converge() {
    told.set(false);
    var desired = link.desired();
    if (closed || desired.epoch() == 0) {
      return;
    }
    if (desired.epoch() < epoch) {
      tools
          .audit()
          .refusedServer(
              "desired state",
              "EPOCH",
              "a server of epoch " + desired.epoch() + ", after one of epoch " + epoch);
      return;
    }
    if (epoch == 0) {
      // What an earlier start of this agent left behind of jobs that have ended since.
      jobs.addAll(tools.results().jobs());
    }
    epoch = desired.epoch();
    var wanted = new HashMap<TaskKey, TaskAssignment>();
    var running = new HashMap<JobId, DesiredState.DesiredJob>();
    for (var job : desired.jobs()) {
      running.put(job.id(), job);
      job.tasks().forEach(task -> wanted.put(task.key(), task));
    }
    working.forEach((key, work) -> {
      if (!wanted.containsKey(key)) {
        work.abort(AbortCause.REQUESTED);
      }
    });
    if (capacity.get().isPresent()) {
      considerations.want(desired.jobs());
    }
    endJobs(running.keySet());
    wanted.forEach((key, task) -> {
      var job = running.get(key.job());
      if (job != null && !working.containsKey(key) && !isStopping(job.id())) {
        start(job, task);
      }
    });
  }

  // An algorithm that does not stop keeps its place until it is given up; with a task for every
  // round it would have all places, and in the simulator those of other sites.
  private boolean isStopping(JobId job) {
    return working.entrySet().stream()
        .anyMatch(entry -> entry.getKey().job().equals(job) && entry.getValue().isStopping());
  }

  private void endJobs(Set<JobId> running) {
    for (var job : new HashSet<>(jobs)) {
      if (!running.contains(job)) {
        jobs.remove(job);
        ended++;
        tools.host().end(job);
        if (working.keySet().stream().noneMatch(key -> key.job().equals(job))) {
          forget(job);
        }
      }
    }
    jobs.addAll(running);
  }

  private void start(DesiredState.DesiredJob job, TaskAssignment task) {
    var work = new TaskWork(tools, job, task, this::tell);
    working.put(task.key(), work);
    executor.execute(() -> {
      try {
        work.run();
      } finally {
        done(work, task.key());
        tell();
      }
    });
  }

  private synchronized void done(TaskWork work, TaskKey key) {
    working.remove(key);
    if (!jobs.contains(key.job())
        && working.keySet().stream().noneMatch(other -> other.job().equals(key.job()))) {
      forget(key.job());
    }
    boolean again = !work.isLate() && isWanted(link.desired(), key);
    if (!closed && (again || work.isAborted())) {
      // It could not be delivered, or the desired state has not followed yet. To one that came too
      // late only another desired state makes a difference, and that is told. The next task of the
      // job may have waited for one that was stopped.
      changed();
    }
  }

  /// Tells the server what this site does, offers and has decided; for whoever has changed what it
  /// offers.
  public void tell() {
    link.observe(this::observed);
  }

  private ObservedState observed() {
    List<ObservedState.ObservedTask> tasks;
    synchronized (this) {
      tasks = working.values().stream().map(TaskWork::observed).toList();
    }
    return new ObservedState(tasks, capacity.get(), considerations.decided());
  }

  /// Decides anew about every job that is shown to this site, and tells what has changed; for
  /// whoever has changed what decisions rest on.
  public void reconsider() {
    considerations.again();
  }

  /// How many jobs have ended here, since the start.
  public synchronized long ended() {
    return ended;
  }

  /// How many tasks are in work.
  public synchronized int tasks() {
    return Math.toIntExact(working.values().stream().filter(TaskWork::isRunning).count());
  }

  /// Whether a task of this job is in work.
  public synchronized boolean works(JobId job) {
    return working.entrySet().stream()
        .anyMatch(entry -> entry.getKey().job().equals(job) && entry.getValue().isRunning());
  }

  /// Stops a job's tasks; those that the server still wants begin anew, and are decided about anew.
  public synchronized void restart(JobId job) {
    working.forEach((key, work) -> {
      if (key.job().equals(job)) {
        work.abort(AbortCause.REQUESTED);
      }
    });
  }

  private void forget(JobId job) {
    tools.jobs().end(job);
    try {
      tools.results().forget(job);
    } catch (IOException e) {
      LOG.atWarn()
          .addKeyValue("job", job)
          .setCause(e)
          .log("results of an ended job could not be deleted");
    }
  }

  private static boolean isWanted(DesiredState desired, TaskKey key) {
    return desired.jobs().stream()
        .flatMap(job -> job.tasks().stream())
        .anyMatch(task -> task.key().equals(key));
  }

  /// Stops every task; what is done stays stored.
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      considerations.close();
      new ArrayList<>(working.values()).forEach(work -> work.abort(AbortCause.SHUTDOWN));
    }
  }
}
