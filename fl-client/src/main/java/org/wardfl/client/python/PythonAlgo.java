package org.wardfl.client.python;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.wardfl.algo.AbortCause;
import org.wardfl.algo.AlgoContext;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.ClientAlgo;
import org.wardfl.algo.DataStats;
import org.wardfl.algo.Metrics;
import org.wardfl.algo.ModelPayload;
import org.wardfl.algo.StatefulAlgo;
import org.wardfl.algo.TaskContext;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.TrainSummary;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.WeightsRequest;
import org.wardfl.algo.bundle.BundleWeights;
import org.wardfl.algo.model.ModelFile;
import org.wardfl.algo.model.ModelFileException;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.algo.statistics.StatisticsRequest;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.proto.job.AlgorithmDefinition;

/// An algorithm in Python: a class with MONAI's methods, a MONAI bundle, or a training script.
///
/// Every instance has a process of its own (a child of a [PythonKeeper]); models and states are
/// files in its scratch folder. In Python a training and `get_weights` are one call, since MONAI
/// tells the number of steps with the weights. What Python says in its exceptions may quote patient
/// data: the message says where, and the rest stays in the site's log.
public final class PythonAlgo extends ClientAlgo implements StatefulAlgo {

  /// The seed of everything that an algorithm in Python draws.
  private static final String PURPOSE = "python";

  /// The entry of a state file's metadata that holds all but its arrays.
  private static final String STATE = "ward.state";

  private final AlgorithmDefinition algorithm;
  private final String executable;
  private final long memoryBytes;
  private final TaskKind task;
  private final PythonProcesses processes;
  private final List<ModelFile> opened = new ArrayList<>();
  private @Nullable AlgoContext context;
  private @Nullable PythonKeeper keeper;
  private volatile @Nullable PythonWorker worker;
  private volatile @Nullable AbortCause aborted;
  private @Nullable Path state;
  private boolean begun;
  private boolean failed;
  private volatile boolean died;
  private int files;
  private @Nullable ModelPayload trained;

  /// An algorithm that has not begun.
  ///
  /// @param algorithm what a job says
  /// @param executable the site's Python
  /// @param memoryBytes what Python may use
  /// @param task the kind of task that it is for
  /// @param processes where processes come from
  public PythonAlgo(
      AlgorithmDefinition algorithm,
      String executable,
      long memoryBytes,
      TaskKind task,
      PythonProcesses processes) {
    this.algorithm = algorithm;
    this.executable = executable;
    this.memoryBytes = memoryBytes;
    this.task = task;
    this.processes = processes;
  }

  @Override
  public void initialize(AlgoContext own) throws AlgoException, InterruptedException {
    context = own;
    var program = PythonProgram.of(algorithm, own.jobFolder());
    program.checkArchive();
    var setup =
        new PythonKeeper.Setup(executable, program, own.gpus(), own.cpuThreads(), memoryBytes);
    try {
      var taken = processes.take(setup);
      keeper = taken;
      worker = taken.task();
    } catch (PythonException e) {
      throw resource(e);
    }
    var extra = new LinkedHashMap<String, Object>();
    extra.put("fl_client_name", own.site().value());
    extra.put("fl_app_root", program.code().orElse(own.scratch().toAbsolutePath()));
    extra.put("dataset", own.data().location().map(Path::toAbsolutePath));
    extra.put("data", own.data().settings().values());
    extra.put("scratch", own.scratch().toAbsolutePath());
    extra.put("gpus", own.gpus());
    extra.put("cpu_threads", own.cpuThreads());
    extra.put("site_overrides", program.siteOverrides(own.siteSettings()));
    call(request("load", Map.of("extra", extra)));
  }

  @Override
  public void restoreState(Path file) throws AlgoException, IOException {
    try (var saved = ModelFile.open(file)) {
      if (!saved.metadata().containsKey(STATE)) {
        throw new AlgoException.InvalidModel("the state is not one of an algorithm in Python");
      }
    } catch (ModelFileException e) {
      throw new AlgoException.InvalidModel("the state cannot be restored: " + e.getMessage());
    }
    state = file.toAbsolutePath();
  }

  @Override
  public void saveState(Path file) throws AlgoException {
    try {
      call(request("save_state", Map.of("out", file.toAbsolutePath())));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new AlgoException.Failure("told to stop while the state was saved");
    }
  }

  @Override
  public Metrics evaluate(ModelPayload global, TaskContext own)
      throws AlgoException, InterruptedException {
    begin(own);
    var answer = call(request("evaluate", own, Map.of("model", file(global))));
    try {
      return new Metrics(numbers(answer, "metrics"), whole(answer, "samples"));
    } catch (IllegalArgumentException e) {
      throw new AlgoException.NonFinite("evaluate: " + e.getMessage());
    }
  }

