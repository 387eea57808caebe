package org.wardfl.aggregator;

/// What becomes of integer tensors that count, such as batch normalization's `num_batches_tracked`.
public enum CounterPolicy {
  /// The rule's value, truncated toward zero. This is what MONAI's sites effectively load: FLARE
  /// keeps the mean as a float, each site truncates it, and the next mean does not depend on what
  /// was cut off.
  MEAN,
  /// The largest value that any site reached.
  MAX,
  /// The value before the round.
  KEEP
}
