package org.wardfl.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.model.ModelHash;

/// Nothing that a server acknowledged is lost when it is killed, when its disk is full, or when the
/// disk fails.
class KilledStoreTest {

  /// Long enough to be forced in the background.
  private static final int LONG_FILE = 20 << 20;

  private static final int DEADLINE_SECONDS = 60;
  private static final String MANY = "1000000";

  @TempDir private Path folder;

  @Test
  void whatWasAcknowledgedSurvivesAKill() throws Exception {
    killed(20261124, 4);
  }

  @Test
  @Tag("slow")
  void whatWasAcknowledgedSurvivesAKillAtAnyMoment() throws Exception {
    killed(4711, 60);
  }

  private void killed(long seed, int kills) throws Exception {
    var random = new Random(seed);
    for (int i = 0; i < kills; i++) {
      int lines = 1 + random.nextInt(120);
      long nanos = random.nextInt(5_000_000);
      var process = process(folder, List.of(), MANY);
      var said = new ArrayList<String>();
      try (var output = process.inputReader(StandardCharsets.UTF_8)) {
        for (var line = output.readLine(); line != null; line = output.readLine()) {
          said.add(line);
          if (said.size() == lines) {
            long until = System.nanoTime() + nanos;
            while (System.nanoTime() < until) {
              Thread.onSpinWait();
            }
            process.toHandle().destroyForcibly();
          }
        }
      }
      assertThat(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
      requireAcknowledged(said);
    }
  }

  /// No file may grow beyond 4 MiB, which the journal's log does first; then the limit is lifted,
  /// and nothing else is done about it.
  @Test
  void aFullDiskAcknowledgesNothingAndIsOverWhenThereIsRoom() throws Exception {
    assumeThat(Files.isExecutable(Path.of("/usr/bin/prlimit"))).as("prlimit").isTrue();
    var process =
        process(folder, List.of("bash", "-c", "ulimit -S -f 4096; exec \"$@\"", "bash"), "400");
    var said = new ArrayList<String>();
    boolean failed = false;
    try (var output = process.inputReader(StandardCharsets.UTF_8)) {
      for (var line = output.readLine(); line != null; line = output.readLine()) {
        said.add(line);
        if (!failed && line.startsWith("failed")) {
          failed = true;
          var lift = List.of("/usr/bin/prlimit", "--pid", process.pid() + "", "--fsize=unlimited:");
          assertThat(new ProcessBuilder(lift).inheritIO().start().waitFor()).isZero();
        }
      }
    }
    assertThat(process.waitFor()).as(said.getLast()).isZero();
    assertThat(said.stream().filter(line -> line.startsWith("failed")).findFirst())
        .hasValueSatisfying(line -> assertThat(line).contains(folder.toString()));
    assertThat(said).endsWith("event 399");
    requireAcknowledged(said);
  }

  /// The disk fails one fsync, and then says that all is well: the journal does not believe it, and
  /// a file under way is sent anew.
  @Test
  void aForceThatFailedOnceIsNotTriedAgain() throws Exception {
    assumeThat(canTrace()).as("strace may trace processes").isTrue();
    for (int number : new int[] {30, 33}) {
      var process =
          process(
              folder,
              List.of(
                  "strace",
                  "-f",
                  "-qq",
                  "-o",
                  "/dev/null",
                  "-e",
                  "trace=fsync,fdatasync",
                  "-e",
                  "inject=fsync,fdatasync:error=EIO:when=" + number),
              MANY);
      var said = new ArrayList<String>();
      int failed = 0;
      try (var output = process.inputReader(StandardCharsets.UTF_8)) {
        for (var line = output.readLine(); line != null; line = output.readLine()) {
          said.add(line);
          failed += line.startsWith("failed") ? 1 : 0;
          if (failed == 5 || said.size() == 200) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.toHandle().destroyForcibly();
          }
        }
      }
      assertThat(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(failed).as("fsync " + number + ": " + said).isPositive();
      var sinceJournalFailed = said.stream().dropWhile(line -> !line.startsWith("failed journal"));
      assertThat(sinceJournalFailed).noneMatch(line -> line.startsWith("event"));
      requireAcknowledged(said);
    }
  }

  /// The system tells of a failed force once, here in the background; the one at the end succeeds.
  @Test
  void aForceThatFailedInTheBackgroundIsNotForgotten() throws Exception {
    assumeThat(canTrace()).as("strace may trace processes").isTrue();
    var process =
        process(
            folder,
            List.of(
                "strace",
                "-f",
                "-qq",
                "-o",
                "/dev/null",
                "-e",
                "trace=fdatasync",
                "-e",
                "inject=fdatasync:error=EIO:when=1"),
            "5",
            LONG_FILE);
    List<String> said;
    try (var output = process.inputReader(StandardCharsets.UTF_8)) {
      said = output.readAllLines();
    }
    assertThat(process.waitFor()).as(said.toString()).isZero();
    assertThat(said.get(1)).startsWith("failed file ").contains("cannot be made durable");
    assertThat(said).contains("file 0").endsWith("event 4");
    requireAcknowledged(said, LONG_FILE);
  }

  /// Every acknowledgement has its fsync: without one a loss of power could take it back.
  @Test
  void everyAcknowledgementIsForced() throws Exception {
    assumeThat(canTrace()).as("strace may trace processes").isTrue();
    var trace = folder.resolve("trace");
    var process =
        process(
            folder,
            List.of("strace", "-f", "-qq", "-o", trace.toString(), "-e", "trace=fdatasync,fsync"),
            "40");
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    try (var calls = Files.lines(trace)) {
      // One for each event; for each of the ten files its bytes twice, its folder and the root.
      assertThat(calls.filter(call -> call.contains("sync(")).count()).isGreaterThan(40 + 4 * 10);
    }
  }

  private void requireAcknowledged(List<String> said) throws Exception {
    requireAcknowledged(said, StoreMain.FILE_BYTES);
  }

  private void requireAcknowledged(List<String> said, int first) throws Exception {
    var blobs = StoreMain.blobs(folder);
    int events = 0;
    try (var store = StoreMain.events(folder)) {
      for (int stream = 0; stream < StoreMain.STREAMS; stream++) {
        var stored = store.read(StoreMain.stream(stream), 0);
        for (int i = 0; i < stored.size(); i++) {
          assertThat(stored.get(i)).isEqualTo(StoreMain.event(i * StoreMain.STREAMS + stream));
        }
        events += stored.size();
      }
    }
    for (var line : said) {
      var words = line.split(" ", 3);
      switch (words[0]) {
        case "event" -> assertThat(events).isGreaterThan(Integer.parseInt(words[1]));
        case "file" -> {
          var content = StoreMain.content(Integer.parseInt(words[1]), first);
          assertThat(blobs.require(StoreMain.hash(content))).hasBinaryContent(content);
        }
        default -> assertThat(words[0]).isIn("ready", "failed");
      }
    }
    requireNothingHalf(blobs);
  }

  /// What lies among the stored files has the bytes that its name says.
  private void requireNothingHalf(BlobStore blobs) throws Exception {
    var root = folder.resolve("blobs");
    try (var files = Files.walk(root)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        blobs.verify(new ModelHash(root.relativize(file).toString().replace("/", "")));
      }
    }
  }

  private static boolean canTrace() throws IOException, InterruptedException {
    try {
      var probe = new ProcessBuilder("strace", "-qq", "-o", "/dev/null", "true");
      return probe.redirectErrorStream(true).start().waitFor() == 0;
    } catch (IOException _) {
      return false;
    }
  }

  private static Process process(Path folder, List<String> before, String events)
      throws IOException {
    return process(folder, before, events, StoreMain.FILE_BYTES);
  }

  private static Process process(Path folder, List<String> before, String events, int first)
      throws IOException {
    var command = new ArrayList<>(before);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            StoreMain.class.getName(),
            folder.toString(),
            events,
            Integer.toString(first)));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }
}
