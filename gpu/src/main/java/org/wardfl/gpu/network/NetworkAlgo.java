package org.wardfl.gpu.network;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.wardfl.algo.AlgoContext;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.ClientAlgo;
import org.wardfl.algo.DataStats;
import org.wardfl.algo.Metrics;
import org.wardfl.algo.ModelPayload;
import org.wardfl.algo.StatefulAlgo;
import org.wardfl.algo.TaskContext;
import org.wardfl.algo.TrainSummary;
import org.wardfl.algo.WeightsRequest;
import org.wardfl.algo.model.ModelFile;
import org.wardfl.algo.model.ModelFileException;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.gpu.torch.Torch;
import org.wardfl.gpu.training.TrainingLoop;

/// Trains a network on a [Problem]. Training values: `loss`, the mean of the batches' losses.
public final class NetworkAlgo extends ClientAlgo implements StatefulAlgo {

  private final Problem.Reader reader;
  private @Nullable Problem problem;
  private @Nullable Torch torch;
  private @Nullable ModelPayload trained;
  private TensorMap state = TensorMap.of();

  /// An algorithm without a job yet.
  ///
  /// @param reader makes its problem of the job
  public NetworkAlgo(Problem.Reader reader) {
    this.reader = reader;
  }

  @Override
  public void initialize(AlgoContext context) throws AlgoException {
    problem = reader.read(context);
    torch = Torch.open(context);
  }

  @Override
  public void shutdown() {
    if (torch != null) {
      torch.close();
    }
  }

  @Override
  public ModelPayload getWeights(WeightsRequest request, TaskContext task) throws AlgoException {
    return switch (request) {
      case WeightsRequest.Initial _ -> problem().initial(task.seed("init"));
      case WeightsRequest.Current _ -> {
        if (trained == null) {
          throw new AlgoException.Unsupported("there are no weights before a training");
        }
        yield trained;
      }
      case WeightsRequest.Stored _ ->
          throw new AlgoException.Unsupported("this algorithm stores no models of its own");
    };
  }

  @Override
  public Metrics evaluate(ModelPayload global, TaskContext task) throws AlgoException {
    Torch.withoutGradients();
    try (var weights = new Weights(problem().architecture(), global, torch())) {
      return problem().evaluate(weights, torch(), task);
    }
  }

  @Override
  public TrainSummary train(ModelPayload global, TaskContext task) throws AlgoException {
    int samples = problem().samples();
    Torch.withoutGradients();
    torch().seed(task.seed("torch"));
    var random = new Random(task.seed("augmentation"));
    var training = problem().training();
    try (var weights = new Weights(problem().architecture(), global, torch())) {
      var optimizer = training.optimizer();
      if (state.size() > 0) {
        optimizer.restore(state, weights.parameters());
      }
      var batches = training.batches(samples, task.seed("shuffle"));
      long steps = training.steps(batches);
      double loss =
          new TrainingLoop(torch(), weights.parameters(), optimizer)
              .run(
                  batches,
                  steps,
                  (manager, batch) -> problem().loss(weights, manager, batch, random),
                  task);
      trained = weights.snapshot();
      state = training.keepState() ? optimizer.state() : TensorMap.of();
      return new TrainSummary(steps, samples, new TreeMap<>(Map.of("loss", loss)));
    }
  }

  @Override
  public DataStats getDataStats(TaskContext task) throws AlgoException {
    return problem().statistics();
  }

  @Override
  public void saveState(Path target) throws IOException {
    if (state.size() > 0) {
      ModelWriter.write(state, target);
    }
  }

  @Override
  public void restoreState(Path source) throws IOException, AlgoException {
    try (var kept = ModelFile.open(source)) {
      state = kept.load();
    } catch (ModelFileException e) {
      throw new AlgoException.Failure("the kept state is damaged: " + e.getMessage(), e);
    }
  }

  private Problem problem() {
    return started(problem);
  }

  private Torch torch() {
    return started(torch);
  }

  private static <T> T started(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("initialize was not called");
    }
    return part;
  }
}
