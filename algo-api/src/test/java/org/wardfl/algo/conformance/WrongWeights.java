package org.wardfl.algo.conformance;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.Metrics;
import org.wardfl.algo.ModelPayload;
import org.wardfl.algo.TaskContext;
import org.wardfl.algo.TrainSummary;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.WeightsRequest;
import org.wardfl.algo.fixture.QuadraticAlgo;
import org.wardfl.algo.model.ModelFile;
import org.wardfl.algo.tensor.Combination;
import org.wardfl.algo.tensor.DType;
import org.wardfl.algo.tensor.Selection;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.algo.tensor.TensorSpec;

/// Algorithms that break one of the [WeightRules] each.
final class WrongWeights {

  private WrongWeights() {}

  /// Returns the very memory that the next training writes to.
  static final class Aliasing extends QuadraticAlgo {
    private final MemorySegment live = Arena.ofAuto().allocate(4 * 16, 64);

    @Override
    public TrainSummary train(ModelPayload global, TaskContext task)
        throws AlgoException, InterruptedException {
      var summary = super.train(global, task);
      var now = super.getWeights(new WeightsRequest.Current(WeightType.FULL), task);
      MemorySegment.copy(weights(now), 0, live, ValueLayout.JAVA_FLOAT, 0, 16);
      return summary;
    }

    @Override
    public ModelPayload getWeights(WeightsRequest request, TaskContext task)
        throws AlgoException, InterruptedException {
      var good = super.getWeights(request, task);
      return request instanceof WeightsRequest.Current
          ? new ModelPayload(
              TensorMap.of(
                  Tensor.of(TensorSpec.of("w", DType.F32, 16), live),
                  good.tensor("steps_done", DType.I64)),
              WeightType.FULL)
          : good;
    }
  }

  /// Trains in the memory of the received model.
  static final class WritesToInput extends QuadraticAlgo {
    @Override
    @SuppressWarnings("restricted")
    public TrainSummary train(ModelPayload global, TaskContext task)
        throws AlgoException, InterruptedException {
      var summary = super.train(global, task);
      if (global.weights() instanceof TensorMap tensors) {
        var data = tensors.tensor("w").data();
        if (!data.isMapped()) {
          // As native code would, which does not ask whether a segment is read-only.
          MemorySegment.ofAddress(data.address())
              .reinterpret(data.byteSize())
              .set(ValueLayout.JAVA_FLOAT_UNALIGNED, 0, 7);
        }
      }
      return summary;
    }
  }

  /// Computes the difference when it is read, from memory that was only lent.
  static final class KeepsInput extends QuadraticAlgo {
    private @Nullable ModelPayload received;

    @Override
    public TrainSummary train(ModelPayload global, TaskContext task)
        throws AlgoException, InterruptedException {
      received = global;
      return super.train(global, task);
    }

    @Override
    public ModelPayload getWeights(WeightsRequest request, TaskContext task)
        throws AlgoException, InterruptedException {
      var good = super.getWeights(request, task);
      return received != null && request instanceof WeightsRequest.Current
          ? new ModelPayload(
              Combination.difference(good.weights(), received.weights()), WeightType.DIFF)
          : good;
    }
  }

  /// Takes it for granted that the model is in memory or in a file.
  static final class Casts extends QuadraticAlgo {
    @Override
    public TrainSummary train(ModelPayload global, TaskContext task)
        throws AlgoException, InterruptedException {
      return switch (global.weights()) {
        case TensorMap _, ModelFile _ -> super.train(global, task);
        default -> throw new ClassCastException("neither a TensorMap nor a ModelFile");
      };
    }
  }

  /// Returns no counter.
  static final class DropsTensor extends QuadraticAlgo {
    @Override
    public ModelPayload getWeights(WeightsRequest request, TaskContext task)
        throws AlgoException, InterruptedException {
      var good = super.getWeights(request, task);
      return request instanceof WeightsRequest.Current
          ? new ModelPayload(
              Selection.of(good.weights(), spec -> spec.name().equals("w")), good.type())
          : good;
    }
  }

  /// Returns a difference with the wrong sign.
  static final class WrongSign extends QuadraticAlgo {
    private @Nullable TensorMap received;

    @Override
    public TrainSummary train(ModelPayload global, TaskContext task)
        throws AlgoException, InterruptedException {
      try {
        received = Models.copy(global.weights());
      } catch (IOException e) {
        throw new AlgoException.Failure("the model cannot be read", e);
      }
      return super.train(global, task);
    }

    @Override
    public ModelPayload getWeights(WeightsRequest request, TaskContext task)
        throws AlgoException, InterruptedException {
      var good = super.getWeights(request, task);
      return received != null
              && request instanceof WeightsRequest.Current(var wanted)
              && wanted == WeightType.DIFF
          ? new ModelPayload(Combination.difference(received, good.weights()), wanted)
          : good;
    }
  }

  /// Diverges, and says nothing.
  static final class ReturnsNan extends QuadraticAlgo {
    @Override
    public ModelPayload getWeights(WeightsRequest request, TaskContext task)
        throws AlgoException, InterruptedException {
      var good = super.getWeights(request, task);
      if (request instanceof WeightsRequest.Initial) {
        return good;
      }
      var weights = weights(good);
      weights[3] = Float.NaN;
      return full(weights);
    }
  }

  /// Leaves the scored model where the trained one was.
  static final class EvaluateLoads extends QuadraticAlgo {
    private @Nullable ModelPayload scored;

    @Override
    public TrainSummary train(ModelPayload global, TaskContext task)
        throws AlgoException, InterruptedException {
      scored = null;
      return super.train(global, task);
    }

    @Override
    public Metrics evaluate(ModelPayload global, TaskContext task)
        throws AlgoException, InterruptedException {
      scored = full(weights(global));
      return super.evaluate(global, task);
    }

    @Override
    public ModelPayload getWeights(WeightsRequest request, TaskContext task)
        throws AlgoException, InterruptedException {
      var good = super.getWeights(request, task);
      return scored != null && request instanceof WeightsRequest.Current ? scored : good;
    }
  }
}
