package org.wardfl.algo.convert;

import java.util.ArrayList;
import java.util.List;
import org.wardfl.algo.tensor.Shape;

/// Where the elements of a tensor lie in a storage, counted in elements.
///
/// @param offset of the first element, at least 0
/// @param steps from one element to the next along each dimension, at least 0
record Strides(long offset, List<Long> steps) {

  Strides {
    steps = List.copyOf(steps);
  }

  /// Row-major without holes.
  static Strides rowMajor(long offset, Shape shape) {
    var steps = new ArrayList<Long>();
    long step = 1;
    for (int i = shape.rank() - 1; i >= 0; i--) {
      steps.addFirst(step);
      step *= Math.max(1, shape.extents().get(i));
    }
    return new Strides(offset, steps);
  }

  /// Column-major without holes, as Fortran has it.
  static Strides columnMajor(Shape shape) {
    var steps = new ArrayList<Long>();
    long step = 1;
    for (long extent : shape.extents()) {
      steps.add(step);
      step *= Math.max(1, extent);
    }
    return new Strides(0, steps);
  }

  /// Whether a tensor of that shape lies row-major without holes; the steps of single elements do
  /// not matter.
  boolean isRowMajor(Shape shape) {
    long step = 1;
    for (int i = shape.rank() - 1; i >= 0; i--) {
      long extent = shape.extents().get(i);
      if (extent > 1 && steps.get(i) != step) {
        return false;
      }
      step *= Math.max(1, extent);
    }
    return true;
  }

  /// One more than the index of the last element that a tensor of that shape reaches; 0 if it has
  /// no elements.
  ///
  /// @throws ArithmeticException if that exceeds 63 bits
  long end(Shape shape) {
    if (shape.elements() == 0) {
      return 0;
    }
    long last = offset;
    for (int i = 0; i < shape.rank(); i++) {
      last = Math.addExact(last, Math.multiplyExact(shape.extents().get(i) - 1, steps.get(i)));
    }
    return Math.addExact(last, 1);
  }
}
