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
/// again: MONAI's own resumes half an epoch after an abort, or trains nothing. A call that returns
/// although the task was aborted is the last one before [ClientAlgo#shutdown].
///
/// [#run] is for one thread at a time, [#abort] and [#close] are for any.
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
  // Of the algorithm's own thread.
  private boolean initialized;

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
    lock.lock();
    try {
      if (state != State.NEW && state != State.IDLE) {
        throw new IllegalStateException(
            "a task needs an algorithm that is NEW or IDLE; this one is " + state);
      }
      state = State.RUNNING;
      result = null;
      worker.execute(() -> perform(request));
    } finally {
      lock.unlock();
    }
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

  /// Aborts a running task, and shuts the algorithm down on its own thread, if it was ever
  /// initialized. An algorithm that was given up is shut down if it ever ends.
  ///
  /// Waits for that as long as the grace allows, also when interrupted; but the shutdown is made in
  /// any case, if need be later.
  @Override
  public void close() {
    boolean stuck;
    Duration patience;
    lock.lock();
    try {
      if (state == State.CLOSED) {
        return;
      }
      if (state != State.NEW) {
        worker.execute(this::shutdownAlgorithm);
      }
      worker.shutdown();
      stuck = state == State.TAINTED && thread != null;
      patience = state == State.RUNNING ? grace.hard().plus(grace.soft()) : grace.soft();
      if (state == State.RUNNING && cause == null) {
        cause = AbortCause.SHUTDOWN;
        changed.signalAll();
      }
      state = State.CLOSED;
    } finally {
      lock.unlock();
    }
    if (!stuck) {
      awaitShutdown(patience);
    }
  }

  private void perform(TaskRequest request) {
    setThread(Thread.currentThread());
    TaskResult outcome;
    try {
      if (!initialized && !signal.isSet()) {
        initialized = true;
        algo.initialize(context);
      }
      outcome = new TaskSteps(algo, request, signal).run();
    } catch (Throwable e) {
      // The outermost frame of foreign code.
      outcome = TaskSteps.notReady(e);
    }
    finish(request, outcome);
  }

  // A task that failed or was aborted leaves no file; that is so before anybody learns its end.
  private void finish(TaskRequest request, TaskResult outcome) {
    lock.lock();
    try {
      boolean stands = cause == null && !(outcome instanceof TaskResult.Failed);
      if (!stands) {
        discard(request.updateOut());
        discard(request.stateOut());
      }
      thread = null;
      // The interruption was meant for the task, not for the shutdown that follows on this thread.
      Thread.interrupted();
      result = cause == null ? outcome : new TaskResult.Aborted(cause, false);
      if (state == State.RUNNING) {
        state = stands ? State.IDLE : State.TAINTED;
      }
      changed.signalAll();
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
    if (state == State.RUNNING) {
      state = State.TAINTED;
    }
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
    if (!initialized) {
      return;
    }
    setThread(Thread.currentThread());
    try {
      algo.shutdown();
    } catch (Throwable _) {
      // The outermost frame of foreign code; the algorithm is thrown away in any case.
      return;
    } finally {
      setThread(null);
    }
  }

  private void awaitShutdown(Duration patience) {
    boolean interrupted = false;
    long end = System.nanoTime() + patience.toNanos();
    boolean over = false;
    for (long left = patience.toNanos(); !over && left > 0; left = end - System.nanoTime()) {
      try {
        over = worker.awaitTermination(left, TimeUnit.NANOSECONDS);
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    if (!over) {
      interruptCall();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  // Not ExecutorService.shutdownNow, which would drop a shutdown that has not begun yet.
  private void interruptCall() {
    lock.lock();
    try {
      if (thread != null) {
        thread.interrupt();
      }
    } finally {
      lock.unlock();
    }
  }

  private void setThread(@Nullable Thread current) {
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
