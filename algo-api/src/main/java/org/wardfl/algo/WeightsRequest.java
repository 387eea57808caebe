package org.wardfl.algo;

/// Which weights the platform asks of an algorithm.
public sealed interface WeightsRequest {

  /// The weights as the last training left them.
  ///
  /// @param wanted as a model, or as the difference to the model received for that training
  record Current(WeightType wanted) implements WeightsRequest {}

  /// One of the algorithm's own models, for cross-site evaluation.
  ///
  /// @param kind which one
  record Stored(ModelKind kind) implements WeightsRequest {}

  /// A fresh, untrained model; its values depend on nothing but the task's seed.
  record Initial() implements WeightsRequest {}
}
