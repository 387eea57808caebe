package org.wardfl.client.log;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardfl.client.host.JobOutput;
import org.wardfl.client.link.LinkException;
import org.wardfl.proto.PlainText;
import org.wardfl.proto.admin.LogLine;
import org.wardfl.proto.job.JobId;

/// Tells the server what jobs print, a few times a second, as long as the site's policy lets it
/// out.
///
/// Bounded for each job: so many lines a second, so many characters in all, so many lines that wait
/// while there is no connection. What is beyond is left out and counted; the job is never kept
/// waiting. Thread-safe.
public final class OutputStreaming implements JobOutput, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(OutputStreaming.class);
  private static final Duration BATCH = Duration.ofMillis(200);
  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final Duration ASKED_AGAIN = Duration.ofSeconds(1);
  private static final int BATCH_LINES = 500;
  private static final int WAITING_LINES = 2000;
  private static final int LINES_PER_SECOND = 200;
  private static final int BURST = 1000;
  private static final long MOST_CHARACTERS = 4 << 20;

  private final Channel channel;
  private final BooleanSupplier policy;
  private final Map<JobId, Output> jobs = new HashMap<>();
  private final Deque<JobId> waiting = new ArrayDeque<>();
  private final Thread thread = Thread.ofVirtual().name("output").unstarted(this::keepSending);
  private long number;
  private boolean allowed;
  private long askAgain;
  private boolean closed;

  /// The way to the server.
  @FunctionalInterface
  public interface Channel {
    /// Tells lines of a job.
    ///
    /// @param number of the first; rises
    /// @param leftOut how many were left out before these
    /// @return whether the server keeps more of this job
    /// @throws LinkException if it cannot be told now
    boolean tell(JobId job, long number, List<String> lines, long leftOut) throws LinkException;
  }

  /// What one job has printed and was not told yet.
  private static final class Output {
    private final Deque<String> lines = new ArrayDeque<>();
    private long leftOut;
    private long characters;
    private double permits = BURST;
    private long counted = System.nanoTime();
    private boolean full;

    boolean permits() {
      long now = System.nanoTime();
      permits = Math.min(BURST, permits + (now - counted) * 1e-9 * LINES_PER_SECOND);
      counted = now;
      if (permits < 1) {
        return false;
      }
      permits--;
      return true;
    }
  }

  /// A stream that begins with [#start].
  ///
  /// @param policy whether what jobs print may leave the site now
  /// @param first a number above all that earlier starts of this agent have given to lines
  public OutputStreaming(Channel channel, BooleanSupplier policy, long first) {
    this.channel = channel;
    this.policy = policy;
    this.number = first;
  }

  /// Begins to send.
  public void start() {
    thread.start();
  }

  @Override
  public synchronized void printed(JobId job, String line) {
    if (closed || !isAllowed()) {
      return;
    }
    var output = jobs.computeIfAbsent(job, _ -> new Output());
    if (output.full) {
      return;
    }
    if (!output.permits() || output.lines.size() >= WAITING_LINES) {
      output.leftOut++;
      return;
    }
    var plain = PlainText.of(line, LogLine.LONGEST);
    output.characters += plain.length();
    if (output.characters > MOST_CHARACTERS) {
      output.full = true;
      plain = "(the site lets no more of this job's output out)";
    }
    if (output.lines.isEmpty()) {
      waiting.add(job);
      notifyAll();
    }
    output.lines.add(plain);
  }

  // The policy is a file: not asked for each line.
  private boolean isAllowed() {
    long now = System.nanoTime();
    if (askAgain == 0 || now - askAgain >= 0) {
      allowed = policy.getAsBoolean();
      askAgain = now + ASKED_AGAIN.toNanos();
    }
    return allowed;
  }

  /// Forgets a job that has ended, when its last lines were told.
  public synchronized void end(JobId job) {
    var output = jobs.get(job);
    if (output != null && output.lines.isEmpty()) {
      jobs.remove(job);
    }
  }

  private record Batch(JobId job, long number, List<String> lines, long leftOut) {}

  private void keepSending() {
    try {
      while (true) {
        var batch = next();
        if (batch == null) {
          return;
        }
        send(batch);
      }
    } catch (InterruptedException _) {
      LOG.atDebug().log("no more output is told");
    }
  }

  private @Nullable Batch next() throws InterruptedException {
    synchronized (this) {
      while (waiting.isEmpty() && !closed) {
        wait();
      }
      if (closed) {
        return null;
      }
    }
    // More lines come with the first; they go together.
    Thread.sleep(BATCH);
    synchronized (this) {
      var job = waiting.remove();
      var output = jobs.computeIfAbsent(job, _ -> new Output());
      var lines = new ArrayList<String>();
      while (!output.lines.isEmpty() && lines.size() < BATCH_LINES) {
        lines.add(output.lines.remove());
      }
      if (!output.lines.isEmpty()) {
        waiting.add(job);
      }
      var batch = new Batch(job, number, lines, output.leftOut);
      number += lines.size();
      output.leftOut = 0;
      return batch;
    }
  }

  private void send(Batch batch) throws InterruptedException {
    while (true) {
      try {
        if (!isStillAllowed()) {
          return;
        }
        if (!channel.tell(batch.job(), batch.number(), batch.lines(), batch.leftOut())) {
          stop(batch.job());
        }
        return;
      } catch (LinkException e) {
        if (e.isFinal()) {
          stop(batch.job());
          return;
        }
        LOG.atDebug().addKeyValue("job", batch.job()).setCause(e).log("output is told later");
        Thread.sleep(RETRY);
      }
    }
  }

  private synchronized boolean isStillAllowed() {
    return !closed && isAllowed();
  }

  private synchronized void stop(JobId job) {
    var output = jobs.computeIfAbsent(job, _ -> new Output());
    output.full = true;
    output.lines.clear();
    waiting.remove(job);
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    thread.interrupt();
  }
}
