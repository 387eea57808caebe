package org.example;

import org.wardfl.algo.AlgoException;
import org.wardfl.algo.ModelPayload;
import org.wardfl.algo.tensor.DType;

/// Reads the one tensor of the model.
final class Coefficients {

  private Coefficients() {}

  /// A copy of the coefficients.
  ///
  /// @throws AlgoException.InvalidModel if the model is not one of this algorithm
  static double[] read(ModelPayload model, int size) throws AlgoException {
    var coefficients = model.tensor("coefficients", DType.F64, size);
    if (model.weights().specs().size() != 1) {
      throw new AlgoException.InvalidModel("the model has other tensors beside coefficients");
    }
    return coefficients.toDoubles();
  }
}
