package org.wardfl.algo.model;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.wardfl.algo.tensor.Elements;
import org.wardfl.algo.tensor.TensorSource;
import org.wardfl.algo.tensor.TensorSpec;

/// How two models differ.
///
/// @param onlyInFirst tensors that the second does not have
/// @param onlyInSecond tensors that the first does not have
/// @param otherForm tensors of another shape or data type, as a sentence
/// @param changed tensors whose values differ, in the order of the first
/// @param equal how many tensors have the same values
public record ModelDifference(
    List<String> onlyInFirst,
    List<String> onlyInSecond,
    List<String> otherForm,
    List<Change> changed,
    long equal) {

  private static final int BLOCK = 1 << 15;

  /// Copies.
  public ModelDifference {
    onlyInFirst = List.copyOf(onlyInFirst);
    onlyInSecond = List.copyOf(onlyInSecond);
    otherForm = List.copyOf(otherForm);
    changed = List.copyOf(changed);
  }

  /// One tensor's change.
  ///
  /// @param name the tensor
  /// @param elements how many values differ
  /// @param largest the largest absolute difference; NaN where one side is NaN and the other not
  /// @param norm L2 norm of the difference
  /// @param relative that norm divided by the L2 norm of the first tensor
  public record Change(String name, long elements, double largest, double norm, double relative) {}

  /// Whether there is no difference at all.
  public boolean isEmpty() {
    return onlyInFirst.isEmpty()
        && onlyInSecond.isEmpty()
        && otherForm.isEmpty()
        && changed.isEmpty();
  }

  /// Compares tensor by tensor, block by block.
  ///
  /// @throws IOException if one cannot be read
  public static ModelDifference of(TensorSource first, TensorSource second) throws IOException {
    var onlyInFirst = new ArrayList<String>();
    var otherForm = new ArrayList<String>();
    var changed = new ArrayList<Change>();
    long equal = 0;
    for (var spec : first.specs()) {
      var other = second.spec(spec.name());
      if (other.isEmpty()) {
        onlyInFirst.add(spec.name());
      } else if (!other.get().shape().equals(spec.shape()) || other.get().dtype() != spec.dtype()) {
        otherForm.add(
            spec.name()
                + ": "
                + spec.dtype()
                + spec.shape()
                + " and "
                + other.get().dtype()
                + other.get().shape());
      } else {
        var change = compare(first, spec, second, other.get());
        if (change.elements() == 0) {
          equal++;
        } else {
          changed.add(change);
        }
      }
    }
    var onlyInSecond =
        second.specs().stream()
            .map(TensorSpec::name)
            .filter(name -> first.spec(name).isEmpty())
            .toList();
    return new ModelDifference(onlyInFirst, onlyInSecond, otherForm, changed, equal);
  }

  private static boolean differ(MemorySegment a, MemorySegment b, int element, int width) {
    long at = (long) element * width;
    return a.asSlice(at, width).mismatch(b.asSlice(at, width)) >= 0;
  }

  private static Change compare(
      TensorSource first, TensorSpec spec, TensorSource second, TensorSpec other)
      throws IOException {
    var elements = new Elements(spec.dtype(), BLOCK);
    int width = spec.dtype().sizeBytes();
    var left = new double[BLOCK];
    var right = new double[BLOCK];
    long differing = 0;
    double largest = 0;
    double squares = 0;
    double reference = 0;
    try (var arena = Arena.ofConfined()) {
      var a = arena.allocate((long) BLOCK * width, 64);
      var b = arena.allocate((long) BLOCK * width, 64);
      for (long at = 0; at < spec.sizeBytes(); at += a.byteSize()) {
        long length = Math.min(a.byteSize(), spec.sizeBytes() - at);
        first.read(spec, at, a.asSlice(0, length));
        second.read(other, at, b.asSlice(0, length));
        int count = (int) (length / width);
        elements.decode(a.asSlice(0, length), left);
        elements.decode(b.asSlice(0, length), right);
        for (int i = 0; i < count; i++) {
          reference += left[i] * left[i];
          // Two 64-bit integers may be the same double and yet differ.
          if (Double.compare(left[i], right[i]) != 0
              || (!spec.dtype().isFloating() && differ(a, b, i, width))) {
            double difference = left[i] == right[i] ? 0 : right[i] - left[i];
            differing++;
            largest = Math.max(largest, Math.abs(difference));
            squares += difference * difference;
          }
        }
      }
    }
    return new Change(
        spec.name(),
        differing,
        largest,
        StrictMath.sqrt(squares),
        StrictMath.sqrt(squares / reference));
  }
}