  @Override
  public TrainSummary train(ModelPayload global, TaskContext own)
      throws AlgoException, InterruptedException {
    begin(own);
    var model = file(global);
    var out = newFile("update");
    var answer = call(request("train", own, Map.of("model", model, "out", out)));
    trained = weights(answer, out);
    try {
      return new TrainSummary(
          whole(answer, "iterations"), whole(answer, "samples"), numbers(answer, "values"));
    } catch (IllegalArgumentException e) {
      throw new AlgoException.NonFinite("train: " + e.getMessage());
    }
  }

  @Override
  public ModelPayload getWeights(WeightsRequest wanted, TaskContext own)
      throws AlgoException, InterruptedException {
    return switch (wanted) {
      case WeightsRequest.Current _ -> trained();
      case WeightsRequest.Initial _ when startsFromWeights() ->
          new ModelPayload(bundleWeights(), WeightType.FULL);
      case WeightsRequest.Initial _ -> {
        begin(own);
        var out = newFile("initial");
        yield weights(call(request("initial", own, Map.of("out", out))), out);
      }
      case WeightsRequest.Stored(var kind) -> {
        begin(own);
        var out = newFile("stored");
        var which = kind.name().toLowerCase(Locale.ROOT);
        yield weights(call(request("stored", own, Map.of("out", out, "which", which))), out);
      }
    };
  }

  /// Whether the first model is the one that a bundle comes with.
  private boolean startsFromWeights() {
    return algorithm.type().equals(AlgorithmDefinition.BUNDLE)
        && "weights".equals(algorithm.arguments().values().get("start"));
  }

  private TensorMap bundleWeights() throws AlgoException {
    var known = Objects.requireNonNull(context);
    var bundle = known.jobFolder().resolve(algorithm.code().orElseThrow());
    try {
      return BundleWeights.read(bundle, known.scratch());
    } catch (IOException e) {
      throw new AlgoException.Failure("the bundle's weights cannot be read", e);
    }
  }

  @Override
  public DataStats getDataStats(StatisticsRequest wanted, TaskContext own)
      throws AlgoException, InterruptedException {
    begin(own);
    var answer =
        call(request("statistics", own, Map.of("request", PythonStatistics.request(wanted))));
    try {
      return new DataStats(
          numbers(answer, "values"),
          whole(answer, "samples"),
          PythonStatistics.features(answer.get("features"), wanted));
    } catch (IllegalArgumentException e) {
      throw new AlgoException.Failure("get_data_stats: " + e.getMessage());
    }
  }

  /// Asks Python to stop, and ends it if it has not stopped in time.
  @Override
  public void abort(AbortCause cause) {
    aborted = cause;
    var running = worker;
    if (running == null) {
      return;
    }
    running.abort();
    Thread.ofVirtual().name("python-abort").start(() -> killAfter(running));
  }

