package org.wardfl.algo.method;

import org.wardfl.algo.tensor.TensorMap;

/// What one method keeps in the state that an algorithm has for several.
final class StatePart {

  private StatePart() {}

  /// The tensors of a state whose names begin so, without that beginning.
  static TensorMap of(TensorMap state, String prefix) {
    var part = TensorMap.builder();
    for (var spec : state.specs()) {
      if (spec.name().startsWith(prefix)) {
        part.add(state.tensor(spec.name()).named(spec.name().substring(prefix.length())));
      }
    }
    return part.build();
  }
}
