package org.wardfl.client.python;

import java.io.IOException;
import java.net.ProtocolException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.wardfl.client.control.JsonFrames;

/// The child that does one task. One thread calls, any thread aborts or kills.
final class PythonWorker {

  private static final Duration EXIT_NEWS = Duration.ofSeconds(2);

  private final long number;
  private final JsonFrames frames;
  private final Optional<ProcessHandle> process;
  private final Duration silence;
  private final CountDownLatch exited = new CountDownLatch(1);
  private volatile @Nullable String ending;
  private volatile boolean calling;
  private volatile boolean over;
  private volatile long lastSign = System.nanoTime();

  PythonWorker(long number, long pid, JsonFrames frames, Duration silence) {
    this.number = number;
    this.frames = frames;
    this.process = ProcessHandle.of(pid);
    this.silence = silence;
    Thread.ofVirtual().name("python-silence").start(this::watch);
  }

  long number() {
    return number;
  }

  /// Asks, and waits for the answer.
  ///
  /// @throws PythonException if the process ends instead; it is not to be used again
  /// @throws InterruptedException if the thread is interrupted; the process was killed
  Map<String, @Nullable Object> call(Map<String, ?> request)
      throws PythonException, InterruptedException {
    lastSign = System.nanoTime();
    calling = true;
    try {
      frames.write(request);
      while (true) {
        var message = frames.read();
        lastSign = System.nanoTime();
        if (!message.containsKey("event")) {
          return message;
        }
      }
    } catch (ProtocolException e) {
      kill();
      throw new PythonException("the Python process sent something that is no answer", e);
    } catch (IOException e) {
      if (Thread.interrupted()) {
        kill();
        throw new InterruptedException("told to stop while Python was at work");
      }
      boolean told = exited.await(EXIT_NEWS.toMillis(), TimeUnit.MILLISECONDS);
      kill();
      throw new PythonException(
          "the Python process ended in "
              + request.get("op")
              + ": "
              + (told ? ending : "it closed its connection"),
          e);
    } finally {
      calling = false;
    }
  }

  /// Asks a running call to stop.
  void abort() {
    try {
      frames.write(Map.of("op", "abort"));
    } catch (IOException _) {
      kill();
    }
  }

  /// Ends the process at once; whatever it started, its keeper ends.
  void kill() {
    over = true;
    process.ifPresent(ProcessHandle::destroyForcibly);
    closeFrames();
  }

  /// It has ended, for this reason.
  void exited(String reason) {
    if (ending == null) {
      ending = reason;
    }
    exited.countDown();
    // A process that it started may hold the other end of the socket open.
    closeFrames();
  }

  private void watch() {
    try {
      while (!over && !exited.await(Math.max(50, silence.toMillis() / 4), TimeUnit.MILLISECONDS)) {
        if (calling && System.nanoTime() - lastSign > silence.toNanos()) {
          ending = "it gave no sign of life for " + silence.toSeconds() + " s";
          process.ifPresent(ProcessHandle::destroyForcibly);
          return;
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void closeFrames() {
    try {
      frames.close();
    } catch (IOException _) {
      // It is closed as far as it can be.
      return;
    }
  }
}
