package org.wardfl.gpu.network;

import ai.djl.ndarray.NDArray;
import java.util.List;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.ModelPayload;
import org.wardfl.gpu.torch.Torch;

/// A kind of network: which tensors it learns, and how they make predictions. A value, without any
/// tensor of its own.
///
/// None of its layers does something else in training.
public interface Architecture extends NetworkDefinition {

  /// Everything it learns, each name once.
  List<Parameter> parameters();

  /// The predictions for a batch, recorded if gradients are; in the batch's manager.
  ///
  /// @param batch float32, `[count, channels, ...]`
  NDArray forward(Weights weights, NDArray batch);

  @Override
  default ModelPayload initial(long seed) {
    return Weights.initial(this, seed);
  }

  @Override
  default Network open(ModelPayload model, Torch torch) throws AlgoException {
    return new Weights(this, model, torch);
  }

  /// One tensor that is learned, float32. At first its values are uniform in `centre` ± `spread`.
  ///
  /// @param name in the model
  /// @param extents its shape
  /// @param centre of the first values
  /// @param spread of the first values; 0 makes all of them `centre`
  record Parameter(String name, List<Long> extents, double centre, double spread) {

    /// Copies.
    public Parameter {
      extents = List.copyOf(extents);
    }

    /// How many numbers it has.
    public long size() {
      return extents.stream().reduce(1L, Math::multiplyExact);
    }

    /// Its shape as an array.
    public long[] shape() {
      return extents.stream().mapToLong(Long::longValue).toArray();
    }
  }
}
