package org.wardfl.algo;

import java.util.Objects;
import org.wardfl.algo.tensor.TensorSource;

/// Weights on their way to or from an algorithm.
///
/// What an algorithm returns must be a snapshot: later training must not show through it. What it
/// receives is read-only and valid until the call that received it returns; an algorithm that keeps
/// the weights copies them.
///
/// @param weights the tensors
/// @param type model or difference
public record ModelPayload(TensorSource weights, WeightType type) implements ExchangeObject {

  /// Checks that both parts are there.
  public ModelPayload {
    Objects.requireNonNull(weights, "weights");
    Objects.requireNonNull(type, "type");
  }
}