  private void killAfter(PythonWorker running) {
    try {
      Thread.sleep(processes.limits().abort());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    running.kill();
  }

  /// Whether the process of Python ended on its own, by whatever cause: another try may do better.
  public boolean died() {
    return died;
  }

  @Override
  public void shutdown() throws AlgoException {
    var running = worker;
    var own = keeper;
    worker = null;
    keeper = null;
    try {
      for (var file : opened) {
        file.close();
      }
      if (running != null && begun && !failed && aborted == null) {
        running.call(Map.of("op", "finalize"));
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (PythonException | IOException _) {
      // What is thrown away need not end well.
    } finally {
      if (running != null) {
        running.kill();
      }
      if (own != null) {
        processes.giveBack(own);
      }
    }
  }

  /// Makes the instance in Python with the first call that knows the task's seed.
  private void begin(TaskContext own) throws AlgoException, InterruptedException {
    if (!begun) {
      begun = true;
      var parts = new LinkedHashMap<String, Object>();
      parts.put("kind", task.name().toLowerCase(Locale.ROOT));
      parts.put("state", Optional.ofNullable(state));
      call(request("begin", own, parts));
    }
  }

  private Map<String, @Nullable Object> call(Map<String, ?> request)
      throws AlgoException, InterruptedException {
    throwIfAborted();
    Map<String, @Nullable Object> answer;
    try {
      answer = Objects.requireNonNull(worker, "not initialized").call(request);
    } catch (PythonException e) {
      failed = true;
      throwIfAborted();
      died = true;
      throw failure(String.valueOf(e.getMessage()), new PythonTraceback("it is gone", lastLines()));
    }
    throwIfAborted();
    if (answer.get("error") instanceof Map<?, ?> error) {
      failed = true;
      throw exception(
          String.valueOf(error.get("kind")),
          String.valueOf(error.get("message")),
          new PythonTraceback(String.valueOf(error.get("detail")), lastLines()));
    }
    return answer;
  }

  private String lastLines() {
    var own = keeper;
    return own == null ? "" : own.lastLines();
  }

  private void throwIfAborted() throws AlgoException.Aborted {
    var cause = aborted;
    if (cause != null) {
      throw new AlgoException.Aborted(cause);
    }
  }

  private static AlgoException exception(String kind, String message, PythonTraceback detail) {
    var exception =
        switch (kind) {
          case "configuration" -> new AlgoException.Configuration(message);
          case "model" -> new AlgoException.InvalidModel(message);
          case "data" -> new AlgoException.SiteData(message);
          case "resource" -> new AlgoException.Resource(message);
          case "nonfinite" -> new AlgoException.NonFinite(message);
          case "unsupported" -> new AlgoException.Unsupported(message);
          default -> new AlgoException.Failure(message, detail);
        };
    if (exception.getCause() == null) {
      exception.initCause(detail);
    }
    return exception;
  }

  private static AlgoException failure(String message, PythonTraceback detail) {
    return new AlgoException.Failure(message, detail);
  }

  private AlgoException resource(PythonException e) throws AlgoException.Aborted {
    throwIfAborted();
    var exception = new AlgoException.Resource(String.valueOf(e.getMessage()));
    exception.initCause(e);
    return exception;
  }

  private static Map<String, Object> request(String operation, Map<String, ?> parts) {
    var request = new LinkedHashMap<String, Object>(parts);
    request.put("op", operation);
    return request;
  }

  private static Map<String, Object> request(
      String operation, TaskContext own, Map<String, ?> parts) {
    var request = request(operation, parts);
    // Python's generators take no negative seed.
    request.put("seed", own.seed(PURPOSE) & Long.MAX_VALUE);
    request.put("round", own.round());
    request.put("total_rounds", own.totalRounds());
    return request;
  }

  /// In the form that the algorithm chose; the platform makes the other of it.
  private ModelPayload trained() throws AlgoException.Unsupported {
    var payload = trained;
    if (payload == null) {
      throw new AlgoException.Unsupported("there are no weights before a training");
    }
    return payload;
  }

  /// The model as a file that Python maps.
  private Path file(ModelPayload global) throws AlgoException {
    if (global.weights() instanceof ModelFile file) {
      return file.path().toAbsolutePath();
    }
    var file = newFile("received");
    try {
      ModelWriter.write(global.weights(), file);
    } catch (IOException e) {
      throw new AlgoException.Failure("the received model cannot be handed to Python", e);
    }
    return file;
  }

  private Path newFile(String name) {
    return Objects.requireNonNull(context)
        .scratch()
        .toAbsolutePath()
        .resolve(name + "-" + ++files + ".safetensors");
  }

  private ModelPayload weights(Map<String, @Nullable Object> answer, Path file)
      throws AlgoException {
    var type = "FULL".equals(answer.get("type")) ? WeightType.FULL : WeightType.DIFF;
    return new ModelPayload(open(file), type);
  }

  private ModelFile open(Path file) throws AlgoException {
    try {
      var model = ModelFile.open(file);
      opened.add(model);
      return model;
    } catch (ModelFileException e) {
      throw new AlgoException.Failure("Python wrote no model file: " + e.getMessage());
    } catch (IOException e) {
      throw new AlgoException.Failure("the file that Python wrote cannot be read", e);
    }
  }

  private static long whole(Map<String, @Nullable Object> answer, String name)
      throws AlgoException.Failure {
    if (answer.get(name) instanceof Long number) {
      return number;
    }
    throw new AlgoException.Failure("Python answered without the number of " + name);
  }

  private static SortedMap<String, Double> numbers(
      Map<String, @Nullable Object> answer, String name) throws AlgoException.Failure {
    var numbers = new TreeMap<String, Double>();
    if (answer.get(name) instanceof Map<?, ?> values) {
      for (var value : values.entrySet()) {
        numbers.put(String.valueOf(value.getKey()), number(String.valueOf(value.getValue())));
      }
    }
    return numbers;
  }

  private static double number(String text) throws AlgoException.Failure {
    return switch (text) {
      case "nan" -> Double.NaN;
      case "inf" -> Double.POSITIVE_INFINITY;
      case "-inf" -> Double.NEGATIVE_INFINITY;
      default -> {
        try {
          yield Double.parseDouble(text);
        } catch (NumberFormatException _) {
          throw new AlgoException.Failure("Python answered with a number that is none");
        }
      }
    };
  }
}
