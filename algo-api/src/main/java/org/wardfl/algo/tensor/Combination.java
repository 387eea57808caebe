package org.wardfl.algo.tensor;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The element-wise difference or sum of two sources, computed block by block while it is read.
///
/// F32 is computed in float, F64 in double, F16 and BF16 in float and rounded once, integers in
/// two's complement of their width; BOOL is not combined but taken from the first source.
public final class Combination implements TensorSource {

  private static final int BLOCK_ELEMENTS = 1 << 14;

  private final TensorSource first;
  private final TensorSource second;
  private final int sign;
  private final List<TensorSpec> specs;
  private final Map<String, String> aliases;

  private Combination(TensorSource first, TensorSource second, int sign, List<TensorSpec> specs) {
    this.first = first;
    this.second = second;
    this.sign = sign;
    this.specs = List.copyOf(specs);
    var kept = new LinkedHashMap<>(first.aliases());
    kept.values().retainAll(this.specs.stream().map(TensorSpec::name).toList());
    this.aliases = Map.copyOf(kept);
  }

  /// Trained weights minus the weights that training started from. Tensors that the base does not
  /// have are left out: a difference to nothing is not zero.
  ///
  /// @throws IllegalArgumentException if a common tensor has another type or shape
  public static Combination difference(TensorSource trained, TensorSource base) {
    var common = trained.specs().stream().filter(spec -> matching(spec, base).isPresent()).toList();
    return new Combination(trained, base, -1, common);
  }

  /// A base plus a difference. Tensors that the difference does not have keep the base's values.
  ///
  /// @throws IllegalArgumentException if a common tensor has another type or shape, or the
  ///   difference has one that the base lacks
  public static Combination sum(TensorSource base, TensorSource difference) {
    for (var spec : difference.specs()) {
      if (matching(spec, base).isEmpty()) {
        throw new IllegalArgumentException(
            "tensor " + spec.name() + " of the difference is not in the base");
      }
    }
    return new Combination(base, difference, 1, base.specs());
  }

  private static Optional<TensorSpec> matching(TensorSpec spec, TensorSource other) {
    var found = other.spec(spec.name());
    found.ifPresent(match -> {
      if (match.dtype() != spec.dtype() || !match.shape().equals(spec.shape())) {
        throw new IllegalArgumentException(
            "tensor "
                + spec.name()
                + ": "
                + spec.dtype()
                + spec.shape()
                + " and "
                + match.dtype()
                + match.shape());
      }
    });
    return found;
  }

  @Override
  public List<TensorSpec> specs() {
    return specs;
  }

  @Override
  public Map<String, String> aliases() {
    return aliases;
  }

  @Override
  public void read(TensorSpec spec, long firstByte, MemorySegment into) throws IOException {
    first.read(spec, firstByte, into);
    var partner = second.spec(spec.name());
    if (partner.isEmpty() || spec.dtype() == DType.BOOL) {
      return;
    }
    int width = spec.dtype().sizeBytes();
    if (firstByte % width != 0 || into.byteSize() % width != 0) {
      throw new IllegalArgumentException(
          "tensor " + spec.name() + " can only be read by whole elements");
    }
    int capacity = (int) Math.min(BLOCK_ELEMENTS, into.byteSize() / width);
    var blocks = new Blocks(spec.dtype(), sign, capacity);
    try (var arena = Arena.ofConfined()) {
      long blockBytes = (long) BLOCK_ELEMENTS * width;
      var buffer = arena.allocate(Math.min(blockBytes, into.byteSize()), 64);
      for (long done = 0; done < into.byteSize(); done += blockBytes) {
        long size = Math.min(blockBytes, into.byteSize() - done);
        var other = buffer.asSlice(0, size);
        second.read(partner.get(), firstByte + done, other);
        blocks.combine(into.asSlice(done, size), other);
      }
    }
  }

  /// The arithmetic on one block, with its arrays.
  private static final class Blocks {

    private final DType dtype;
    private final int sign;
    private final Elements elements;
    private final double[] left;
    private final double[] right;
    private final long[] leftWhole;
    private final long[] rightWhole;

    Blocks(DType dtype, int sign, int capacity) {
      this.dtype = dtype;
      this.sign = sign;
      this.elements = new Elements(dtype, capacity);
      left = new double[dtype.isFloating() ? capacity : 0];
      right = new double[left.length];
      leftWhole = new long[dtype.isFloating() ? 0 : capacity];
      rightWhole = new long[leftWhole.length];
    }

    void combine(MemorySegment into, MemorySegment other) {
      int count = (int) (into.byteSize() / dtype.sizeBytes());
      if (dtype.isFloating()) {
        elements.decode(into, left);
        elements.decode(other, right);
        for (int i = 0; i < count; i++) {
          // The exact sum of two floats, rounded once to double and once to float, is their float
          // sum (double has more
          // than twice the bits), so this is float arithmetic for F32 and narrower.
          left[i] += sign * right[i];
        }
        elements.encode(left, into);
      } else {
        elements.decodeIntegers(into, leftWhole);
        elements.decodeIntegers(other, rightWhole);
        for (int i = 0; i < count; i++) {
          leftWhole[i] += sign * rightWhole[i];
        }
        elements.encodeIntegers(leftWhole, into);
      }
    }
  }
}
