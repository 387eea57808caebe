package org.wardfl.client.host;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardfl.algo.AbortCause;
import org.wardfl.algo.run.Grace;
import org.wardfl.algo.run.TaskResult;
import org.wardfl.client.sandbox.Sandbox;
import org.wardfl.proto.job.JobId;

/// Runs algorithms in processes of their own: a crash, `System.exit` or out-of-memory there ends a
/// task and nothing else.
///
/// A process serves one job, and one task at a time; a task always gets a fresh instance of the
/// algorithm. As many processes are alive as tasks run at once. One that failed, was aborted or
/// died is never used again.
public final class JobProcessHost implements AlgorithmHost {

  private static final Logger LOG = LoggerFactory.getLogger(JobProcessHost.class);

  private final JobProcessCommand command;
  private final Grace grace;
  private final Optional<Sandbox> sandbox;
  private final JobOutput output;
  private final Map<JobId, Deque<JobProcess>> idle = new HashMap<>();
  private final Map<JobId, Integer> starting = new HashMap<>();
  private final Set<JobProcess> busy = new HashSet<>();
  private boolean closed;

  /// A host that starts processes by this command, can confine none, and keeps what they print to
  /// itself.
  public JobProcessHost(JobProcessCommand command, Grace grace) {
    this(command, grace, Optional.empty(), (_, _) -> {});
  }

  /// A host that starts processes by this command.
  ///
  /// @param sandbox confines those that must be; without it they are not started
  /// @param output gets what they print, too
  public JobProcessHost(
      JobProcessCommand command, Grace grace, Optional<Sandbox> sandbox, JobOutput output) {
    this.command = command;
    this.grace = grace;
    this.sandbox = sandbox;
    this.output = output;
  }

  @Override
  public Run prepare(HostedTask task) {
    return new ProcessRun(task);
  }

  /// Starts a process for a job before its first task, without waiting for it; a task that comes in
  /// the meantime takes it as soon as it is ready.
  ///
  /// @param memoryBytes the job's memory
  public void warm(JobId job, long memoryBytes) {
    synchronized (this) {
      starting.merge(job, 1, Integer::sum);
    }
    Thread.ofVirtual()
        .start(() -> {
          try {
            giveBack(job, start(job, new Launch(memoryBytes, List.of(), Optional.empty())));
          } catch (IOException e) {
            // The first task meets the same obstacle and reports it.
            LOG.atDebug()
                .addKeyValue("job", job)
                .setCause(e)
                .log("a process could not be started early");
          } finally {
            started(job);
          }
        });
  }

  private synchronized void started(JobId job) {
    starting.merge(job, -1, Integer::sum);
    notifyAll();
  }

  @Override
  public synchronized void end(JobId job) {
    var processes = idle.remove(job);
    if (processes != null) {
      processes.forEach(JobProcess::close);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    idle.values().forEach(processes -> processes.forEach(JobProcess::close));
    idle.clear();
    // Whoever closes the host has no use for results any more.
    busy.forEach(JobProcess::kill);
    notifyAll();
  }

  private JobProcess take(HostedTask task) throws IOException, InterruptedException {
    var job = task.task().key().job();
    var launch = Launch.of(task);
    synchronized (this) {
      while (true) {
        var processes = idle.getOrDefault(job, new ArrayDeque<>());
        if (closed) {
          throw new IOException("the host of job processes is closed");
        }
        while (!processes.isEmpty()) {
          var process = processes.pop();
          if (process.isUsable() && process.serves(launch)) {
            busy.add(process);
            return process;
          }
          process.close();
        }
        if (starting.getOrDefault(job, 0) == 0) {
          break;
        }
        wait();
      }
    }
    var process = start(job, launch);
    synchronized (this) {
      if (closed) {
        process.close();
        throw new IOException("the host of job processes is closed");
      }
      busy.add(process);
    }
    return process;
  }

  private JobProcess start(JobId job, Launch launch) throws IOException {
    Consumer<String> printed = line -> output.printed(job, line);
    var enclosure = launch.enclosure();
    if (enclosure.isEmpty()) {
      return JobProcess.start(command, job, launch, Optional.empty(), printed);
    }
    if (sandbox.isEmpty()) {
      throw new IOException("a job's own code needs a sandbox here, and there is none");
    }
    var bench = sandbox.get().open(enclosure.get());
    try {
      return JobProcess.start(command, job, launch, Optional.of(bench), printed);
    } catch (IOException e) {
      bench.close();
      throw e;
    }
  }

  private synchronized void giveBack(JobId job, JobProcess process) {
    busy.remove(process);
    if (closed || !process.isUsable()) {
      process.close();
    } else {
      idle.computeIfAbsent(job, _ -> new ArrayDeque<>()).push(process);
      notifyAll();
    }
  }

  private final class ProcessRun implements Run {

    private final HostedTask task;
    private @Nullable JobProcess process;
    private @Nullable AbortCause aborted;

    ProcessRun(HostedTask task) {
      this.task = task;
    }

    @Override
    public Outcome run() {
      JobProcess own;
      try {
        own = take(task);
      } catch (IOException e) {
        LOG.atWarn().setCause(e).log("a job's process did not start");
        // What the system says about a file holds its path.
        return new Died(
            e instanceof FileSystemException
                ? "the job's process did not start"
                : String.valueOf(e.getMessage()));
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return new Finished(new TaskResult.Aborted(AbortCause.SHUTDOWN, false));
      }
      synchronized (this) {
        if (aborted != null) {
          giveBack(task.task().key().job(), own);
          return new Finished(new TaskResult.Aborted(aborted, false));
        }
        process = own;
      }
      var guard = Thread.ofVirtual().start(() -> endAfter(own, task.limits().time()));
      try {
        var outcome = own.run(task);
        return isAborted()
            ? new Finished(new TaskResult.Aborted(AbortCause.REQUESTED, false))
            : outcome;
      } finally {
        guard.interrupt();
        giveBack(task.task().key().job(), own);
      }
    }

    private static void endAfter(JobProcess process, Duration time) {
      try {
        Thread.sleep(time);
        process.end("its task took longer than the " + time.toSeconds() + " s of this site");
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public synchronized void abort(AbortCause cause) {
      aborted = cause;
      if (process != null) {
        process.abort(cause, grace);
      }
    }

    private synchronized boolean isAborted() {
      return aborted != null;
    }
  }
}
