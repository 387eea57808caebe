package org.wardfl.algo;

/// What a task asks of a site's algorithm.
public enum TaskKind {
  /// Make an untrained model from the seed alone.
  INITIAL,
  /// Score the received model, train it, return the weights.
  TRAIN,
  /// Score the received model.
  EVALUATE,
  /// Describe the site's data.
  DATA_STATS
}
