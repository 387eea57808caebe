package org.wardfl.client.python;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.wardfl.client.control.JsonFrames;
import org.wardfl.proto.json.Json;

/// A process of the site's Python that has imported a job's algorithm, and forks a child for each
/// task: every task begins from the same state, and none harms the next.
///
/// It gets a clean environment and a process group of its own, and ends when this process does.
final class PythonKeeper implements AutoCloseable {

  private static final long PROTOCOL = 1;
  private static final String FILE = "ward.py";
  private static final Duration CHILD_LIMIT = Duration.ofSeconds(30);

  private final Setup setup;
  private final PythonLimits limits;
  private final Path folder;
  private final String token;
  private final ServerSocketChannel server;
  private final Process process;
  private final PythonOutput output;
  private @Nullable JsonFrames control;
  private volatile @Nullable PythonWorker worker;
  private long tasks;

  /// What a process is started for; tasks of equal setups may share it.
  ///
  /// @param executable the site's Python
  /// @param program what it runs
  /// @param gpus CUDA devices that it may see
  /// @param cpuThreads of numeric libraries
  /// @param memoryBytes what a task and all that it starts may use
  record Setup(
      String executable,
      PythonProgram program,
      List<Integer> gpus,
      int cpuThreads,
      long memoryBytes) {}

  private PythonKeeper(
      Setup setup,
      PythonLimits limits,
      Path folder,
      String token,
      ServerSocketChannel server,
      Process process,
      PrintStream log) {
    this.setup = setup;
    this.limits = limits;
    this.folder = folder;
    this.token = token;
    this.server = server;
    this.process = process;
    this.output = new PythonOutput(process.getInputStream(), log);
  }

  /// Starts Python and waits for its first word.
  ///
  /// @throws PythonException if there is none, or it is not what is needed
  /// @throws InterruptedException if the thread is interrupted
  static PythonKeeper start(Setup setup, PythonLimits limits, PrintStream log)
      throws PythonException, InterruptedException {
    var secret = new byte[32];
    new SecureRandom().nextBytes(secret);
    var token = HexFormat.of().formatHex(secret);
    Path folder;
    ServerSocketChannel server;
    try {
      folder = folder(setup, token);
      server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      server.bind(UnixDomainSocketAddress.of(folder.resolve("s")));
    } catch (IOException e) {
      throw new PythonException("the folder of the Python process cannot be made", e);
    }
    PythonKeeper keeper;
    try {
      keeper = new PythonKeeper(setup, limits, folder, token, server, launch(setup, folder), log);
    } catch (IOException e) {
      close(server);
      delete(folder);
      throw new PythonException(
          "this site's Python cannot be started; see `python` in its site.yaml, or --python", e);
    }
    try {
      keeper.connect();
      return keeper;
    } catch (PythonException | InterruptedException | RuntimeException e) {
      keeper.close();
      throw e;
    }
  }

  private static Path folder(Setup setup, String token) throws IOException {
    var folder =
        Files.createTempDirectory(
            "ward-python",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    try (InputStream file =
        Objects.requireNonNull(PythonKeeper.class.getResourceAsStream(FILE), FILE)) {
      Files.copy(file, folder.resolve(FILE));
    }
    var program = setup.program();
    var config = new LinkedHashMap<String, Object>();
    config.put("token", token);
    config.put("kind", program.kind().word());
    config.put("name", program.name());
    config.put("code", program.code());
    config.put("origin", program.code().isPresent() ? "in the job" : "installed at this site");
    config.put("args", program.arguments());
    config.put("gpus", setup.gpus());
    config.put("memory", setup.memoryBytes());
    Files.writeString(folder.resolve("config.json"), Json.line(config));
    return folder;
  }

  private static Process launch(Setup setup, Path folder) throws IOException {
    var builder =
        new ProcessBuilder(
                setup.executable(), "-B", "-u", folder.resolve(FILE).toString(), folder.toString())
            .directory(folder.toFile())
            .redirectErrorStream(true);
    var environment = builder.environment();
    var path = environment.getOrDefault("PATH", "/usr/bin:/bin");
    // In a job's process the devices are counted from 0, and this says which they are.
    var devices =
        environment.getOrDefault(
            "CUDA_VISIBLE_DEVICES",
            setup.gpus().stream().map(String::valueOf).collect(Collectors.joining(",")));
    var threads = Integer.toString(setup.cpuThreads());
    environment.clear();
    environment.put("PATH", path);
    environment.put("HOME", folder.toString());
    environment.put("LANG", "C.UTF-8");
    environment.put("PYTHONHASHSEED", "0");
    environment.put("PYTHONNOUSERSITE", "1");
    environment.put("PYTHONDONTWRITEBYTECODE", "1");
    environment.put("OMP_NUM_THREADS", threads);
    environment.put("OPENBLAS_NUM_THREADS", threads);
    environment.put("MKL_NUM_THREADS", threads);
    environment.put("CUDA_VISIBLE_DEVICES", devices);
    environment.put("CUDA_DEVICE_ORDER", "PCI_BUS_ID");
    var process = builder.start();
    process.getOutputStream().close();
    return process;
  }

  private void connect() throws PythonException, InterruptedException {
    // Accepting has no time-out of its own: closing the server ends it.
    var _ = process.onExit().thenRun(() -> close(server));
    var guard = Thread.ofVirtual().start(() -> closeAfter(limits.launch()));
    try {
      var frames = new JsonFrames(server.accept(), PythonLimits.MESSAGE_BYTES);
      control = frames;
      requireHello(frames.read(), "control", null);
      Thread.ofVirtual().name("python-control").start(() -> listen(frames));
    } catch (IOException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException("told to stop while Python was starting");
      }
      throw new PythonException(notStarted(), e);
    } finally {
      guard.interrupt();
    }
  }

