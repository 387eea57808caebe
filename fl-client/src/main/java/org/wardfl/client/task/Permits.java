package org.wardfl.client.task;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;

/// How many tasks may work at once, and on which GPUs; shared by all agents of a process. First
/// come, first served.
public final class Permits {

  private final Semaphore places;
  private final Queue<Integer> gpus;
  private final int gpuCount;

  /// So many at once, on machines without a GPU.
  public Permits(int count) {
    this(count, List.of());
  }

  /// So many at once, each with as many of these GPUs as it asks for, for itself alone.
  public Permits(int count, List<Integer> gpus) {
    this.places = new Semaphore(count, true);
    this.gpus = new ArrayDeque<>(gpus);
    this.gpuCount = gpus.size();
  }

  /// A place, and the GPUs that come with it; given back when closed.
  final class Permit implements AutoCloseable {

    private final List<Integer> own;

    private Permit(List<Integer> own) {
      this.own = own;
    }

    List<Integer> gpus() {
      return own;
    }

    @Override
    public void close() {
      giveBack(own);
      places.release();
    }
  }

  /// Whether so many GPUs can ever be had.
  boolean canGive(int gpusWanted) {
    return gpusWanted <= gpuCount;
  }

  /// Waits for a place, then for the GPUs.
  ///
  /// @param gpusWanted no more than [#canGive] allows
  /// @throws InterruptedException if the thread is interrupted first
  Permit acquire(int gpusWanted) throws InterruptedException {
    places.acquire();
    try {
      return new Permit(take(gpusWanted));
    } catch (InterruptedException e) {
      places.release();
      throw e;
    }
  }

  private synchronized List<Integer> take(int gpusWanted) throws InterruptedException {
    while (gpus.size() < gpusWanted) {
      wait();
    }
    return Stream.generate(gpus::remove).limit(gpusWanted).toList();
  }

  private synchronized void giveBack(List<Integer> own) {
    gpus.addAll(own);
    notifyAll();
  }
}
