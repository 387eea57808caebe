package org.wardfl.aggregator;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;

/// A fixed pool of platform threads for arithmetic.
///
/// @param pool does it
/// @param threads how many of its threads to use, at least 1
public record Workers(ExecutorService pool, int threads) {

  /// Takes the result of a task.
  ///
  /// @param <T> what it is
  interface Taker<T> {
    /// The next result, in the order in which the tasks were given.
    void take(T result) throws IOException;
  }

  /// How many tasks are under way at most: so many that no thread waits for the taker.
  int atOnce() {
    return 4 * threads;
  }

  /// Tasks that are done side by side, a few at once, and whose results are taken in order.
  ///
  /// @param taker is called by whichever thread has done the next task, by one thread at a time
  <T> InOrder<T> inOrder(Taker<T> taker) {
    return new InOrder<>(this, taker);
  }

  /// Tasks under way; closing waits until none of them runs any more.
  ///
  /// There is no thread that only takes: with as many threads as processors it would have to share
  /// one, and the others would wait for it.
  ///
  /// @param <T> what a task gives
  static final class InOrder<T> implements AutoCloseable {

    private final Workers workers;
    private final Taker<T> taker;
    // All that follows is guarded by this object. The tasks that are not taken yet, oldest first.
    private final ArrayDeque<Task> underWay = new ArrayDeque<>();
    private int awaited;
    private boolean taking;
    private boolean ending;
    private Optional<Throwable> failure = Optional.empty();

    private InOrder(Workers workers, Taker<T> taker) {
      this.workers = workers;
      this.taker = taker;
    }

    /// Gives a task to the pool, when there is room for it.
    ///
    /// @throws IOException if an earlier task or the taker has failed so
    void submit(Callable<T> work) throws IOException, InterruptedException {
      makeRoom();
      var task = new Task(work);
      synchronized (this) {
        underWay.add(task);
      }
      try {
        workers.pool().execute(task);
      } catch (RejectedExecutionException e) {
        synchronized (this) {
          underWay.remove(task);
        }
        throw e;
      }
    }

    /// Waits until a further task may begin.
    synchronized void makeRoom() throws IOException, InterruptedException {
      if (underWay.size() >= workers.atOnce()) {
        // Room for several, so that the caller is not woken for each.
        await(workers.atOnce() / 2);
      }
      rethrow();
    }

    /// Waits until all results are taken.
    synchronized void finish() throws IOException, InterruptedException {
      await(0);
      rethrow();
    }

    // What tasks read is closed next; an interruption is put back afterwards.
    @Override
    public synchronized void close() {
      ending = true;
      boolean interrupted = false;
      while (!underWay.isEmpty()) {
        try {
          await(0);
        } catch (InterruptedException _) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    private void await(int tasks) throws InterruptedException {
      awaited = tasks;
      while (underWay.size() > tasks) {
        wait();
      }
    }

    private void rethrow() throws IOException {
      switch (failure.orElse(null)) {
        case null -> {}
        case IOException cause -> throw cause;
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        case Throwable cause -> throw new IllegalStateException(cause);
      }
    }

    private synchronized boolean goesOn() {
      return !ending && failure.isEmpty();
    }

    private synchronized void fail(Throwable cause) {
      failure = Optional.of(cause);
    }

    /// Takes what is done, as far as nothing before it is still under way. Whoever takes looks
    /// again when it has taken, so what another has done in the meantime is not forgotten.
    private void takeDone() {
      for (var next = next(); next.isPresent(); next = next()) {
        next.get().take();
        synchronized (this) {
          underWay.remove();
          taking = false;
          if (underWay.size() <= awaited) {
            notifyAll();
          }
        }
      }
    }

    private synchronized Optional<Task> next() {
      if (taking || underWay.isEmpty() || !underWay.peek().done) {
        return Optional.empty();
      }
      taking = true;
      return Optional.of(underWay.peek());
    }

    private final class Task implements Runnable {

      private final Callable<T> work;
      private Optional<T> result = Optional.empty();
      private Optional<Throwable> thrown = Optional.empty();
      private boolean done;

      Task(Callable<T> work) {
        this.work = work;
      }

      @Override
      public void run() {
        try {
          if (goesOn()) {
            result = Optional.of(work.call());
          }
        } catch (Throwable e) {
          thrown = Optional.of(e);
        }
        synchronized (InOrder.this) {
          done = true;
        }
        takeDone();
      }

      // Here and not when it is thrown, so that of several failures always the first counts.
      private void take() {
        if (!goesOn()) {
          return;
        }
        try {
          if (result.isPresent()) {
            taker.take(result.get());
          }
        } catch (Throwable e) {
          thrown = Optional.of(e);
        }
        thrown.ifPresent(InOrder.this::fail);
      }
    }
  }
}
