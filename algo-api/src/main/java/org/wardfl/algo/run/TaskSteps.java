package org.wardfl.algo.run;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.TreeSet;
import org.wardfl.algo.AbortSignal;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.ClientAlgo;
import org.wardfl.algo.Metrics;
import org.wardfl.algo.ModelPayload;
import org.wardfl.algo.Seed;
import org.wardfl.algo.StatefulAlgo;
import org.wardfl.algo.TaskContext;
import org.wardfl.algo.TrainSummary;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.WeightsRequest;
import org.wardfl.algo.model.Durability;
import org.wardfl.algo.model.ModelFile;
import org.wardfl.algo.model.ModelFileException;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.algo.tensor.Combination;
import org.wardfl.algo.tensor.Elements;
import org.wardfl.algo.tensor.TensorSource;
import org.wardfl.algo.tensor.TensorSpec;

/// The calls of one task in MONAI's order, and the checks of what they return. Runs on the
/// algorithm's own thread.
final class TaskSteps implements TaskContext {

  private static final int BLOCK_ELEMENTS = 1 << 15;

  private final ClientAlgo algo;
  private final TaskRequest request;
  private final AbortSignal signal;
  private Phase phase = Phase.MODEL;

  TaskSteps(ClientAlgo algo, TaskRequest request, AbortSignal signal) {
    this.algo = algo;
    this.request = request;
    this.signal = signal;
  }

