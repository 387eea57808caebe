package org.wardfl.gpu.tabular;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
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
import org.wardfl.algo.statistics.StatisticsRequest;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.gpu.statistics.TableDescription;
import org.wardfl.gpu.table.Table;
import org.wardfl.gpu.torch.Torch;
import org.wardfl.gpu.training.TrainingLoop;

/// Trains a multilayer perceptron or a logistic regression on a CSV file with PyTorch.
///
/// Arguments: [TabularOptions]. Metrics: [Score]. Training values: `loss`, the mean of the batches'
/// losses.
final class TorchTabular extends ClientAlgo implements StatefulAlgo {

  private @Nullable TabularOptions options;
  private @Nullable Path file;
  private @Nullable Dataset dataset;
  private @Nullable Torch torch;
  private @Nullable ModelPayload trained;
  private Optional<Statistics> given = Optional.empty();
  private TensorMap state = TensorMap.of();

  @Override
  public void initialize(AlgoContext context) throws AlgoException {
    var own = TabularOptions.of(context.arguments(), context.data().settings());
    options = own;
    file =
        context
            .data()
            .location()
            .orElseThrow(() -> new AlgoException.Configuration("the job names no dataset"));
    if (own.statistics().isPresent()) {
      var statistics = context.jobFolder().resolve(own.statistics().get()).normalize();
      if (!statistics.startsWith(context.jobFolder().normalize())) {
        throw new AlgoException.Configuration(
            "argument `statistics`: the file is outside the job folder");
      }
      given = Optional.of(Statistics.read(statistics));
    }
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
      case WeightsRequest.Initial _ -> {
        var features = new DatasetReader(options(), Table.read(file())).features();
        yield Perceptron.initial(Perceptron.sizes(features.size(), options()), task.seed("init"));
      }
      case WeightsRequest.Current _ -> {
        if (trained == null) {
          throw new AlgoException.Unsupported("there are no weights before a training");
        }
        yield trained;
      }
      case WeightsRequest.Stored _ ->
          throw new AlgoException.Unsupported("torch-tabular stores no models of its own");
    };
  }

  @Override
  public Metrics evaluate(ModelPayload global, TaskContext task) throws AlgoException {
    var data = dataset();
    var rows = data.evaluation();
    if (rows.count() == 0) {
      return Metrics.none();
    }
    Torch.withoutGradients();
    try (var network = network(global, data);
        var manager = torch().manager().newSubManager();
        var input =
            manager.create(rows.values(), new Shape(rows.count(), data.features().size()))) {
      return new Score(network.logits(input).toFloatArray(), rows.labels(), options().outputs())
          .metrics();
    }
  }

  @Override
  public TrainSummary train(ModelPayload global, TaskContext task) throws AlgoException {
    var data = dataset();
    Torch.withoutGradients();
    torch().seed(task.seed("torch"));
    try (var network = network(global, data)) {
      var optimizer = options().training().optimizer();
      if (state.size() > 0) {
        optimizer.restore(state, network.parameters());
      }
      var batches = options().training().batches(data.train().count(), task.seed("shuffle"));
      long steps = options().training().steps(batches);
      double loss =
          new TrainingLoop(torch(), network.parameters(), optimizer)
              .run(batches, steps, (manager, rows) -> loss(network, data, manager, rows), task);
      trained = network.weights();
      state = options().training().keepState() ? optimizer.state() : TensorMap.of();
      return new TrainSummary(steps, data.train().count(), new TreeMap<>(Map.of("loss", loss)));
    }
  }

  private static NDArray loss(Perceptron network, Dataset data, NDManager manager, int[] batch) {
    int width = data.features().size();
    var values = new float[batch.length * width];
    var labels = new int[batch.length];
    for (int i = 0; i < batch.length; i++) {
      System.arraycopy(data.train().values(), batch[i] * width, values, i * width, width);
      labels[i] = data.train().labels()[batch[i]];
    }
    return network.loss(manager.create(values, new Shape(batch.length, width)), labels);
  }

  @Override
  public DataStats getDataStats(StatisticsRequest request, TaskContext task) throws AlgoException {
    var table = Table.read(file());
    var label = Optional.of(options().label());
    return new TableDescription(table, label, options().split(), Optional.empty())
        .describe(request);
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

  private Perceptron network(ModelPayload model, Dataset data) throws AlgoException {
    return new Perceptron(Perceptron.sizes(data.features().size(), options()), model, torch());
  }

  private Dataset dataset() throws AlgoException {
    var known = dataset;
    if (known == null) {
      known = new DatasetReader(options(), Table.read(file())).read(given);
      dataset = known;
    }
    return known;
  }

  private TabularOptions options() {
    return started(options);
  }

  private Path file() {
    return started(file);
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
