package org.wardfl.algo.tensor;

/// What a tensor is to the training, which decides how it is averaged, clipped and noised.
public enum Role {
  /// Trained by the optimizer; averaged, clipped and noised.
  PARAMETER,
  /// Floating state that training updates without a gradient (batch normalization's running mean
  /// and variance); averaged, never stepped by a server optimizer.
  BUFFER,
  /// An integer that counts (batch normalization's `num_batches_tracked`); follows the job's stated
  /// counter policy.
  COUNTER,
  /// Never changes; must be equal on every site.
  CONSTANT;

  /// The role of a tensor of which nothing but the type is known: floating types are parameters,
  /// all others counters.
  public static Role defaultFor(DType dtype) {
    return dtype.isFloating() ? PARAMETER : COUNTER;
  }
}
