import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import org.wardfl.algo.AlgoContext;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.ClientAlgo;
import org.wardfl.algo.Metrics;
import org.wardfl.algo.ModelPayload;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.TaskContext;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.TrainSummary;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.WeightsRequest;
import org.wardfl.algo.model.ModelFile;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.algo.run.AlgoRunner;
import org.wardfl.algo.run.Grace;
import org.wardfl.algo.run.TaskRequest;
import org.wardfl.algo.run.TaskResult;
import org.wardfl.algo.run.UpdateTransform;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.client.python.PythonAlgo;
import org.wardfl.client.python.PythonLimits;
import org.wardfl.client.python.PythonProcesses;
import org.wardfl.proto.job.AlgorithmDefinition;

/** Start of a Python worker, a round with a large model in it, and how soon its death is noticed. */
final class Worker {

  private static final String ALGORITHM =
      """
      import os, time
      from ward import ClientAlgo, ExchangeObject, WeightType

      class Shift(ClientAlgo):
          def initialize(self, extra=None):
              self.scratch, self.hang = extra["scratch"], extra["data"].get("hang")

          def evaluate(self, data, extra=None):
              return ExchangeObject(metrics={"loss": 1.0})

          def train(self, data, extra=None):
              if self.hang:
                  with open(self.scratch + "/pid", "w") as file:
                      file.write(str(os.getpid()))
                  time.sleep(1000)
              began = time.perf_counter()
              self.weights = {name: value + 1 for name, value in data.weights.items()}
              self.own = time.perf_counter() - began

          def get_weights(self, extra=None):
              return ExchangeObject(weights=self.weights, weight_type=WeightType.WEIGHTS,
                                    statistics={"num_executed_iterations": 1, "own": self.own})
      """;

  private final Path folder;
  private final String python;
  private int tasks;

  private Worker(Path folder, String python) {
    this.folder = folder;
    this.python = python;
  }

  public static void main(String... arguments) throws Exception {
    var worker = new Worker(Path.of(arguments[0]), arguments[1]);
    int megabytes = Integer.parseInt(arguments[2]);
    Files.writeString(worker.folder.resolve("shift.py"), ALGORITHM);
    worker.start(worker.model("small", 1));
    worker.round(worker.model("large", megabytes), megabytes);
    worker.death(worker.model("small", 1));
    System.exit(0);
  }

  private Path model(String name, int megabytes) throws Exception {
    var file = folder.resolve(name);
    var tensors = TensorMap.builder();
    for (int i = 0; i < megabytes; i++) {
      tensors.add(Tensor.floats("layer" + i, new float[250_000], 250_000));
    }
    ModelWriter.write(tensors.build(), file);
    return file;
  }

  private void start(Path model) throws Exception {
    var first = new double[7];
    var next = new double[7];
    for (int i = 0; i < first.length; i++) {
      try (var processes = new PythonProcesses(PythonLimits.DEFAULT, System.err)) {
        first[i] = seconds(processes, model);
        next[i] = seconds(processes, model);
      }
    }
    System.out.printf(
        "a whole task of a numpy-only algorithm: %.2f s with the start of Python, %.2f s from then on"
            + " (medians of %d; promise for the start: at most 0.5 s)%n",
        median(first), median(next), first.length);
  }

  private double seconds(PythonProcesses processes, Path model) throws Exception {
    long began = System.nanoTime();
    train(processes, model);
    return (System.nanoTime() - began) / 1e9;
  }

  /** The same in Java: what the platform itself needs, to check, hash and write the update. */
  private static final class Shift extends ClientAlgo {

    private TensorMap weights = TensorMap.of();
    private double own;

    @Override
    public TrainSummary train(ModelPayload global, TaskContext task) throws AlgoException {
      try {
        var received = ((ModelFile) global.weights()).load();
        long began = System.nanoTime();
        var shifted = TensorMap.builder();
        for (var spec : received.specs()) {
          var values = received.tensor(spec.name()).toFloats();
          for (int i = 0; i < values.length; i++) {
            values[i]++;
          }
          shifted.add(Tensor.floats(spec, values));
        }
        weights = shifted.build();
        own = (System.nanoTime() - began) / 1e9;
        return new TrainSummary(1, 1, new TreeMap<>(Map.of("own", own)));
      } catch (IOException e) {
        throw new AlgoException.Failure("the model cannot be read", e);
      }
    }

    @Override
    public ModelPayload getWeights(WeightsRequest request, TaskContext task) {
      return new ModelPayload(weights, WeightType.FULL);
    }

    @Override
    public Metrics evaluate(ModelPayload global, TaskContext task) {
      return Metrics.none();
    }
  }

