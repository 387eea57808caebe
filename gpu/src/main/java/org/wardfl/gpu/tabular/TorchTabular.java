package org.wardfl.gpu.tabular;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
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
import org.wardfl.algo.statistics.StatisticsRequest;
import org.wardfl.gpu.statistics.TableDescription;
import org.wardfl.gpu.table.Table;
import org.wardfl.gpu.torch.Torch;
import org.wardfl.gpu.training.SiteTraining;
import org.wardfl.gpu.training.Trainee;
import org.wardfl.gpu.training.TrainingLoop;

/// Trains a multilayer perceptron or a logistic regression on a CSV file with PyTorch.
///
/// Arguments: [TabularOptions]. Metrics: [Score]. Training values: those of [SiteTraining].
final class TorchTabular extends ClientAlgo implements StatefulAlgo, Trainee<Perceptron> {

  private @Nullable TabularOptions options;
  private @Nullable Path file;
  private @Nullable Dataset dataset;
  private @Nullable Torch torch;
  private @Nullable SiteTraining<Perceptron> training;
  private Optional<Statistics> given = Optional.empty();

  @Override
  public void initialize(AlgoContext context) throws AlgoException {
    var own = TabularOptions.of(context.arguments(), context.data().settings());
    options = own;
    file =
        context
            .data()
            .location()
            .orElseThrow(() -> new AlgoException.Configuration("the job names no dataset"));
    given = own.givenStatistics(context.jobFolder());
    torch = Torch.open(context);
    training = new SiteTraining<>(own.training(), this, torch);
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
        yield training()
            .initial(
                Perceptron.initial(
                    Perceptron.sizes(features.size(), options()), task.seed("init")));
      }
      case WeightsRequest.Current _ -> training().trained();
      case WeightsRequest.Stored _ ->
          throw new AlgoException.Unsupported("torch-tabular stores no models of its own");
    };
  }

  @Override
  public Metrics evaluate(ModelPayload global, TaskContext task) throws AlgoException {
    return training().evaluate(global, task);
  }

  @Override
  public TrainSummary train(ModelPayload global, TaskContext task) throws AlgoException {
    return training().train(global, task);
  }

  @Override
  public Perceptron open(ModelPayload model) throws AlgoException {
    return new Perceptron(Perceptron.sizes(dataset().features().size(), options()), model, torch());
  }

  @Override
  public int samples() throws AlgoException {
    return dataset().train().count();
  }

  @Override
  public Metrics score(Perceptron network, TaskContext task) throws AlgoException {
    var rows = dataset().evaluation();
    if (rows.count() == 0) {
      return Metrics.none();
    }
    int width = dataset().features().size();
    try (var manager = torch().manager().newSubManager();
        var input = manager.create(rows.values(), new Shape(rows.count(), width))) {
      return new Score(network.logits(input).toFloatArray(), rows.labels(), options().outputs())
          .metrics();
    }
  }

  @Override
  public TrainingLoop.BatchLoss loss(Perceptron network, Seeds seeds) throws AlgoException {
    var data = dataset();
    return (manager, rows) -> loss(network, data, manager, rows);
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
    training().saveState(target);
  }

  @Override
  public void restoreState(Path source) throws IOException, AlgoException {
    training().restoreState(source);
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

  private SiteTraining<Perceptron> training() {
    return started(training);
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
