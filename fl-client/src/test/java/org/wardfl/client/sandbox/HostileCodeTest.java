package org.wardfl.client.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardfl.algo.AbortCause;
import org.wardfl.algo.model.ModelFile;
import org.wardfl.algo.run.TaskResult;
import org.wardfl.client.host.AlgorithmHost;
import org.wardfl.client.host.TaskLimits;

/// What a job's own code can do in a sandbox, tried by such code.
class HostileCodeTest {

  private static final String ENDED = "the job's process was ended: ";

  @TempDir private static Path compiled;
  private static Path jar = Path.of("none");
  @TempDir private Path folder;
  private Hosted hosted;

  @BeforeAll
  static void compile() throws IOException {
    jar = Hosted.compile(compiled);
  }

  @BeforeEach
  void open() throws IOException {
    var kit = Files.createDirectories(folder.resolve("kit"));
    Files.writeString(kit.resolve("key"), "secret");
    var found = Sandbox.find(folder.resolve("sandbox"), List.of(kit));
    assumeTrue(found.sandbox().isPresent(), found.finding());
    hosted = new Hosted(folder, found.sandbox().orElseThrow());
    Files.copy(jar, hosted.job().resolve("hostile.jar"));
  }

  @AfterEach
  void close() {
    if (hosted != null) {
      hosted.close();
    }
  }

  @Test
  void codeThatKeepsToItsTaskIsNotHindered() throws Exception {
    assertThat(run("nothing")).isInstanceOf(AlgorithmHost.Finished.class);
    try (var model = ModelFile.open(hosted.update())) {
      assertThat(model.specs()).hasSize(1);
    }
  }

  @Test
  void itSeesTheDatasetAndNothingElseOfTheSite() throws Exception {
    var paths = List.of("/etc/shadow", "/var", "/home", folder.resolve("kit/key").toString());
    assertThat(failure(hosted.java("look", Map.of("paths", paths))))
        .isEqualTo(
            "found: ["
                + roots()
                + "] age\n"
                + "50 [CUDA_DEVICE_ORDER, CUDA_VISIBLE_DEVICES, HOME, LANG, MALLOC_ARENA_MAX, PATH,"
                + " PWD, USER] own processes");
  }

  private static String roots() {
    var all = List.of("/bin", "/lib", "/lib32", "/lib64", "/libx32", "/sbin", "/usr");
    var expected = new TreeSet<>(List.of("/data", "/dev", "/etc", "/in", "/job", "/out", "/proc"));
    expected.addAll(List.of("/tmp", "/ward"));
    all.stream().filter(path -> Files.exists(Path.of(path))).forEach(expected::add);
    // The way to the programs; of their folders only they are there.
    Hosted.classPath().forEach(entry -> expected.add("/" + entry.getName(0)));
    return String.join(", ", expected);
  }

  @Test
  void itWritesNowhereButInItsOwnFolder() throws Exception {
    assertThat(failure(hosted.java("write", Map.of()))).isEqualTo("found: []");
  }

  @Test
  void itReachesNoOtherProcess() throws Exception {
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(failure(hosted.java("connect", Map.of("port", (long) server.getLocalPort()))))
          .matches("found: java.net.(Connect|NoRouteToHost|Socket)Exception: .*");
    }
  }

  @Test
  void itMakesNoNamespaces() throws Exception {
    assertThat(failure(hosted.java("namespace", Map.of()))).isEqualTo("found: exit code 1");
  }

  @Test
  void itCannotForkWithoutBound() throws Exception {
    assertThat(failure(hosted.java("fork", Map.of()))).isEqualTo("found: less than 300 processes");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "disk|it used more disk than the 16 MiB that this site gives it",
        "nameless|it used more disk than the 16 MiB that this site gives it",
        "memory|it used more memory than the 64 MiB that the job asks for",
        "garbage|it sent what is no message",
      })
  void itIsEndedWhenItGoesTooFar(String what, String reason) throws Exception {
    assertThat(run(what)).isEqualTo(new AlgorithmHost.Ended(ENDED + reason));
  }

  @Test
  void itsTimeIsBounded() throws Exception {
    hosted.limits(
        new TaskLimits(
            Duration.ofSeconds(3), Optional.of(new TaskLimits.Confinement(Hosted.DISK, 200))));
    assertThat(run("hang"))
        .isEqualTo(
            new AlgorithmHost.Ended(ENDED + "its task took longer than the 3 s of this site"));
  }

  @Test
  void itEndsWhenItIsAbortedWhetherItListensOrNot() throws Exception {
    var run = hosted.java("hang", Map.of());
    var aborting =
        Thread.ofVirtual()
            .start(() -> {
              awaitProcess();
              run.abort(AbortCause.REQUESTED);
            });
    assertThat(run.run())
        .isEqualTo(new AlgorithmHost.Finished(new TaskResult.Aborted(AbortCause.REQUESTED, false)));
    aborting.join();
  }

  private void awaitProcess() {
    try {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (!Files.isDirectory(hosted.logs()) || hosted.logFiles().isEmpty()) {
        if (System.nanoTime() > end) {
          throw new IllegalStateException("no process started within 30 s");
        }
        Thread.sleep(10);
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void itEndsNobodyButItself() throws Exception {
    assertThat(run("exit"))
        .isEqualTo(new AlgorithmHost.Died("the job's process ended: exit code 0"));
  }

  @Test
  void ofItsOutputTheBeginningIsKept() throws Exception {
    assertThat(run("log")).isInstanceOf(AlgorithmHost.Finished.class);
    long kept = 0;
    for (var log : hosted.logFiles()) {
      kept += Files.size(log);
    }
    assertThat(kept).isBetween(1L << 20, 5L << 20);
  }

  @Test
  void anotherJobBesideItCompletes() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var hostile =
          List.of("memory", "disk", "fork").stream()
              .<Callable<AlgorithmHost.Outcome>>map(what -> () -> run(what))
              .map(threads::submit)
              .toList();
      assertThat(run("nothing"))
          .isInstanceOfSatisfying(
              AlgorithmHost.Finished.class,
              finished -> assertThat(finished.result()).isInstanceOf(TaskResult.Initialized.class));
      for (var other : hostile) {
        assertThat(other.get(60, TimeUnit.SECONDS)).isNotNull();
      }
    }
  }

  @Test
  void nothingOfASandboxIsLeft() throws Exception {
    assertThat(run("disk")).isInstanceOf(AlgorithmHost.Ended.class);
    hosted.close();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!sandboxes().isEmpty() && System.nanoTime() < end) {
      Thread.sleep(10);
    }
    assertThat(sandboxes()).isEmpty();
  }

  private List<Path> sandboxes() throws IOException {
    try (var entries = Files.list(folder.resolve("sandbox"))) {
      return entries.filter(Files::isDirectory).toList();
    }
  }

  private AlgorithmHost.Outcome run(String what) throws IOException {
    return hosted.java(what, Map.of()).run();
  }

  private static String failure(AlgorithmHost.Run run) {
    if (run.run() instanceof AlgorithmHost.Finished(TaskResult.Failed(_, var message, _))) {
      return message;
    }
    throw new AssertionError("it did not fail");
  }
}