  private double inJava(Path model) throws Exception {
    var scratch = Files.createDirectory(folder.resolve("task-" + ++tasks));
    long began = System.nanoTime();
    try (var runner = new AlgoRunner(new Shift(), context(scratch, Map.of()), Grace.DEFAULT)) {
      if (runner.run(request(model, scratch)) instanceof TaskResult.Trained trained) {
        Files.delete(scratch.resolve("update"));
        return (System.nanoTime() - began) / 1e9 - trained.summary().values().get("own");
      }
      throw new IllegalStateException("the task failed");
    }
  }

  private void round(Path model, int megabytes) throws Exception {
    var java = new double[9];
    for (int i = 0; i < java.length; i++) {
      java[i] = inJava(model);
    }
    try (var processes = new PythonProcesses(PythonLimits.DEFAULT, System.err)) {
      var whole = new double[9];
      var own = new double[whole.length];
      for (int i = 0; i < whole.length; i++) {
        long began = System.nanoTime();
        var trained = train(processes, model);
        whole[i] = (System.nanoTime() - began) / 1e9;
        own[i] = trained.summary().values().get("own");
        whole[i] -= own[i];
      }
      System.out.printf(
          "a round with a model of %d MB: %.2f s beyond the algorithm's own %.2f s (median of %d,"
              + " largest %.2f s; promise: at most 0.5 s for 100 MB); the same algorithm in Java:"
              + " %.2f s%n",
          megabytes,
          median(whole),
          median(own),
          whole.length,
          Arrays.stream(whole).max().orElse(0),
          median(java));
    }
  }

  private void death(Path model) throws Exception {
    var noticed = new double[7];
    for (int i = 0; i < noticed.length; i++) {
      try (var processes = new PythonProcesses(PythonLimits.DEFAULT, System.err);
          var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        var scratch = Files.createDirectory(folder.resolve("task-" + ++tasks));
        try (var runner = runner(processes, scratch, Map.of("hang", true))) {
          var running = threads.submit(() -> runner.run(request(model, scratch)));
          var file = scratch.resolve("pid");
          while (!Files.exists(file) || Files.size(file) == 0) {
            Thread.sleep(5);
          }
          long began = System.nanoTime();
          ProcessHandle.of(Long.parseLong(Files.readString(file))).orElseThrow().destroyForcibly();
          if (!(running.get() instanceof TaskResult.Failed)) {
            throw new IllegalStateException("the death was not noticed");
          }
          noticed[i] = (System.nanoTime() - began) / 1e9;
        }
      }
    }
    System.out.printf(
        "kill -9 of Python noticed after %.3f s (median of %d, largest %.3f s; promise: at most"
            + " 0.5 s)%n",
        median(noticed), noticed.length, Arrays.stream(noticed).max().orElse(0));
  }

  private TaskResult.Trained train(PythonProcesses processes, Path model) throws Exception {
    var scratch = Files.createDirectory(folder.resolve("task-" + ++tasks));
    try (var runner = runner(processes, scratch, Map.of())) {
      if (runner.run(request(model, scratch)) instanceof TaskResult.Trained trained) {
        Files.delete(scratch.resolve("update"));
        Files.delete(scratch.resolve("update-1.safetensors"));
        return trained;
      }
      throw new IllegalStateException("the task failed");
    }
  }

  private AlgoRunner runner(PythonProcesses processes, Path scratch, Map<String, Object> settings) {
    var definition =
        new AlgorithmDefinition(
            AlgorithmDefinition.PYTHON,
            Optional.empty(),
            Optional.of("shift:Shift"),
            Optional.of("."),
            Optional.empty(),
            Arguments.none());
    var algo = new PythonAlgo(definition, python, 2L << 30, TaskKind.TRAIN, processes);
    return new AlgoRunner(algo, context(scratch, settings), Grace.DEFAULT);
  }

  private AlgoContext context(Path scratch, Map<String, Object> settings) {
    return new AlgoContext(
        new SiteName("site-1"),
        Arguments.none(),
        new AlgoContext.DataBinding("", Optional.empty(), new Arguments(settings)),
        folder,
        scratch,
        List.of(),
        1);
  }

  private static TaskRequest request(Path model, Path scratch) {
    return new TaskRequest(
        TaskKind.TRAIN,
        1,
        1,
        42,
        "site-1",
        Optional.of(model),
        WeightType.DIFF,
        _ -> false,
        Optional.empty(),
        scratch.resolve("update"),
        scratch.resolve("state"),
        UpdateTransform.none(),
        (_, _) -> {});
  }

  private static double median(double[] values) {
    var sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
