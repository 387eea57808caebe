package org.wardfl.gpu.training;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import java.util.SortedMap;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.tensor.TensorMap;

/// Changes parameters along their gradients. Not thread-safe; lives as long as the parameters.
public interface Optimizer {

  /// One step, after which every gradient is zero.
  ///
  /// @param parameters by name, the same at every step; each float32 with a gradient
  void step(SortedMap<String, NDArray> parameters);

  /// What must be kept for training to go on as if it had not stopped, in the order of names; empty
  /// before the first step.
  TensorMap state();

  /// Takes up a state that [#state] gave.
  ///
  /// @param parameters those that the next step will get
  /// @throws AlgoException.Failure if it is not a state of this optimizer and these parameters
  void restore(TensorMap state, Map<String, NDArray> parameters) throws AlgoException.Failure;
}
