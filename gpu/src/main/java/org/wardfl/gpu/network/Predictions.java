package org.wardfl.gpu.network;

import ai.djl.ndarray.types.Shape;

/// What a network has to give for a batch `[count, channels, ...]`: a score for every class.
///
/// @param classes how many
/// @param perPlace whether every place has scores of its own, `[count, classes, ...]` with the
///   batch's extents, or each sample has them once, `[count, classes]`
public record Predictions(int classes, boolean perPlace) {

  /// The shape for a batch of this shape.
  Shape shape(Shape batch) {
    var extents = perPlace ? batch.getShape().clone() : new long[] {batch.get(0), 0};
    extents[1] = classes;
    return new Shape(extents);
  }
}
