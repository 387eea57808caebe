package org.wardfl.aggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class WorkersTest {

  private final ExecutorService pool = Executors.newFixedThreadPool(3);
  private final Workers workers = new Workers(pool, 3);

  @AfterEach
  void end() {
    pool.shutdownNow();
  }

  @Test
  void takesInOrderOneAtATimeWhateverIsDoneFirst() throws Exception {
    var taken = new ArrayList<Integer>();
    var taking = new AtomicInteger();
    try (var tasks =
        workers.<Integer>inOrder(number -> {
          assertThat(taking.incrementAndGet()).isOne();
          taken.add(number);
          taking.decrementAndGet();
        })) {
      for (int i = 0; i < 2000; i++) {
        int number = i;
        tasks.submit(() -> {
          // Now and then an early one takes longest.
          for (int spin = 0; spin < (number % 7 == 0 ? 20_000 : 10); spin++) {
            Thread.onSpinWait();
          }
          return number;
        });
      }
      tasks.finish();
    }

    assertThat(taken).isEqualTo(IntStream.range(0, 2000).boxed().toList());
  }

  @Test
  void ofSeveralFailuresTheFirstInOrderCounts() throws Exception {
    var laterFailed = new CountDownLatch(1);
    var allGiven = new CountDownLatch(1);
    List<Integer> taken = Collections.synchronizedList(new ArrayList<>());
    try (var tasks = workers.<Integer>inOrder(taken::add)) {
      tasks.submit(() -> 0);
      tasks.submit(() -> {
        laterFailed.await();
        allGiven.await();
        throw new IOException("second");
      });
      tasks.submit(() -> {
        laterFailed.countDown();
        throw new IOException("third");
      });
      tasks.submit(() -> 3);
      allGiven.countDown();

      assertThatThrownBy(tasks::finish).isInstanceOf(IOException.class).hasMessage("second");
      assertThatThrownBy(() -> tasks.submit(() -> 4)).hasMessage("second");
    }
    assertThat(taken).containsExactly(0);
  }

  @Test
  void whatTheTakerThrowsEndsItToo() throws Exception {
    try (var tasks =
        workers.<Integer>inOrder(number -> {
          throw new IOException("disk full at " + number);
        })) {
      assertThatThrownBy(
              () -> {
                tasks.submit(() -> 0);
                tasks.submit(() -> 1);
                tasks.finish();
              })
          .hasMessage("disk full at 0");
    }
  }

  @Test
  void closingWaitsForWhatRunsAndSkipsWhatHasNotBegun() throws Exception {
    var running = new CountDownLatch(3);
    var release = new CountDownLatch(1);
    var begun = new AtomicInteger();
    var closed = new AtomicBoolean();
    var tasks = workers.<Integer>inOrder(_ -> {});
    for (int i = 0; i < workers.atOnce(); i++) {
      tasks.submit(() -> {
        begun.incrementAndGet();
        running.countDown();
        release.await();
        assertThat(closed).isFalse();
        return 0;
      });
    }
    running.await();
    var closing =
        Thread.ofPlatform()
            .start(() -> {
              tasks.close();
              closed.set(true);
            });
    while (closing.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    release.countDown();
    closing.join();

    assertThat(begun).hasValue(3);
  }

  @Test
  void aPoolThatIsClosedIsSaidAndNotWaitedFor() {
    pool.shutdown();
    try (var tasks = workers.<Integer>inOrder(_ -> {})) {
      assertThatThrownBy(() -> tasks.submit(() -> 0))
          .isInstanceOf(RejectedExecutionException.class);
    }
  }
}