  private String notStarted() throws InterruptedException {
    if (!process.waitFor(500, TimeUnit.MILLISECONDS)) {
      return "this site's Python did not report within " + limits.launch().toSeconds() + " s";
    }
    var said = output.tail().strip();
    var last = said.substring(said.lastIndexOf('\n') + 1);
    if (last.startsWith("ward: ")) {
      return "this site's Python cannot be used: " + last.substring("ward: ".length());
    }
    return "this site's Python ended before it reported, with "
        + ending(process.exitValue() > 128 ? 128 - process.exitValue() : process.exitValue())
        + "; expected Python 3.9 or later with numpy, and a module that can be imported";
  }

  private void requireHello(Map<String, @Nullable Object> hello, String role, @Nullable Long task)
      throws IOException {
    if (!token.equals(hello.get("token"))
        || !role.equals(hello.get("role"))
        || !Objects.equals(task, hello.get("task"))) {
      throw new IOException("a stranger reported in place of Python");
    }
    if (!Long.valueOf(PROTOCOL).equals(hello.get("protocol"))) {
      throw new IOException("protocol " + hello.get("protocol") + ", expected " + PROTOCOL);
    }
  }

  /// A new child for one task.
  ///
  /// @throws PythonException if there is none
  /// @throws InterruptedException if the thread is interrupted
  PythonWorker task() throws PythonException, InterruptedException {
    output.begin();
    long number = ++tasks;
    var guard = Thread.ofVirtual().start(() -> closeAfter(CHILD_LIMIT));
    try {
      Objects.requireNonNull(control).write(Map.of("op", "start", "task", number));
      var frames = new JsonFrames(server.accept(), PythonLimits.MESSAGE_BYTES);
      var hello = frames.read();
      requireHello(hello, "task", number);
      if (!(hello.get("pid") instanceof Long pid)) {
        throw new IOException("a hello without a process number");
      }
      var made = new PythonWorker(number, pid, frames, limits.silence());
      worker = made;
      return made;
    } catch (IOException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException("told to stop while Python was starting");
      }
      throw new PythonException("the Python process could not begin a task", e);
    } finally {
      guard.interrupt();
    }
  }

  /// What the running task printed last.
  String lastLines() {
    return output.tail();
  }

  /// Whether it can take a further task.
  boolean isUsable() {
    return process.isAlive() && server.isOpen();
  }

  Setup setup() {
    return setup;
  }

  private void listen(JsonFrames frames) {
    try {
      while (true) {
        var event = frames.read();
        var current = worker;
        if ("exit".equals(event.get("event"))
            && current != null
            && Objects.equals(event.get("task"), current.number())
            && event.get("code") instanceof Long code) {
          current.exited(
              Boolean.TRUE.equals(event.get("memory"))
                  ? "it used more than the job's memory of " + (setup.memoryBytes() >> 20) + " MiB"
                  : ending(code.intValue()));
        }
      }
    } catch (IOException _) {
      var current = worker;
      if (current != null) {
        current.exited("the process that keeps it is gone");
        current.kill();
      }
      close();
    }
  }

  /// @param code an exit code, or a signal as a negative number
  private static String ending(int code) {
    return switch (code) {
      case -9 -> "it was killed (signal 9)";
      case -11 -> "it crashed (signal 11)";
      case -6 -> "it crashed (signal 6)";
      case -7 -> "it crashed (signal 7)";
      default -> code < 0 ? "it ended by signal " + -code : "exit code " + code;
    };
  }

  /// Ends Python and everything that it started.
  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    close(server);
    var frames = control;
    if (frames != null) {
      try {
        frames.close();
      } catch (IOException _) {
        // It is closed as far as it can be.
      }
    }
    delete(folder);
  }

  private void closeAfter(Duration time) {
    try {
      Thread.sleep(time);
      close(server);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
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

  private static void delete(Path folder) {
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (NoSuchFileException _) {
      // Python was quicker.
      return;
    } catch (IOException | java.io.UncheckedIOException _) {
      // It lies in the folder of temporary files.
      return;
    }
  }
}
