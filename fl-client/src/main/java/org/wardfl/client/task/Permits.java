package org.wardfl.client.task;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/// How many tasks may work at once, and on which GPUs; shared by all agents of a process. First
/// come, first served.
public final class Permits {

  private final int gpuCount;
  private final Queue<Integer> gpus;
  private final SortedSet<Long> waiting = new TreeSet<>();
  private long tickets;
  private int free;

  /// So many at once, on machines without a GPU.
  public Permits(int count) {
    this(count, List.of());
  }

  /// So many at once, each with as many of these GPUs as it asks for, for itself alone.
  public Permits(int count, List<Integer> gpus) {
    this.free = count;
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
      release(own);
    }
  }

  /// Whether so many GPUs can ever be had.
  boolean canGive(int gpusWanted) {
    return gpusWanted <= gpuCount;
  }

  /// Waits for a place.
  ///
  /// @param gpusWanted no more than [#canGive] allows
  /// @throws InterruptedException if the thread is interrupted first
  synchronized Permit acquire(int gpusWanted) throws InterruptedException {
    long ticket = tickets++;
    waiting.add(ticket);
    try {
      while (waiting.first() != ticket || free == 0 || gpus.size() < gpusWanted) {
        wait();
      }
      free--;
      return new Permit(Stream.generate(gpus::remove).limit(gpusWanted).toList());
    } finally {
      waiting.remove(ticket);
      notifyAll();
    }
  }

  private synchronized void release(List<Integer> own) {
    free++;
    gpus.addAll(own);
    notifyAll();
  }
}
