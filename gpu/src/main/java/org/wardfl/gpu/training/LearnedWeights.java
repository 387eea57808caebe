package org.wardfl.gpu.training;

import ai.djl.ndarray.NDArray;
import java.util.Set;
import java.util.SortedMap;
import org.wardfl.algo.tensor.TensorMap;

/// The weights of a network in torch's own memory, until this is closed.
public interface LearnedWeights extends AutoCloseable {

  /// What an optimizer changes, float32, each with a gradient.
  SortedMap<String, NDArray> parameters();

  /// The names of all tensors of [#snapshot]; more than what is learned, where there are buffers.
  default Set<String> names() {
    return parameters().keySet();
  }

  /// The weights as they are now.
  TensorMap snapshot();

  @Override
  void close();
}
