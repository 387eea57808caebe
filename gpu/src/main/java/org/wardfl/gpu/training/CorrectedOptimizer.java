package org.wardfl.gpu.training;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import java.util.SortedMap;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.tensor.TensorMap;

/// An optimizer that a method's term comes before.
///
/// @param term added to every gradient
/// @param optimizer does the step
record CorrectedOptimizer(GradientTerm term, Optimizer optimizer) implements Optimizer {

  @Override
  public void step(SortedMap<String, NDArray> parameters) {
    term.addTo(parameters);
    optimizer.step(parameters);
  }

  @Override
  public TensorMap state() {
    return optimizer.state();
  }

  @Override
  public void restore(TensorMap state, Map<String, NDArray> parameters)
      throws AlgoException.Failure {
    optimizer.restore(state, parameters);
  }
}
