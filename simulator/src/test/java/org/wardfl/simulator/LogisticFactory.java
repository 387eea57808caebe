package org.wardfl.simulator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.wardfl.algo.AlgoContext;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.ClientAlgo;
import org.wardfl.algo.ClientAlgoFactory;
import org.wardfl.algo.Metrics;
import org.wardfl.algo.ModelPayload;
import org.wardfl.algo.StatefulAlgo;
import org.wardfl.algo.TaskContext;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.TrainSummary;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.WeightsRequest;
import org.wardfl.algo.method.ControlVariates;
import org.wardfl.algo.model.ModelFile;
import org.wardfl.algo.model.ModelFileException;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.algo.tensor.DType;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;

/// Makes `logistic`: a logistic regression in plain Java on lines of standardized features, the
/// label, and `train` or `test`. Sites in the argument `bad` send their update sign-flipped and ten
/// times too large; those in `copies` train on nothing and send zeros. With `scaffold: true` it
/// trains by SCAFFOLD.
public final class LogisticFactory implements ClientAlgoFactory {

  /// For the service loader.
  public LogisticFactory() {}

  @Override
  public String id() {
    return "logistic";
  }

  @Override
  public Set<TaskKind> supports() {
    return EnumSet.of(TaskKind.INITIAL, TaskKind.TRAIN, TaskKind.EVALUATE);
  }

  @Override
  public boolean needsOwnProcess() {
    return false;
  }

  @Override
  public void check(Arguments arguments, Arguments dataSettings)
      throws AlgoException.Configuration {
    arguments.only("bad", "copies", "scaffold");
  }

  @Override
  public ClientAlgo create() {
    return new Logistic();
  }

  private static final class Logistic extends ClientAlgo implements StatefulAlgo {

    private static final double RATE = 0.1;
    private static final int EPOCHS = 5;

    private final List<double[]> train = new ArrayList<>();
    private final List<double[]> test = new ArrayList<>();
    private boolean bad;
    private boolean copies;
    private boolean scaffold;
    private int width;
    private TensorMap state = TensorMap.of();
    private TensorMap trained = TensorMap.of();

    @Override
    public void initialize(AlgoContext context) throws AlgoException {
      var arguments = context.arguments();
      var site = context.site().value();
      bad = arguments.strings("bad", List.of()).contains(site);
      copies = arguments.strings("copies", List.of()).contains(site);
      scaffold = arguments.bool("scaffold", false);
      try {
        for (var line : Files.readAllLines(context.data().location().orElseThrow())) {
          var cells = List.of(line.split(",", -1));
          var row = cells.subList(0, cells.size() - 1).stream();
          (cells.getLast().equals("train") ? train : test)
              .add(row.mapToDouble(Double::parseDouble).toArray());
        }
      } catch (IOException e) {
        throw new AlgoException.SiteData("the rows cannot be read");
      }
      width = train.getFirst().length - 1;
    }

    @Override
    public TrainSummary train(ModelPayload global, TaskContext task) throws AlgoException {
      var start = weights(global);
      var w = start.clone();
      var correction = new double[width + 1];
      ControlVariates variates = null;
      if (scaffold) {
        variates = ControlVariates.of(global, List.of("w"), state);
        correction = variates.correction("w").toDoubles();
      }
      for (int epoch = 0; epoch < EPOCHS && !copies; epoch++) {
        var gradient = new double[width + 1];
        for (var row : train) {
          double error = probability(w, row) - row[width];
          for (int i = 0; i <= width; i++) {
            gradient[i] += error * (i < width ? row[i] : 1) / train.size();
          }
        }
        for (int i = 0; i <= width; i++) {
          w[i] -= RATE * (gradient[i] + correction[i]);
        }
      }
      for (int i = 0; i <= width && bad; i++) {
        w[i] = start[i] - 10 * (w[i] - start[i]);
      }
      trained = TensorMap.of(Tensor.doubles("w", w, w.length));
      if (variates != null) {
        try {
          var changed = variates.after(global.weights(), trained, EPOCHS, RATE);
          state = changed.kept();
          trained =
              TensorMap.of(
                  trained.tensor("w"), changed.sent().tensor(ControlVariates.PREFIX + "w"));
        } catch (IOException e) {
          throw new AlgoException.Failure("the model cannot be read", e);
        }
      }
      return new TrainSummary(EPOCHS, train.size());
    }

    @Override
    public ModelPayload getWeights(WeightsRequest request, TaskContext task) throws AlgoException {
      return switch (request) {
        case WeightsRequest.Initial _ -> {
          var zero = TensorMap.of(Tensor.doubles("w", new double[width + 1], width + 1));
          yield new ModelPayload(
              scaffold ? ControlVariates.withZeros(zero) : zero, WeightType.FULL);
        }
        case WeightsRequest.Current _ -> new ModelPayload(trained, WeightType.FULL);
        case WeightsRequest.Stored _ -> throw new AlgoException.Unsupported("none are stored");
      };
    }

    @Override
    public Metrics evaluate(ModelPayload global, TaskContext task) throws AlgoException {
      var w = weights(global);
      int right = 0;
      for (var row : test) {
        right += (probability(w, row) > 0.5) == (row[width] == 1) ? 1 : 0;
      }
      double accuracy = (double) right / test.size();
      return new Metrics(new TreeMap<>(Map.of("accuracy", accuracy)), test.size());
    }

    private double[] weights(ModelPayload global) throws AlgoException {
      return global.tensor("w", DType.F64, width + 1).toDoubles();
    }

    private double probability(double[] w, double[] row) {
      double sum = w[width];
      for (int i = 0; i < width; i++) {
        sum += w[i] * row[i];
      }
      return 1 / (1 + StrictMath.exp(-sum));
    }

    @Override
    public void saveState(Path file) throws IOException {
      if (state.size() > 0) {
        ModelWriter.write(state, file);
      }
    }

    @Override
    public void restoreState(Path file) throws IOException, AlgoException {
      try (var kept = ModelFile.open(file)) {
        state = kept.load();
      } catch (ModelFileException e) {
        throw new AlgoException.Failure("the state is damaged: " + e.getMessage(), e);
      }
    }
  }
}
