package org.wardfl.gpu.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.Metrics;
import org.wardfl.algo.ModelPayload;
import org.wardfl.algo.TaskContext;
import org.wardfl.algo.TrainSummary;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.method.ControlVariates;
import org.wardfl.algo.method.LocalTensors;
import org.wardfl.algo.method.Normalizer;
import org.wardfl.algo.method.PersonalModel;
import org.wardfl.algo.model.ModelFile;
import org.wardfl.algo.model.ModelFileException;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.algo.tensor.TensorSource;
import org.wardfl.gpu.torch.Torch;

/// Trains and scores by a job's method, and keeps what method and optimizer keep: the part that all
/// algorithms on torch have in common.
///
/// Training values: `loss`, the mean of the batches' losses; for FedNova also the [Normalizer], for
/// Ditto `personal.loss`.
///
/// @param <W> the network's weights
public final class SiteTraining<W extends LearnedWeights> {

  private final TrainingOptions options;
  private final MethodOptions methods;
  private final Trainee<W> trainee;
  private final Torch torch;
  private final LocalTensors local;
  private @Nullable ModelPayload trained;
  private TensorMap state = TensorMap.of();

  /// A training that has not begun.
  public SiteTraining(TrainingOptions options, Trainee<W> trainee, Torch torch) {
    this.options = options;
    this.methods = options.methods();
    this.trainee = trainee;
    this.torch = torch;
    this.local = new LocalTensors(methods.keepLocal());
  }

  /// An untrained model with whatever the method needs in it.
  public ModelPayload initial(ModelPayload model) {
    return isScaffold() ? full(ControlVariates.withZeros(model.weights())) : model;
  }

  /// What the last training leaves to the federation, as full weights.
  ///
  /// @throws AlgoException.Unsupported if there was none
  public ModelPayload trained() throws AlgoException.Unsupported {
    if (trained == null) {
      throw new AlgoException.Unsupported("there are no weights before a training");
    }
    return trained;
  }

  /// Scores the received model with this site's own tensors in it; with Ditto the personal model,
  /// too, once there is one.
  public Metrics evaluate(ModelPayload global, TaskContext task) throws AlgoException {
    Torch.withoutGradients();
    Metrics scores;
    try (var weights = trainee.open(received(global))) {
      scores = trainee.score(weights, task);
    }
    var personal = PersonalModel.in(state);
    if (personal.size() == 0) {
      return scores;
    }
    try (var weights = openPersonal(personal)) {
      return PersonalModel.scores(scores, trainee.score(weights, task));
    }
  }

  /// Trains from the received model.
  public TrainSummary train(ModelPayload global, TaskContext task) throws AlgoException {
    var received = received(global);
    int samples = trainee.samples();
    var values = new TreeMap<String, Double>();
    var next = TensorMap.builder();
    Torch.withoutGradients();
    try {
      long steps = federated(global, received, samples, task, values, next);
      if (methods.method() instanceof Method.Ditto(var lambda)) {
        values.put(PersonalModel.METRIC + "loss", personal(lambda, received, samples, task, next));
      }
      state = next.build();
      return new TrainSummary(steps, samples, values);
    } catch (IOException e) {
      throw new AlgoException.Failure("the received model cannot be read", e);
    }
  }

  private long federated(
      ModelPayload global,
      ModelPayload received,
      int samples,
      TaskContext task,
      Map<String, Double> values,
      TensorMap.Builder next)
      throws AlgoException, IOException {
    torch.seed(task.seed("torch"));
    try (var weights = trainee.open(received);
        var memory = torch.manager().newSubManager()) {
      var learned = learned(weights);
      var shared = new TreeSet<>(learned.keySet());
      shared.removeIf(methods.keepLocal()::matches);
      Optional<ControlVariates> variates =
          isScaffold() ? Optional.of(ControlVariates.of(global, shared, state)) : Optional.empty();
      var term =
          switch (methods.method()) {
            case Method.FedProx(var mu) ->
                GradientTerm.proximal(mu, copies(learned, shared, memory));
            case Method.FedNova(var mu) ->
                GradientTerm.proximal(mu, copies(learned, shared, memory));
            case Method.Scaffold _ ->
                GradientTerm.constant(corrections(variates.orElseThrow(), learned, shared, memory));
            case Method.FedAvg _, Method.Ditto _ -> GradientTerm.none();
          };
      var optimizer = new CorrectedOptimizer(term, options.optimizer());
      if (options.keepState() && state.size() > 0) {
        optimizer.restore(state, learned);
      }
      var batches = options.batches(samples, task.seed("shuffle"));
      long steps = options.steps(batches);
      var loss = trainee.loss(weights, task::seed);
      values.put(
          "loss", new TrainingLoop(torch, learned, optimizer).run(batches, steps, loss, task));
      if (methods.method() instanceof Method.FedNova(var mu)) {
        values.put(Normalizer.KEY, Normalizer.sum(steps, options.momentum(), options.rate() * mu));
      }
      var result = weights.snapshot();
      if (options.keepState()) {
        addAll(optimizer.state(), next);
      }
      local.save(result, next);
      trained = full(leaving(global, received, result, variates, steps, task, next));
      return steps;
    }
  }

