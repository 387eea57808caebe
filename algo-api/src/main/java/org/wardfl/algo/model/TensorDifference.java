package org.wardfl.algo.model;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.OptionalDouble;
import org.wardfl.algo.tensor.DType;
import org.wardfl.algo.tensor.TensorSource;
import org.wardfl.algo.tensor.TensorSpec;

/// How the values of one tensor differ between two models.
///
/// Differences are taken where both values are finite, in float64; those of 64-bit integers are
/// exact before they become a double.
///
/// @param name the tensor
/// @param differing how many elements have other bits
/// @param nonFinite how many of these are NaN or infinite in one of the models or in both; they are
///   in none of the numbers below
/// @param maxAbsolute the largest absolute difference, at least 0
/// @param l2 the L2 norm of the difference
/// @param l2First the L2 norm of the first model's finite values
public record TensorDifference(
    String name, long differing, long nonFinite, double maxAbsolute, double l2, double l2First) {

  /// Whether every bit is the same; zeros of different sign are not.
  public boolean isIdentical() {
    return differing == 0;
  }

  /// The L2 norm of the difference relative to that of the first model's values; empty where those
  /// are all zero.
  public OptionalDouble relative() {
    return l2First == 0 ? OptionalDouble.empty() : OptionalDouble.of(l2 / l2First);
  }

  /// Reads two tensors of the same data type and shape.
  static TensorDifference between(
      String name, TensorSource first, TensorSpec one, TensorSource second, TensorSpec other)
      throws IOException {
    try (var arena = Arena.ofConfined()) {
      var left = new ValueBlocks(first, one, arena);
      var right = new ValueBlocks(second, other, arena);
      var sums = new Sums(one.dtype());
      for (int count = left.read(); count > 0; count = left.read()) {
        right.read();
        sums.add(left, right, count);
      }
      return new TensorDifference(
          name, sums.differing, sums.nonFinite, sums.maxAbsolute, sums.l2(), sums.first.l2Norm());
    }
  }

  /// What has been seen so far.
  private static final class Sums {

    private final DType dtype;
    private final Moments first = new Moments();
    private final Moments difference = new Moments();
    private long differing;
    private long nonFinite;
    private double maxAbsolute;

    Sums(DType dtype) {
      this.dtype = dtype;
    }

    void add(ValueBlocks left, ValueBlocks right, int count) {
      first.add(left.values(), count);
      if (left.bytes().mismatch(right.bytes()) < 0) {
        return;
      }
      var differences = differences(left, right, count);
      var leftBytes = left.bytes().toArray(ValueLayout.JAVA_BYTE);
      var rightBytes = right.bytes().toArray(ValueLayout.JAVA_BYTE);
      for (int i = 0; i < count; i++) {
        if (!sameBits(leftBytes, rightBytes, i * dtype.sizeBytes())) {
          differing++;
          if (Double.isFinite(left.values()[i]) && Double.isFinite(right.values()[i])) {
            maxAbsolute = Math.max(maxAbsolute, Math.abs(differences[i]));
          } else {
            nonFinite++;
          }
        }
      }
      difference.add(differences, count);
    }

    private double[] differences(ValueBlocks left, ValueBlocks right, int count) {
      var differences = new double[count];
      if (dtype == DType.I64 || dtype == DType.U64) {
        var one = new long[count];
        var other = new long[count];
        left.integers(one);
        right.integers(other);
        for (int i = 0; i < count; i++) {
          differences[i] = exact(one[i], other[i]);
        }
      } else {
        for (int i = 0; i < count; i++) {
          differences[i] = left.values()[i] - right.values()[i];
        }
      }
      return differences;
    }

    // Of two 64-bit integers the larger minus the smaller always fits in 64 unsigned bits.
    private double exact(long one, long other) {
      int order = dtype == DType.U64 ? Long.compareUnsigned(one, other) : Long.compare(one, other);
      long magnitude = order < 0 ? other - one : one - other;
      // Halved without losing the lowest bit, so that the conversion rounds once.
      double value = magnitude >= 0 ? magnitude : ((magnitude >>> 1) | (magnitude & 1)) * 2.0;
      return order < 0 ? -value : value;
    }

    private boolean sameBits(byte[] left, byte[] right, int from) {
      for (int at = from; at < from + dtype.sizeBytes(); at++) {
        if (left[at] != right[at]) {
          return false;
        }
      }
      return true;
    }

    // Two finite float64 values can lie further apart than the largest one.
    double l2() {
      return Double.isInfinite(maxAbsolute) ? maxAbsolute : difference.l2Norm();
    }
  }
}
