package org.example;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.ModelPayload;
import org.wardfl.algo.tensor.DType;
import org.wardfl.algo.tensor.Shape;
import org.wardfl.algo.tensor.Tensor;

/// Reads the one tensor of the model.
final class Coefficients {

  private Coefficients() {}

  /// A copy of the coefficients.
  ///
  /// @throws AlgoException.InvalidModel if the model is not one of this algorithm
  static double[] read(ModelPayload model, int size) throws AlgoException {
    var spec =
        model
            .weights()
            .spec("coefficients")
            .orElseThrow(() -> new AlgoException.InvalidModel("no tensor coefficients"));
    if (spec.dtype() != DType.F64 || !spec.shape().equals(Shape.of(size))) {
      throw new AlgoException.InvalidModel(
          "tensor coefficients: %s %s, expected F64 [%d]"
              .formatted(spec.dtype(), spec.shape(), size));
    }
    try {
      var bytes = MemorySegment.ofArray(new byte[size * Double.BYTES]);
      model.weights().read(spec, 0, bytes);
      return Tensor.of(spec, bytes).toDoubles();
    } catch (IOException e) {
      throw new AlgoException.Failure("the model cannot be read", e);
    }
  }
}
