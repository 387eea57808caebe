package org.wardfl.client.task;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.wardfl.client.policy.Machine;
import org.wardfl.proto.job.ResourceRequest;

/// How many tasks may work at once, and with which part of the machine; shared by all agents of a
/// process. First come, first served: a task that waits for much is not overtaken by those that
/// want little.
public final class Permits {

  private final int count;
  private final ReentrantLock lock = new ReentrantLock();
  // Only the first can be served, so only the first is woken.
  private final Deque<Condition> waiting = new ArrayDeque<>();
  private final TreeSet<Integer> takenGpus = new TreeSet<>();
  private Machine machine;
  private int taken;
  private long takenThreads;
  private long takenMemory;

  /// So many at once, on machines without a GPU.
  public Permits(int count) {
    this(count, List.of());
  }

  /// So many at once, each with as many of these GPUs as it asks for, for itself alone.
  public Permits(int count, List<Integer> gpus) {
    this(count, new Machine(gpus, Integer.MAX_VALUE, Long.MAX_VALUE));
  }

  /// So many at once, with no more of the machine all together than this.
  public Permits(int count, Machine machine) {
    this.count = count;
    this.machine = machine;
  }

  /// What of the machine may be used from now on; what is given already stays so.
  public void offer(Machine other) {
    lock.lock();
    try {
      if (!machine.equals(other)) {
        machine = other;
        wakeFirst();
      }
    } finally {
      lock.unlock();
    }
  }

  /// A place, and the GPUs that come with it; given back when closed.
  final class Permit implements AutoCloseable {

    private final ResourceRequest resources;
    private final List<Integer> own;

    private Permit(ResourceRequest resources, List<Integer> own) {
      this.resources = resources;
      this.own = own;
    }

    List<Integer> gpus() {
      return own;
    }

    @Override
    public void close() {
      giveBack(this);
    }
  }

  /// Whether so many GPUs can ever be had.
  boolean canGive(ResourceRequest resources) {
    lock.lock();
    try {
      return resources.gpus() <= machine.gpus().size();
    } finally {
      lock.unlock();
    }
  }

  /// Waits for a place with what it asks for. More threads or memory than there are at all are
  /// given to a task that works alone; whether it may ask for them, the site's policy says.
  ///
  /// @throws InterruptedException if the thread is interrupted first
  Permit acquire(ResourceRequest resources) throws InterruptedException {
    lock.lockInterruptibly();
    var turn = lock.newCondition();
    waiting.add(turn);
    try {
      while (!waiting.element().equals(turn) || !isFree(resources)) {
        turn.await();
      }
      var gpus = free().subList(0, resources.gpus());
      takenGpus.addAll(gpus);
      taken++;
      takenThreads += resources.cpuThreads();
      takenMemory += resources.memoryBytes();
      return new Permit(resources, List.copyOf(gpus));
    } finally {
      waiting.remove(turn);
      wakeFirst();
      lock.unlock();
    }
  }

  private void wakeFirst() {
    var first = waiting.peek();
    if (first != null) {
      first.signal();
    }
  }

  private boolean isFree(ResourceRequest resources) {
    return taken < count
        && free().size() >= resources.gpus()
        && (taken == 0
            || (takenThreads + resources.cpuThreads() <= machine.cpuThreads()
                && takenMemory + resources.memoryBytes() <= machine.memoryBytes()));
  }

  private List<Integer> free() {
    var free = new ArrayList<>(machine.gpus());
    free.removeAll(takenGpus);
    Collections.sort(free);
    return free;
  }

  private void giveBack(Permit permit) {
    lock.lock();
    try {
      permit.gpus().forEach(takenGpus::remove);
      taken--;
      takenThreads -= permit.resources.cpuThreads();
      takenMemory -= permit.resources.memoryBytes();
      wakeFirst();
    } finally {
      lock.unlock();
    }
  }
}
