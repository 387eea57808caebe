package org.wardfl.aggregator;

/// How one update lies to what the round made of all, and to the others, over all floating
/// parameters and buffers as one vector.
///
/// @param cosine of the angle to what the model moved by, -1 to 1; 0 where either did not move
/// @param distance to the others, the root of the mean square; 0 if there are none
public record UpdateLikeness(double cosine, double distance) {

  /// Checks.
  ///
  /// @throws IllegalArgumentException if a number is not finite, or the distance negative
  public UpdateLikeness {
    if (!(cosine >= -1 && cosine <= 1) || !(distance >= 0) || Double.isInfinite(distance)) {
      throw new IllegalArgumentException(
          "cosine " + cosine + " and distance " + distance + ", expected -1 to 1 and from 0");
    }
  }
}