  /// Does the task. Whatever the algorithm throws becomes a value; a file that was begun is
  /// deleted.
  TaskResult run() {
    try {
      return steps();
    } catch (AlgoException.Aborted e) {
      return signal.isSet()
          ? new TaskResult.Aborted(e.abortCause(), false)
          : failed("the algorithm says that it was aborted, but nobody asked it to", e);
    } catch (AlgoException e) {
      return failed(Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName()), e);
    } catch (ModelFileException | IOException e) {
      return failed("a file could not be read or written: " + reason(e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return signal
          .cause()
          .<TaskResult>map(cause -> new TaskResult.Aborted(cause, false))
          .orElseGet(() -> failed("the algorithm was interrupted", e));
    } catch (Throwable e) {
      // The outermost frame of foreign code: an Error of the algorithm must not take the agent
      // along. Its message may hold
      // patient data and stays in the detail.
      return failed("the algorithm threw " + e.getClass().getName(), e);
    }
  }

  /// Fails a task in which the algorithm could not even be made ready.
  static TaskResult.Failed notReady(Throwable e) {
    var message =
        e instanceof AlgoException && e.getMessage() != null
            ? e.getMessage()
            : "the algorithm threw " + e.getClass().getName();
    return new TaskResult.Failed(Phase.INITIALIZE, message, trace(e));
  }

  private TaskResult steps()
      throws AlgoException, InterruptedException, IOException, ModelFileException {
    if (algo instanceof StatefulAlgo stateful && request.stateIn().isPresent()) {
      enter(Phase.RESTORE_STATE);
      stateful.restoreState(request.stateIn().get());
    }
    return switch (request.kind()) {
      case INITIAL -> initial();
      case TRAIN -> train();
      case EVALUATE -> evaluate();
      case DATA_STATS -> {
        enter(Phase.DATA_STATS);
        yield new TaskResult.Described(result(algo.getDataStats(request.statistics(), this)));
      }
    };
  }

  // An algorithm that did not notice an abort in one call is not asked for the next.
  private void enter(Phase next) throws AlgoException.Aborted {
    signal.throwIfSet();
    phase = next;
  }

  private TaskResult initial() throws AlgoException, InterruptedException, IOException {
    enter(Phase.GET_WEIGHTS);
    var payload = result(algo.getWeights(new WeightsRequest.Initial(), this));
    if (payload.type() != WeightType.FULL) {
      throw new AlgoException.InvalidModel(
          "the initial model is a difference, expected full weights");
    }
    var hash = write(payload.weights());
    return new TaskResult.Initialized(hash, Files.size(request.updateOut()));
  }

  private TaskResult evaluate()
      throws AlgoException, InterruptedException, IOException, ModelFileException {
    try (var file = ModelFile.open(model())) {
      enter(Phase.EVALUATE);
      return new TaskResult.Evaluated(
          result(algo.evaluate(new ModelPayload(file, WeightType.FULL), this)));
    }
  }

  private TaskResult train()
      throws AlgoException, InterruptedException, IOException, ModelFileException {
    // Read, not mapped: mapped pages would count as memory of the process beside its own copy.
    try (var file = ModelFile.open(model())) {
      var received = new ModelPayload(file, WeightType.FULL);
      enter(Phase.EVALUATE);
      Metrics metrics = result(algo.evaluate(received, this));
      enter(Phase.TRAIN);
      TrainSummary summary = result(algo.train(received, this));
      enter(Phase.GET_WEIGHTS);
      var payload = result(algo.getWeights(new WeightsRequest.Current(request.wanted()), this));
      checkStructure(payload.weights(), received.weights());
      var weights = new InModelRoles(inWantedForm(payload, received.weights()), received.weights());
      enter(Phase.FILTER);
      var filtered = request.transform().apply(weights, request.wanted(), summary);
      enter(Phase.GET_WEIGHTS);
      var hash = write(filtered);
      return new TaskResult.Trained(
          hash, Files.size(request.updateOut()), summary, metrics, saveState());
    }
  }

  private boolean saveState() throws AlgoException, IOException {
    if (!(algo instanceof StatefulAlgo stateful)) {
      return false;
    }
    enter(Phase.SAVE_STATE);
    stateful.saveState(request.stateOut());
    return Files.exists(request.stateOut());
  }

  private TensorSource inWantedForm(ModelPayload payload, TensorSource received) {
    if (payload.type() == request.wanted()) {
      return payload.weights();
    }
    return switch (request.wanted()) {
      case DIFF -> Combination.difference(payload.weights(), received);
      case FULL -> Combination.sum(received, payload.weights());
    };
  }

  private void checkStructure(TensorSource update, TensorSource model)
      throws AlgoException.InvalidModel {
    for (var spec : update.specs()) {
      var expected =
          model
              .spec(spec.name())
              .orElseThrow(() ->
                  new AlgoException.InvalidModel(
                      "tensor " + spec.name() + " is not in the received model"));
      if (!expected.shape().equals(spec.shape()) || expected.dtype() != spec.dtype()) {
        throw new AlgoException.InvalidModel(
            "tensor "
                + spec.name()
                + ": "
                + spec.dtype()
                + spec.shape()
                + ", expected "
                + expected.dtype()
                + expected.shape());
      }
    }
    var missing = new TreeSet<String>();
    for (var spec : model.specs()) {
      if (update.spec(spec.name()).isEmpty() && !request.mayOmit().test(spec.name())) {
        missing.add(spec.name());
      }
    }
    if (!missing.isEmpty()) {
      throw new AlgoException.InvalidModel(
          "the algorithm did not return tensor " + String.join(", ", missing));
    }
  }

  private ModelHash write(TensorSource weights) throws IOException, AlgoException {
    try (var writer =
            ModelWriter.open(
                weights.specs(), weights.aliases(), request.updateOut(), Durability.PROCESS);
        var arena = Arena.ofConfined()) {
      long largest = writer.order().stream().mapToLong(TensorSpec::sizeBytes).max().orElse(0);
      var buffer = arena.allocate(Math.min(8L * BLOCK_ELEMENTS, largest), 64);
      for (var spec : writer.order()) {
        var check = new FiniteCheck(spec);
        long blockBytes = (long) BLOCK_ELEMENTS * spec.dtype().sizeBytes();
        for (long at = 0; at < spec.sizeBytes(); at += blockBytes) {
          signal.throwIfSet();
          var block = buffer.asSlice(0, Math.min(blockBytes, spec.sizeBytes() - at));
          weights.read(spec, at, block);
          check.accept(block);
          writer.append(block);
        }
      }
      return writer.finish();
    }
  }

  /// Refuses NaN and infinity in floating tensors.
  private static final class FiniteCheck {
    private final TensorSpec spec;
    private final Elements elements;
    private final double[] values;

    FiniteCheck(TensorSpec spec) {
      this.spec = spec;
      int capacity = (int) Math.min(BLOCK_ELEMENTS, spec.shape().elements());
      this.elements = new Elements(spec.dtype(), capacity);
      this.values = new double[spec.dtype().isFloating() ? capacity : 0];
    }

    void accept(MemorySegment block) throws AlgoException.NonFinite {
      if (!spec.dtype().isFloating()) {
        return;
      }
      elements.decode(block, values);
      int count = (int) (block.byteSize() / spec.dtype().sizeBytes());
      for (int i = 0; i < count; i++) {
        if (!Double.isFinite(values[i])) {
          throw new AlgoException.NonFinite("tensor " + spec.name() + " holds " + values[i]);
        }
      }
    }
  }

  private Path model() {
    return request.model().orElseThrow();
  }

  // Foreign code may return null whatever its signature says.
  private static <T> T result(@org.jspecify.annotations.Nullable T value)
      throws AlgoException.Failure {
    if (value == null) {
      throw new AlgoException.Failure("the algorithm returned null");
    }
    return value;
  }

  /// Why, without the path, which stays at the site.
  private static String reason(Exception e) {
    var reason = e instanceof FileSystemException file ? file.getReason() : e.getMessage();
    return reason == null || reason.contains("/") ? e.getClass().getSimpleName() : reason;
  }

  private TaskResult.Failed failed(String message, Throwable e) {
    return new TaskResult.Failed(phase, message, trace(e));
  }

  private static String trace(Throwable e) {
    var text = new StringWriter();
    e.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  @Override
  public int round() {
    return request.round();
  }

  @Override
  public int totalRounds() {
    return request.totalRounds();
  }

  @Override
  public long seed(String purpose) {
    return Seed.derive(request.jobSeed(), request.round(), request.seedSite(), purpose);
  }

  @Override
  public boolean mayOmit(String tensor) {
    return request.mayOmit().test(tensor);
  }

  @Override
  public AbortSignal abort() {
    return signal;
  }

  @Override
  public void progress(double fraction, String note) {
    request.progress().progress(Math.clamp(fraction, 0.0, 1.0), note);
  }
}
