package org.wardfl.algo.tensor;

import java.util.Arrays;
import java.util.List;

/// The extents of a tensor, outermost first (row-major); a scalar has none.
///
/// @param extents each at least 0; their product fits in 63 bits
public record Shape(List<Long> extents) {

  /// The most extents that a shape may have.
  public static final int MAX_RANK = 16;

  /// Checks the extents.
  ///
  /// @throws IllegalArgumentException on a negative extent, more than [#MAX_RANK] extents or an
  ///   overflowing product
  public Shape {
    extents = List.copyOf(extents);
    if (extents.size() > MAX_RANK) {
      throw new IllegalArgumentException(
          "shape of rank " + extents.size() + ", expected at most " + MAX_RANK);
    }
    elements(extents);
  }

  /// A shape of these extents.
  public static Shape of(long... extents) {
    return new Shape(Arrays.stream(extents).boxed().toList());
  }

  /// The number of elements: the product of the extents, 1 for a scalar.
  public long elements() {
    return elements(extents);
  }

  /// The number of extents.
  public int rank() {
    return extents.size();
  }

  private static long elements(List<Long> extents) {
    long product = 1;
    for (long extent : extents) {
      if (extent < 0) {
        throw new IllegalArgumentException("negative extent in shape " + extents);
      }
      try {
        product = Math.multiplyExact(product, extent);
      } catch (ArithmeticException _) {
        throw new IllegalArgumentException("shape " + extents + " has more than 2^63 - 1 elements");
      }
    }
    return product;
  }

  @Override
  public String toString() {
    return extents.toString();
  }
}
