package org.wardfl.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The command in a process of its own, as somebody types it.
public final class WardProcess {

  private static final long LIMIT_SECONDS = 120;

  private final Process process;
  private final Path out;
  private final Path err;

  private WardProcess(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /// What came of it.
  public record Result(int exitCode, String out, String err) {}

  /// Starts `ward` with these words.
  ///
  /// @param shell runs before, in the same shell, such as `ulimit -f 100`
  public static WardProcess start(Path folder, String shell, String... words) throws IOException {
    var command = new ArrayList<>(List.of("/bin/sh", "-c", shell + "; exec \"$@\"", "sh"));
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            "org.wardfl.cli.Ward"));
    command.addAll(List.of(words));
    var out = Files.createTempFile(folder, "out", "");
    var err = Files.createTempFile(folder, "err", "");
    var process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    process.getOutputStream().close();
    return new WardProcess(process, out, err);
  }

  public static Result run(Path folder, String... words) throws IOException, InterruptedException {
    return start(folder, ":", words).await();
  }

  /// Waits until standard error holds this text.
  public void awaitText(String text) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (!Files.readString(err).contains(text)) {
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new IOException("it never said " + text + ": " + Files.readString(err));
      }
      process.waitFor(20, TimeUnit.MILLISECONDS);
    }
  }

  /// Ends it and what it started at once, as a loss of power to it alone would.
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /// Asks it to end, as `kill` and systemd do.
  public int terminate() throws InterruptedException, IOException {
    process.destroy();
    return await().exitCode();
  }

  /// The number that the system knows it by.
  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /// The processes that it started, and theirs.
  public java.util.stream.Stream<ProcessHandle> descendants() {
    return process.descendants();
  }

  /// What it said on standard error so far.
  public String said() throws IOException {
    return Files.readString(err, StandardCharsets.UTF_8);
  }

  /// Sends SIGINT, as Ctrl-C does, once standard error holds this text.
  public void interruptAfter(String text) throws IOException, InterruptedException {
    awaitText(text);
    new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).inheritIO().start().waitFor();
  }

  public Result await() throws IOException, InterruptedException {
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      throw new IOException("it did not end: " + Files.readString(err));
    }
    return new Result(
        process.exitValue(),
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }
}
