package org.wardfl.aggregator;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

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
  /// @param taker is called on the calling thread
  <T> InOrder<T> inOrder(Taker<T> taker) {
    return new InOrder<>(this, taker);
  }

  /// Tasks under way; closing waits until none of them runs any more.
  ///
  /// @param <T> what a task gives
  static final class InOrder<T> implements AutoCloseable {

    private final Workers workers;
    private final Taker<T> taker;
    private final ArrayDeque<Future<T>> running = new ArrayDeque<>();

    private InOrder(Workers workers, Taker<T> taker) {
      this.workers = workers;
      this.taker = taker;
    }

    void submit(Callable<T> task) throws IOException, InterruptedException {
      makeRoom();
      running.add(workers.pool().submit(task));
    }

    /// Takes the oldest result if no further task may begin before.
    void makeRoom() throws IOException, InterruptedException {
      if (running.size() >= workers.atOnce()) {
        takeOldest();
      }
    }

    void finish() throws IOException, InterruptedException {
      while (!running.isEmpty()) {
        takeOldest();
      }
    }

    private void takeOldest() throws IOException, InterruptedException {
      try {
        taker.take(running.remove().get());
      } catch (ExecutionException e) {
        switch (e.getCause()) {
          case IOException cause -> throw cause;
          case RuntimeException cause -> throw cause;
          case Error cause -> throw cause;
          case null, default -> throw new IllegalStateException(e);
        }
      }
    }

    // What tasks read is closed next; an interruption is put back afterwards.
    @Override
    public void close() {
      boolean interrupted = false;
      while (!running.isEmpty()) {
        try {
          running.peek().get();
          running.remove();
        } catch (InterruptedException _) {
          interrupted = true;
        } catch (ExecutionException _) {
          running.remove();
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
