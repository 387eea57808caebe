package org.wardfl.algo.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.wardfl.algo.AlgoContext;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.Metrics;
import org.wardfl.algo.ModelPayload;
import org.wardfl.algo.TaskContext;
import org.wardfl.algo.TrainSummary;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.WeightsRequest;
import org.wardfl.algo.fixture.QuadraticAlgo;
import org.wardfl.algo.tensor.DType;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;

/// Algorithms that break one of the [ModelRules] each.
final class WrongModels {

  private WrongModels() {}

  /// Takes whatever model it is given, after mending it in its own way.
  abstract static class Mends extends QuadraticAlgo {
    abstract TensorMap mend(TensorMap model);

    private ModelPayload mended(ModelPayload global) throws AlgoException {
      try {
        return new ModelPayload(mend(Models.copy(global.weights())), WeightType.FULL);
      } catch (IOException e) {
        throw new AlgoException.Failure("the model cannot be read", e);
      }
    }

    @Override
    public TrainSummary train(ModelPayload global, TaskContext task)
        throws AlgoException, InterruptedException {
      return super.train(mended(global), task);
    }

    @Override
    public Metrics evaluate(ModelPayload global, TaskContext task)
        throws AlgoException, InterruptedException {
      return super.evaluate(mended(global), task);
    }

    static final Tensor COUNTER = Tensor.longs("steps_done", new long[] {4});
  }

  /// Takes NaN and infinity for zero.
  static final class TakesNan extends Mends {
    @Override
    TensorMap mend(TensorMap model) {
      if (!model.contains("w") || model.tensor("w").isFinite()) {
        return model;
      }
      var weights = model.tensor("w").toFloats();
      for (int i = 0; i < weights.length; i++) {
        weights[i] = Float.isFinite(weights[i]) ? weights[i] : 0;
      }
      return TensorMap.of(Tensor.floats("w", weights, weights.length), COUNTER);
    }
  }

  /// Takes a missing counter for zero.
  static final class TakesMissing extends Mends {
    @Override
    TensorMap mend(TensorMap model) {
      return model.contains("steps_done") ? model : Models.with(model, COUNTER);
    }
  }

  /// Overlooks what it does not know.
  static final class TakesUnknown extends Mends {
    @Override
    TensorMap mend(TensorMap model) {
      return model.size() > 2 ? TensorMap.of(model.tensor("w"), COUNTER) : model;
    }
  }

  /// Converts a counter of another type.
  static final class TakesOtherType extends Mends {
    @Override
    TensorMap mend(TensorMap model) {
      return model.size() == 2
              && model.contains("steps_done")
              && model.tensor("steps_done").spec().dtype() == DType.F64
          ? TensorMap.of(model.tensor("w"), COUNTER)
          : model;
    }
  }

  /// Reads a table, and trains nothing where it has no rows: a right one.
  static class ReadsTable extends QuadraticAlgo {
    private boolean empty;
    private @Nullable ModelPayload unchanged;

    @Override
    public void initialize(AlgoContext context) throws AlgoException, InterruptedException {
      super.initialize(context);
      var data = context.data().location().orElseThrow();
      try {
        empty = Files.readAllLines(data).size() < 2;
      } catch (IOException e) {
        throw new AlgoException.SiteData("the table cannot be read");
      }
    }

    @Override
    public TrainSummary train(ModelPayload global, TaskContext task)
        throws AlgoException, InterruptedException {
      if (!empty) {
        return super.train(global, task);
      }
      unchanged = full(weights(global));
      return new TrainSummary(0, 0);
    }

    @Override
    public ModelPayload getWeights(WeightsRequest request, TaskContext task)
        throws AlgoException, InterruptedException {
      return unchanged == null ? super.getWeights(request, task) : unchanged;
    }

    @Override
    public Metrics evaluate(ModelPayload global, TaskContext task)
        throws AlgoException, InterruptedException {
      return empty ? new Metrics(new TreeMap<>(), 0) : super.evaluate(global, task);
    }
  }

  /// Tells the server where the hospital keeps its data.
  static final class TellsPath extends ReadsTable {
    @Override
    public void initialize(AlgoContext context) throws AlgoException, InterruptedException {
      var data = context.data().location().orElseThrow();
      if (Files.notExists(data)) {
        throw new AlgoException.SiteData("there is no " + data);
      }
      super.initialize(context);
    }
  }

  /// Counts steps although there are no samples.
  static final class TrainsOnNothing extends ReadsTable {
    @Override
    public TrainSummary train(ModelPayload global, TaskContext task)
        throws AlgoException, InterruptedException {
      var summary = super.train(global, task);
      return new TrainSummary(4, summary.samples(), summary.values());
    }
  }
}
