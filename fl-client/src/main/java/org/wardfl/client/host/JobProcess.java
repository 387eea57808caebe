package org.wardfl.client.host;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardfl.algo.AbortCause;
import org.wardfl.algo.run.Grace;
import org.wardfl.algo.run.TaskResult;
import org.wardfl.client.sandbox.Bench;
import org.wardfl.proto.WireException;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.wire.AbortTask;
import org.wardfl.proto.wire.FromProcess;
import org.wardfl.proto.wire.ToProcess;

/// One process that runs algorithms, one task at a time.
///
/// It gets a clean environment, and reaches nothing of the agent but a Unix socket in a folder that
/// only the agent's user can enter; confined, it sees nothing else of the site either. When either
/// side ends, the other notices at once.
final class JobProcess implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(JobProcess.class);

  static final String SOCKET = "s";
  static final String TOKEN = "t";

  private static final Duration LAUNCH_LIMIT = Duration.ofSeconds(60);
  private static final long LOG_LIMIT = 4 << 20;

  private static final Duration LOOK = Duration.ofMillis(100);

  private final Process process;
  private final Frames frames;
  private final Launch launch;
  private final Optional<Bench> bench;
  private volatile boolean tainted;
  private volatile @Nullable String ended;

  private JobProcess(Process process, Frames frames, Launch launch, Optional<Bench> bench) {
    this.process = process;
    this.frames = frames;
    this.launch = launch;
    this.bench = bench;
    bench.ifPresent(own -> Thread.ofVirtual().start(() -> watch(own)));
  }

  /// Starts a process and waits until it reports.
  ///
  /// @param job which it serves
  /// @param bench the sandbox that it runs in; closed when the process has ended
  /// @param output gets each line that it prints; must not block
  /// @throws IOException if it does not
  static JobProcess start(
      JobProcessCommand command,
      JobId job,
      Launch launch,
      Optional<Bench> bench,
      Consumer<String> output)
      throws IOException {
    var ownerOnly =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    var folder = Files.createTempDirectory("ward", ownerOnly);
    var token = new byte[32];
    new SecureRandom().nextBytes(token);
    var secret = HexFormat.of().formatHex(token);
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(folder.resolve(SOCKET)));
      Files.createFile(
          folder.resolve(TOKEN),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(folder.resolve(TOKEN), secret);
      var process = launch(command, job, launch, bench, folder, output);
      if (bench.isPresent()) {
        var own = bench.get();
        var _ = process.onExit().thenRun(() -> close(own));
      }
      try {
        return new JobProcess(process, connected(server, process, secret), launch, bench);
      } catch (IOException e) {
        process.destroyForcibly();
        throw e;
      }
    } finally {
      Files.deleteIfExists(folder.resolve(SOCKET));
      Files.deleteIfExists(folder.resolve(TOKEN));
      Files.deleteIfExists(folder);
    }
  }

  private static Process launch(
      JobProcessCommand command,
      JobId job,
      Launch launch,
      Optional<Bench> bench,
      Path folder,
      Consumer<String> output)
      throws IOException {
    var logs = new OutputFiles(command.logFolder());
    var words = new ArrayList<String>();
    if (bench.isPresent()) {
      words.addAll(
          bench
              .get()
              .confined(
                  command.words(launch.memoryBytes(), Bench.SOCKET),
                  command.mounts(),
                  Optional.of(folder)));
    } else {
      // Ctrl-C at a terminal reaches every process in front of it: the agent decides what becomes
      // of this one.
      words.addAll(List.of("/bin/sh", "-c", "trap '' INT; exec \"$@\"", "sh"));
      words.addAll(command.words(launch.memoryBytes(), folder));
    }
    var builder = new ProcessBuilder(words).redirectErrorStream(true);
    var environment = builder.environment();
    var path = environment.getOrDefault("PATH", "/usr/bin:/bin");
    environment.clear();
    environment.put("PATH", path);
    environment.put("LANG", "C.UTF-8");
    environment.put("MALLOC_ARENA_MAX", "2");
    environment.put("CUDA_DEVICE_ORDER", "PCI_BUS_ID");
    environment.put(
        "CUDA_VISIBLE_DEVICES",
        launch.gpus().stream().map(String::valueOf).collect(Collectors.joining(",")));
    var process = builder.start();
    process.getOutputStream().close();
    var log = logs.file(job, process.pid());
    Thread.ofVirtual().start(() -> keep(process.getInputStream(), log, output));
    return process;
  }

  private static Frames connected(ServerSocketChannel server, Process process, String secret)
      throws IOException {
    // Accepting has no time-out of its own: closing the server ends it, when the process ends or
    // the time is over.
    var _ = process.onExit().thenRun(() -> close(server));
    var guard = Thread.ofVirtual().start(() -> closeAfter(server, LAUNCH_LIMIT));
    try {
      var frames = new Frames(server.accept());
      var hello = frames.read(FromProcess.parser());
      if (!hello.hasHello() || !hello.getHello().getToken().equals(secret)) {
        frames.close();
        throw new IOException("a stranger reported in place of the job's process");
      }
      return frames;
    } catch (IOException e) {
      throw new IOException(
          "the job's process did not start"
              + (process.isAlive()
                  ? " within " + LAUNCH_LIMIT.toSeconds() + " s"
                  : ": " + ending(process)),
          e);
    } finally {
      guard.interrupt();
    }
  }

  /// Whether it was started for what such a task needs.
  boolean serves(Launch wanted) {
    return launch.equals(wanted);
  }

  /// Runs a task to its end. After anything but a plain end the process is not to be used again.
  AlgorithmHost.Outcome run(HostedTask task) {
    try {
      var seen = bench.isPresent() ? Staging.given(task, bench.get()) : Staging.seen(task);
      frames.write(ToProcess.newBuilder().setRun(ProcessCodec.toWire(seen)).build());
      while (true) {
        var message = frames.read(FromProcess.parser());
        if (message.hasDone()) {
          var result = ProcessCodec.fromWire(message.getDone());
          tainted |= !isClean(result);
          if (bench.isPresent()) {
            Staging.taken(task, bench.get());
          }
          return new AlgorithmHost.Finished(result);
        }
      }
    } catch (InvalidProtocolBufferException | ProtocolException | WireException _) {
      end("it sent what is no message");
      return outcome();
    } catch (IOException e) {
      tainted = true;
      return outcome();
    }
  }

  private AlgorithmHost.Outcome outcome() {
    var how = ending(process);
    process.destroyForcibly();
    var why = Optional.ofNullable(ended).or(() -> bench.flatMap(Bench::ending));
    return why.<AlgorithmHost.Outcome>map(
            reason -> new AlgorithmHost.Ended("the job's process was ended: " + reason))
        .orElseGet(() -> new AlgorithmHost.Died("the job's process ended: " + how));
  }

  /// Ends the process because it goes beyond what it may.
  ///
  /// @param reason of what it has done, one sentence that may leave the site
  void end(String reason) {
    if (ended == null) {
      ended = reason;
    }
    kill();
  }

  private void watch(Bench own) {
    try {
      while (!process.waitFor(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
        if (!own.isWithinDisk(process.descendants())) {
          end("it used more disk than the " + own.diskMebibytes() + " MiB that this site gives it");
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// Asks the running task to stop, and kills the process if it does not within the hard grace.
  void abort(AbortCause cause, Grace grace) {
    tainted = true;
    try {
      frames.write(
          ToProcess.newBuilder().setAbort(AbortTask.newBuilder().setCause(cause.name())).build());
    } catch (IOException _) {
      process.destroyForcibly();
      return;
    }
    Thread.ofVirtual()
        .start(() -> {
          try {
            if (!process.waitFor(grace.hard().plusSeconds(2).toMillis(), TimeUnit.MILLISECONDS)) {
              process.destroyForcibly();
            }
          } catch (InterruptedException _) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
          }
        });
  }

  /// Ends the process at once.
  void kill() {
    tainted = true;
    process.destroyForcibly();
  }

  boolean isUsable() {
    return !tainted && process.isAlive();
  }

  /// Ends the process; it exits by itself when the socket is closed, and is killed if it does not.
  @Override
  public void close() {
    try {
      frames.close();
    } catch (IOException _) {
      process.destroyForcibly();
    }
    if (tainted) {
      process.destroyForcibly();
      return;
    }
    Thread.ofVirtual()
        .start(() -> {
          try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
              process.destroyForcibly();
            }
          } catch (InterruptedException _) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
          }
        });
  }

  private static boolean isClean(TaskResult result) {
    return switch (result) {
      case TaskResult.Initialized _,
          TaskResult.Trained _,
          TaskResult.Evaluated _,
          TaskResult.Described _ ->
          true;
      case TaskResult.Failed _, TaskResult.Aborted _ -> false;
    };
  }

  private static String ending(Process process) {
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        return "it closed its connection";
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return "it closed its connection";
    }
    int code = process.exitValue();
    return switch (code) {
      case 3 -> "it ran out of memory (exit code 3)";
      case 128 + 9 -> "it was killed (signal 9)";
      case 128 + 11 -> "it crashed (signal 11)";
      case 128 + 6 -> "it crashed (signal 6)";
      default -> "exit code " + code;
    };
  }

  private static void keep(InputStream output, Path log, Consumer<String> told) {
    try (output;
        var lines = new OutputLines(told);
        var file = Files.newOutputStream(log)) {
      var buffer = new byte[8192];
      long kept = 0;
      for (int read = output.read(buffer); read >= 0; read = output.read(buffer)) {
        // Read on beyond the limit, or the process would block on a full pipe.
        if (kept < LOG_LIMIT) {
          file.write(buffer, 0, read);
          file.flush();
          kept += read;
        }
        lines.add(buffer, read);
      }
    } catch (IOException _) {
      // Without a log the process runs on; it must not block, which closing the stream sees to.
      return;
    }
  }

  private static void closeAfter(ServerSocketChannel server, Duration time) {
    try {
      Thread.sleep(time);
      close(server);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static void close(Bench bench) {
    try {
      bench.close();
    } catch (IOException e) {
      LOG.atWarn().setCause(e).log("the files of a sandbox could not be deleted");
    }
  }

  private static void close(ServerSocketChannel server) {
    try {
      server.close();
    } catch (IOException _) {
      // It is closed as far as it can be.
      return;
    }
  }
}
