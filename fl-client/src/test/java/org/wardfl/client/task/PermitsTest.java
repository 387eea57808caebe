package org.wardfl.client.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.wardfl.client.policy.Machine;
import org.wardfl.proto.job.ResourceRequest;

@Timeout(30)
class PermitsTest {

  private static final long GIB = 1L << 30;

  @Test
  void gpusAreOneTasksAlone() throws Exception {
    var permits = new Permits(4, new Machine(List.of(1, 3), 8, 8 * GIB));
    assertThat(permits.canGive(asking(3, 1, 1))).isFalse();
    var first = permits.acquire(asking(1, 1, 1));
    var second = permits.acquire(asking(1, 1, 1));
    assertThat(List.of(first.gpus(), second.gpus())).containsExactly(List.of(1), List.of(3));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var third = threads.submit(() -> permits.acquire(asking(1, 1, 1)));
      second.close();
      try (var permit = third.get()) {
        assertThat(permit.gpus()).containsExactly(3);
      }
    }
    first.close();
    try (var both = permits.acquire(asking(2, 1, 1))) {
      assertThat(both.gpus()).containsExactly(1, 3);
    }
  }

  @Test
  void noMoreIsGivenThanIsOffered() throws Exception {
    var permits = new Permits(9, new Machine(List.of(), 4, 4 * GIB));
    var first = permits.acquire(asking(0, 3, 1));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Permits.Permit> wide = threads.submit(() -> permits.acquire(asking(0, 2, 1)));
      Future<Permits.Permit> small = threads.submit(() -> permits.acquire(asking(0, 2, 4)));
      first.close();
      // There are threads for both, and memory for one: they work one after the other.
      while (!wide.isDone() && !small.isDone()) {
        Thread.onSpinWait();
      }
      if (wide.isDone()) {
        wide.get().close();
        small.get(20, TimeUnit.SECONDS).close();
      } else {
        small.get().close();
        wide.get(20, TimeUnit.SECONDS).close();
      }
    }
  }

  @Test
  void aTaskThatAsksForMoreThanThereIsWorksAlone() throws Exception {
    var permits = new Permits(2, new Machine(List.of(), 1, GIB));
    try (var alone = permits.acquire(asking(0, 4, 8))) {
      assertThat(alone.gpus()).isEmpty();
    }
  }

  @Test
  void moreIsGivenWhenMoreIsOffered() throws Exception {
    var permits = new Permits(2, new Machine(List.of(), 1, 8 * GIB));
    var first = permits.acquire(asking(0, 1, 1));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var second = threads.submit(() -> permits.acquire(asking(0, 1, 1)));
      permits.offer(new Machine(List.of(), 2, 8 * GIB));
      second.get().close();
    }
    first.close();
  }

  private static ResourceRequest asking(int gpus, int threads, int gibibytes) {
    return new ResourceRequest(gpus, threads, gibibytes * GIB);
  }
}
