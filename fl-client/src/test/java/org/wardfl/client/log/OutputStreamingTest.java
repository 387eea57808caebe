package org.wardfl.client.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.wardfl.client.link.LinkException;
import org.wardfl.proto.job.JobId;

class OutputStreamingTest {

  private static final JobId JOB = new JobId("0190a1b2-0000-7000-8000-000000000001");

  private record Told(JobId job, long number, List<String> lines, long leftOut) {}

  private final BlockingQueue<Told> told = new LinkedBlockingQueue<>();
  private final AtomicInteger failures = new AtomicInteger();
  private volatile boolean wanted = true;

  private boolean tell(JobId job, long number, List<String> lines, long leftOut)
      throws LinkException {
    if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      throw new LinkException("no connection");
    }
    told.add(new Told(job, number, List.copyOf(lines), leftOut));
    return wanted;
  }

  private Told next() throws InterruptedException {
    var next = told.poll(20, TimeUnit.SECONDS);
    assertThat(next).isNotNull();
    return next == null ? new Told(JOB, 0, List.of(), 0) : next;
  }

  @Test
  void nothingLeavesASiteThatDoesNotSaySo() throws Exception {
    try (var output = new OutputStreaming(this::tell, () -> false, 5)) {
      output.start();
      output.printed(JOB, "patient Jane Doe");
      assertThat(told.poll(500, TimeUnit.MILLISECONDS)).isNull();
    }
  }

  @Test
  void linesGoTogetherWithinASecondWithoutControls() throws Exception {
    try (var output = new OutputStreaming(this::tell, () -> true, 5)) {
      output.start();
      long began = System.nanoTime();
      output.printed(JOB, "one");
      output.printed(JOB, "\u001b[2Jtwo");
      var lines = new ArrayList<String>();
      var first = next();
      lines.addAll(first.lines());
      while (lines.size() < 2) {
        lines.addAll(next().lines());
      }
      assertThat(System.nanoTime() - began).isLessThan(TimeUnit.SECONDS.toNanos(10));
      assertThat(first.number()).isEqualTo(5);
      assertThat(lines).containsExactly("one", "\\u001b[2Jtwo");
    }
  }

  @Test
  void aFloodIsCutAndCountedAndKeepsNobodyWaiting() throws Exception {
    try (var output = new OutputStreaming(this::tell, () -> true, 0)) {
      long began = System.nanoTime();
      for (int i = 0; i < 100_000; i++) {
        output.printed(JOB, "line " + i);
      }
      assertThat(System.nanoTime() - began).isLessThan(TimeUnit.SECONDS.toNanos(10));
      output.start();
      long lines = 0;
      long leftOut = 0;
      while (lines + leftOut < 100_000) {
        var batch = next();
        lines += batch.lines().size();
        leftOut += batch.leftOut();
      }
      assertThat(lines).isBetween(1000L, 2000L);
    }
  }

  @Test
  void whatCannotBeToldIsToldLaterUnderItsOldNumber() throws Exception {
    failures.set(1);
    try (var output = new OutputStreaming(this::tell, () -> true, 9)) {
      output.start();
      output.printed(JOB, "one");
      var batch = next();
      assertThat(batch.number()).isEqualTo(9);
      assertThat(batch.lines()).containsExactly("one");
    }
  }

  @Test
  void aServerThatWantsNoMoreGetsNoMore() throws Exception {
    wanted = false;
    try (var output = new OutputStreaming(this::tell, () -> true, 0)) {
      output.start();
      output.printed(JOB, "one");
      assertThat(next().lines()).containsExactly("one");
      assertThat(told.poll(300, TimeUnit.MILLISECONDS)).isNull();
      output.printed(JOB, "two");
      assertThat(told.poll(500, TimeUnit.MILLISECONDS)).isNull();
    }
  }
}
