package org.wardfl.gpu.training;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import java.util.TreeMap;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.gpu.torch.Torch;

/// One array for each parameter that an optimizer remembers, under a common prefix in its state.
final class Moments {

  private final String prefix;
  private final Map<String, NDArray> arrays = new TreeMap<>();

  Moments(String prefix) {
    this.prefix = prefix;
  }

  /// Whether there is none yet, as before the first step.
  boolean isEmpty() {
    return arrays.isEmpty();
  }

  /// The one of this parameter, zero at first; in the memory of the parameter's manager.
  NDArray of(String name, NDArray parameter) {
    return arrays.computeIfAbsent(name, _ -> parameter.zerosLike());
  }

  void save(TensorMap.Builder into) {
    arrays.forEach((name, array) -> into.add(Torch.snapshot(prefix + name, array)));
  }

  void restore(TensorMap state, Map<String, NDArray> parameters) throws AlgoException.Failure {
    for (var entry : parameters.entrySet()) {
      var name = prefix + entry.getKey();
      var parameter = entry.getValue();
      if (!state.contains(name)
          || state.tensor(name).spec().shape().elements() != parameter.size()) {
        throw new AlgoException.Failure(
            "the kept state does not fit the model: no " + name + " of " + parameter.getShape());
      }
      try (var shared =
          parameter.getManager().create(state.tensor(name).toFloats(), parameter.getShape())) {
        arrays.put(entry.getKey(), shared.duplicate());
      }
    }
  }
}