  private TensorMap leaving(
      ModelPayload global,
      ModelPayload received,
      TensorMap result,
      Optional<ControlVariates> variates,
      long steps,
      TaskContext task,
      TensorMap.Builder next)
      throws AlgoException, IOException {
    var weights = local.leaving(result, received.weights(), task::mayOmit);
    if (variates.isEmpty()) {
      return weights;
    }
    var changed = variates.get().after(received.weights(), result, steps, options.rate());
    addAll(changed.kept(), next);
    var all = TensorMap.builder();
    addAll(weights, all);
    addAll(ControlVariates.sent(global, changed), all);
    return all.build();
  }

  /// Trains the model that stays here, and gives its loss.
  private double personal(
      double lambda, ModelPayload received, int samples, TaskContext task, TensorMap.Builder next)
      throws AlgoException {
    Trainee.Seeds seeds = purpose -> task.seed("personal/" + purpose);
    torch.seed(seeds.of("torch"));
    var kept = PersonalModel.in(state);
    try (var start = trainee.open(received);
        var weights = kept.size() == 0 ? trainee.open(received) : openPersonal(kept)) {
      var term = GradientTerm.proximal(lambda, start.parameters());
      var batches = options.batches(samples, seeds.of("shuffle"));
      double loss =
          new TrainingLoop(
                  torch, learned(weights), new CorrectedOptimizer(term, options.optimizer()))
              .run(batches, options.steps(batches), trainee.loss(weights, seeds), task);
      PersonalModel.save(weights.snapshot(), next);
      return loss;
    }
  }

  private W openPersonal(TensorMap kept) throws AlgoException {
    try {
      return trainee.open(full(kept));
    } catch (AlgoException.InvalidModel e) {
      throw new AlgoException.Failure(
          "the kept personal model is of another network: " + e.getMessage());
    }
  }

  /// The model to train and score: without control variates, with the site's own tensors.
  private ModelPayload received(ModelPayload global) throws AlgoException {
    TensorSource model = global.weights();
    if (isScaffold()) {
      model = ControlVariates.without(model);
    }
    return new ModelPayload(local.merged(model, state), global.type());
  }

  private SortedMap<String, NDArray> learned(W weights) throws AlgoException.Configuration {
    var names = weights.parameters().keySet();
    methods.freeze().checkAgainst("freeze", names);
    methods.keepLocal().checkAgainst("keep_local", weights.names());
    var learned = new TreeMap<>(weights.parameters());
    for (var name : names) {
      if (methods.freeze().matches(name)) {
        Objects.requireNonNull(learned.remove(name)).setRequiresGradient(false);
      }
    }
    if (learned.isEmpty()) {
      throw new AlgoException.Configuration("argument `freeze`: nothing is left to train");
    }
    return learned;
  }

  private static Map<String, NDArray> copies(
      Map<String, NDArray> learned, Collection<String> names, NDManager memory) {
    var copies = new TreeMap<String, NDArray>();
    for (var name : names) {
      var copy = Objects.requireNonNull(learned.get(name)).duplicate();
      copy.attach(memory);
      copies.put(name, copy);
    }
    return copies;
  }

  private static Map<String, NDArray> corrections(
      ControlVariates variates,
      Map<String, NDArray> learned,
      Collection<String> names,
      NDManager memory) {
    var corrections = new TreeMap<String, NDArray>();
    for (var name : names) {
      Shape shape = Objects.requireNonNull(learned.get(name)).getShape();
      try (var shared = memory.create(variates.correction(name).toFloats(), shape)) {
        corrections.put(name, shared.duplicate());
      }
    }
    return corrections;
  }

  private static void addAll(TensorMap tensors, TensorMap.Builder into) {
    tensors.specs().forEach(spec -> into.add(tensors.tensor(spec.name())));
  }

  private static ModelPayload full(TensorSource weights) {
    return new ModelPayload(weights, WeightType.FULL);
  }

  private boolean isScaffold() {
    return methods.method() instanceof Method.Scaffold;
  }

  /// Writes what is kept for the next task, if anything is.
  ///
  /// @throws IOException if it cannot be written
  public void saveState(Path target) throws IOException {
    if (state.size() > 0) {
      ModelWriter.write(state, target);
    }
  }

  /// Takes up what the last task kept.
  ///
  /// @throws IOException if it cannot be read
  /// @throws AlgoException.Failure if it is damaged
  public void restoreState(Path source) throws IOException, AlgoException.Failure {
    try (var kept = ModelFile.open(source)) {
      state = kept.load();
    } catch (ModelFileException e) {
      throw new AlgoException.Failure("the kept state is damaged: " + e.getMessage(), e);
    }
  }
}
