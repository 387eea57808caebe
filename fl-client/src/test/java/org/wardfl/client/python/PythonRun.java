package org.wardfl.client.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.wardfl.algo.AlgoContext;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.algo.run.AlgoRunner;
import org.wardfl.algo.run.Grace;
import org.wardfl.algo.run.TaskRequest;
import org.wardfl.algo.run.TaskResult;
import org.wardfl.algo.run.UpdateTransform;
import org.wardfl.algo.statistics.StatisticsRequest;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.proto.job.AlgorithmDefinition;

/// Tasks of algorithms in Python, as the platform runs them, with real processes.
final class PythonRun implements AutoCloseable {

  private static final Map<String, Boolean> IMPORTS = new HashMap<>();

  private final Path folder;
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final PythonProcesses processes;
  private final Map<String, Object> arguments = new LinkedHashMap<>();
  private final Map<String, Object> settings = new LinkedHashMap<>();
  private Optional<Path> dataset = Optional.empty();
  private Optional<Path> state = Optional.empty();
  private String executable = PYTHON;
  private String type = AlgorithmDefinition.PYTHON;
  private Optional<String> name = Optional.of("faulty:Faulty");
  private String code = ".";
  private long memory = 512L << 20;
  private int tasks;
  private Arguments site = Arguments.none();

  static final String PYTHON = "/usr/bin/python3";

  PythonRun(Path temporary, PythonLimits limits) throws IOException {
    this.folder = Files.createDirectories(temporary.resolve("job"));
    this.processes =
        new PythonProcesses(limits, new PrintStream(log, true, StandardCharsets.UTF_8));
    try (var file = PythonRun.class.getResourceAsStream("faulty.py")) {
      Files.copy(Objects.requireNonNull(file), folder.resolve("faulty.py"));
    }
  }

  PythonRun(Path temporary) throws IOException {
    this(temporary, PythonLimits.DEFAULT);
  }

  /// Skips the test, with the reason, where Python or a module is not there.
  static synchronized void require(String module) {
    boolean there =
        IMPORTS.computeIfAbsent(
            module,
            _ -> {
              try {
                return new ProcessBuilder(PYTHON, "-c", "import " + module)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                    == 0;
              } catch (IOException | InterruptedException _) {
                return false;
              }
            });
    assumeTrue(
        there, () -> PYTHON + " cannot import " + module + " (package python3-" + module + ")");
  }

  PythonRun fault(String fault) {
    settings.put("fault", fault);
    return this;
  }

  PythonRun setting(String key, Object value) {
    settings.put(key, value);
    return this;
  }

  PythonRun argument(String key, Object value) {
    arguments.put(key, value);
    return this;
  }

  /// What the site sets.
  PythonRun site(Map<String, Object> settings) {
    site = new Arguments(settings);
    return this;
  }

  PythonRun algorithm(String other) {
    name = Optional.of(other);
    return this;
  }

  PythonRun bundle(String path) {
    type = AlgorithmDefinition.BUNDLE;
    name = Optional.empty();
    code = path;
    return this;
  }

  PythonRun file(String path, String text) throws IOException {
    Files.writeString(folder.resolve(path), text);
    return this;
  }

  PythonRun executable(String other) {
    executable = other;
    return this;
  }

  PythonRun memory(long bytes) {
    memory = bytes;
    return this;
  }

  PythonRun dataset(Path file) {
    dataset = Optional.of(file);
    return this;
  }

  PythonRun state(Path file) {
    state = Optional.of(file);
    return this;
  }

  Path folder() {
    return folder;
  }

  /// What was written to the site's log.
  String log() {
    return log.toString(StandardCharsets.UTF_8);
  }

  /// A model of three floats and a counter.
  Path model() throws IOException {
    var file = folder.resolveSibling("model.safetensors");
    ModelWriter.write(
        TensorMap.of(
            Tensor.floats("w", new float[] {1, 2, 3}, 3), Tensor.longs("n", new long[] {4})),
        file);
    return file;
  }

  /// A task under way.
  record Task(AlgoRunner runner, TaskRequest request, Path scratch) implements AutoCloseable {

    TaskResult run() {
      return runner.run(request);
    }

    /// Waits until the algorithm has written its process number.
    long pid() throws Exception {
      var file = scratch.resolve("pid");
      await(() -> Files.exists(file) && Files.size(file) > 0);
      return Long.parseLong(Files.readString(file));
    }

    /// Shuts the algorithm down.
    void end() {
      runner.close();
    }

    @Override
    public void close() {
      end();
    }
  }

  /// A condition that becomes true.
  interface Condition {
    boolean holds() throws Exception;
  }

  static void await(Condition condition) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.holds()) {
      assertThat(System.nanoTime()).as("waited for 30 s").isLessThan(end);
      Thread.onSpinWait();
      new java.util.concurrent.CountDownLatch(1)
          .await(5, java.util.concurrent.TimeUnit.MILLISECONDS);
    }
  }

  Task task(TaskKind kind, int round, Path model) throws IOException {
    return task(kind, round, model, StatisticsRequest.all());
  }

  Task describing(StatisticsRequest request) throws IOException {
    return task(TaskKind.DATA_STATS, 1, model(), request);
  }

  private Task task(TaskKind kind, int round, Path model, StatisticsRequest statistics)
      throws IOException {
    var scratch = Files.createDirectories(folder.resolveSibling("scratch-" + ++tasks));
    var definition =
        new AlgorithmDefinition(
            type,
            Optional.empty(),
            name,
            Optional.of(code),
            type.equals(AlgorithmDefinition.BUNDLE)
                ? Optional.of(AlgorithmDefinition.MONAI)
                : Optional.empty(),
            new Arguments(arguments));
    var algo = new PythonAlgo(definition, executable, memory, kind, processes);
    var context =
        new AlgoContext(
            new SiteName("site-1"),
            new Arguments(arguments),
            new AlgoContext.DataBinding(
                dataset.isPresent() ? "data" : "", dataset, new Arguments(settings)),
            folder,
            scratch,
            List.of(),
            1,
            site);
    var request =
        new TaskRequest(
            kind,
            round,
            3,
            42,
            kind == TaskKind.INITIAL ? "" : "site-1",
            kind == TaskKind.INITIAL ? Optional.empty() : Optional.of(model),
            WeightType.DIFF,
            _ -> false,
            state,
            scratch.resolve("update"),
            scratch.resolve("state"),
            UpdateTransform.none(),
            (_, _) -> {},
            statistics);
    return new Task(new AlgoRunner(algo, context, Grace.DEFAULT), request, scratch);
  }

  Task training() throws IOException {
    return task(TaskKind.TRAIN, 1, model());
  }

  TaskResult train() throws IOException {
    try (var task = training()) {
      return task.run();
    }
  }

  /// The failure of a training.
  TaskResult.Failed failure() throws IOException {
    var result = train();
    assertThat(result).isInstanceOf(TaskResult.Failed.class);
    return (TaskResult.Failed) result;
  }

  @Override
  public void close() {
    processes.close();
  }
}
