package org.wardfl.algo.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.wardfl.algo.AbortCause;
import org.wardfl.algo.AbortSignal;
import org.wardfl.algo.AlgoContext;
import org.wardfl.algo.ClientAlgo;

/// Owns one algorithm instance: the order of its calls, the one thread that makes them, and how it
/// is stopped.
///
/// An abort goes in four steps: the signal is set and [ClientAlgo#abort] called; after the soft
/// grace the algorithm's thread is interrupted; after the hard grace it is given up. Whatever an
/// aborted algorithm returns is dropped, and an algorithm that was aborted or failed is never used
/// again: MONAI's own resumes half an epoch after an abort, or trains nothing.
///
/// [#run] is for one thread at a time, [#abort] for any.
public final class AlgoRunner implements AutoCloseable {

  /// What may be done with the algorithm.
  private enum State {
    NEW,
    IDLE,
    RUNNING,
    TAINTED,
    CLOSED
  }

  private final ClientAlgo algo;
  private final AlgoContext context;
  private final Grace grace;
  private final ExecutorService worker;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final AbortSignal signal = this::cause;
  private State state = State.NEW;
  private @Nullable AbortCause cause;
  private @Nullable TaskResult result;
  private @Nullable Thread thread;

  /// Takes over an algorithm that has not been used.
  ///
  /// @param grace how long it is waited for when it should stop
  public AlgoRunner(ClientAlgo algo, AlgoContext context, Grace grace) {
    this.algo = algo;
    this.context = context;
    this.grace = grace;
    this.worker =
        Executors.newSingleThreadExecutor(task -> {
          var made = new Thread(task, "algo-" + context.site());
          made.setDaemon(true);
          return made;
        });
  }

  /// Does a task and waits for its end. Nothing that the algorithm does comes out of here as an
  /// exception.
  ///
  /// @throws IllegalStateException if a task runs already, or the algorithm was aborted, failed or
  ///   is closed
  public TaskResult run(TaskRequest request) {
    boolean initialize;
    lock.lock();
    try {
      if (state != State.NEW && state != State.IDLE) {
        throw new IllegalStateException(
            "a task needs an algorithm that is NEW or IDLE; this one is " + state);
      }
      initialize = state == State.NEW;
      state = State.RUNNING;
      result = null;
    } finally {
      lock.unlock();
    }
    worker.execute(() -> perform(request, initialize));
    return await();
  }

  /// Stops the running task, or forbids any further one.
  public void abort(AbortCause why) {
    lock.lock();
    try {
      if (cause != null || state == State.CLOSED) {
        return;
      }
      cause = why;
      if (state != State.RUNNING) {
        state = State.TAINTED;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Shuts the algorithm down on its own thread, unless that thread is stuck; waits at most the
  /// soft grace for it.
  @Override
  public void close() {
    boolean shutdown;
    lock.lock();
    try {
      if (state == State.CLOSED) {
        return;
      }
      shutdown = state != State.NEW && (thread == null || state != State.RUNNING);
      state = State.CLOSED;
    } finally {
      lock.unlock();
    }
    if (shutdown) {
      worker.execute(this::shutdownAlgorithm);
    }
    worker.shutdown();
    awaitWorker();
  }

  private void perform(TaskRequest request, boolean initialize) {
    setThread(Thread.currentThread());
    TaskResult outcome;
    try {
      if (initialize) {
        algo.initialize(context);
      }
      outcome = new TaskSteps(algo, request, signal).run();
    } catch (Throwable e) {
      // The outermost frame of foreign code.
      outcome = TaskSteps.notReady(e);
    }
    if (!finish(outcome)) {
      discard(request.updateOut());
      discard(request.stateOut());
    }
  }

  // Whether the outcome stands; a task that failed or was aborted leaves no file.
  private boolean finish(TaskResult outcome) {
    lock.lock();
    try {
      thread = null;
      // The interruption was meant for the task, not for the shutdown that follows on this thread.
      Thread.interrupted();
      result = cause == null ? outcome : new TaskResult.Aborted(cause, false);
      if (state == State.RUNNING) {
        state =
            cause == null && !(outcome instanceof TaskResult.Failed) ? State.IDLE : State.TAINTED;
      }
      changed.signalAll();
      return cause == null && !(outcome instanceof TaskResult.Failed);
    } finally {
      lock.unlock();
    }
  }

  private static void discard(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException _) {
      // It stays in a scratch folder that is deleted as a whole.
      return;
    }
  }

  private TaskResult await() {
    boolean interrupted = false;
    lock.lock();
    try {
      while (result == null && cause == null) {
        try {
          changed.await();
        } catch (InterruptedException _) {
          interrupted = true;
          cause = AbortCause.SHUTDOWN;
        }
      }
      return result != null ? result : awaitStop();
    } finally {
      lock.unlock();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  // Under the lock, with a cause set and no result yet.
  private TaskResult awaitStop() {
    var why = java.util.Objects.requireNonNull(cause);
    var caller =
        Thread.ofPlatform()
            .daemon()
            .name("algo-abort-" + context.site())
            .unstarted(() -> callAbort(why));
    caller.start();
    var stopped = awaitResult(grace.soft());
    if (stopped == null) {
      if (thread != null) {
        thread.interrupt();
      }
      stopped = awaitResult(grace.hard().minus(grace.soft()));
    }
    if (stopped != null) {
      return stopped;
    }
    state = State.TAINTED;
    return new TaskResult.Aborted(why, true);
  }

  private @Nullable TaskResult awaitResult(Duration time) {
    long left = time.toNanos();
    boolean interrupted = false;
    while (result == null && left > 0) {
      try {
        left = changed.awaitNanos(left);
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return result;
  }

  private void callAbort(AbortCause why) {
    try {
      algo.abort(why);
    } catch (RuntimeException | Error _) {
      // The signal is set and the interruption follows; a failing abort() changes neither.
      return;
    }
  }

  private void shutdownAlgorithm() {
    try {
      algo.shutdown();
    } catch (Throwable _) {
      // The outermost frame of foreign code; the algorithm is thrown away in any case.
      return;
    }
  }

  private void awaitWorker() {
    try {
      if (!worker.awaitTermination(grace.soft().toNanos(), TimeUnit.NANOSECONDS)) {
        worker.shutdownNow();
      }
    } catch (InterruptedException _) {
      worker.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  private void setThread(Thread current) {
    lock.lock();
    try {
      thread = current;
    } finally {
      lock.unlock();
    }
  }

  private Optional<AbortCause> cause() {
    lock.lock();
    try {
      return Optional.ofNullable(cause);
    } finally {
      lock.unlock();
    }
  }
}
