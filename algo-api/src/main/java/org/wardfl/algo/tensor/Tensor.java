package org.wardfl.algo.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// One tensor in memory outside the heap: little-endian, row-major, contiguous, read-only.
///
/// A tensor made here owns a copy that is freed when nothing refers to it any more; one made by
/// [#of] is a view and lives as long as its segment does.
public final class Tensor {

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final int BLOCK_ELEMENTS = 1 << 14;

  private final TensorSpec spec;
  private final MemorySegment data;

  private Tensor(TensorSpec spec, MemorySegment data) {
    this.spec = spec;
    this.data = data.asReadOnly();
  }

  /// A view of bytes that the caller owns and will not change.
  ///
  /// @throws IllegalArgumentException if the segment's size is not the tensor's
  public static Tensor of(TensorSpec spec, MemorySegment data) {
    if (data.byteSize() != spec.sizeBytes()) {
      throw new IllegalArgumentException(
          "tensor "
              + spec.name()
              + ": "
              + data.byteSize()
              + " bytes, expected "
              + spec.sizeBytes());
    }
    return new Tensor(spec, data);
  }

  /// A copy of float values as F32 with role PARAMETER.
  ///
  /// @param values row-major
  /// @param extents their product is the number of values
  public static Tensor floats(String name, float[] values, long... extents) {
    return floats(TensorSpec.of(name, DType.F32, extents), values);
  }

  /// A copy of float values as F32.
  ///
  /// @throws IllegalArgumentException if the spec is not F32 or of another size
  public static Tensor floats(TensorSpec spec, float[] values) {
    require(spec, DType.F32, values.length);
    var data = Arena.ofAuto().allocate(spec.sizeBytes(), 64);
    MemorySegment.copy(values, 0, data, FLOAT, 0, values.length);
    return new Tensor(spec, data);
  }

  /// A copy of double values as F64 with role PARAMETER.
  ///
  /// @param values row-major
  /// @param extents their product is the number of values
  public static Tensor doubles(String name, double[] values, long... extents) {
    var spec = TensorSpec.of(name, DType.F64, extents);
    require(spec, DType.F64, values.length);
    var data = Arena.ofAuto().allocate(spec.sizeBytes(), 64);
    MemorySegment.copy(values, 0, data, DOUBLE, 0, values.length);
    return new Tensor(spec, data);
  }

  /// A copy of whole numbers as I64 with role COUNTER.
  ///
  /// @param values row-major
  /// @param extents their product is the number of values
  public static Tensor longs(String name, long[] values, long... extents) {
    var spec = TensorSpec.of(name, DType.I64, extents);
    require(spec, DType.I64, values.length);
    var data = Arena.ofAuto().allocate(spec.sizeBytes(), 64);
    MemorySegment.copy(values, 0, data, LONG, 0, values.length);
    return new Tensor(spec, data);
  }

  /// The same values under another name.
  public Tensor named(String name) {
    return new Tensor(spec.named(name), data);
  }

  /// What is known about it but its values.
  public TensorSpec spec() {
    return spec;
  }

  /// The values; read-only.
  public MemorySegment data() {
    return data;
  }

  /// The values of a floating tensor, F64 rounded.
  ///
  /// @throws IllegalStateException if the type is not floating or there are more than fit in an
  ///   array
  public float[] toFloats() {
    if (spec.dtype() == DType.F32) {
      var values = new float[count()];
      MemorySegment.copy(data, FLOAT, 0, values, 0, values.length);
      return values;
    }
    if (!spec.dtype().isFloating()) {
      throw new IllegalStateException(
          "tensor " + spec.name() + " is " + spec.dtype() + ", expected a floating type");
    }
    var doubles = toDoubles();
    var values = new float[doubles.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) doubles[i];
    }
    return values;
  }

  /// The values of any type as doubles; I64 and U64 beyond 53 bits are rounded.
  ///
  /// @throws IllegalStateException if there are more than fit in an array
  public double[] toDoubles() {
    var values = new double[count()];
    new Elements(spec.dtype(), values.length).decode(data, values);
    return values;
  }

  /// The values of an integer tensor; U64 as the same 64 bits.
  ///
  /// @throws IllegalStateException if the type is floating or there are more than fit in an array
  public long[] toLongs() {
    var values = new long[count()];
    new Elements(spec.dtype(), values.length).decodeIntegers(data, values);
    return values;
  }

  /// Whether no value is NaN or infinite; integers never are.
  public boolean isFinite() {
    if (!spec.dtype().isFloating()) {
      return true;
    }
    int capacity = (int) Math.min(BLOCK_ELEMENTS, spec.shape().elements());
    var elements = new Elements(spec.dtype(), capacity);
    var values = new double[capacity];
    int width = spec.dtype().sizeBytes();
    long blockBytes = (long) BLOCK_ELEMENTS * width;
    for (long at = 0; at < data.byteSize(); at += blockBytes) {
      var block = data.asSlice(at, Math.min(blockBytes, data.byteSize() - at));
      elements.decode(block, values);
      for (int i = 0; i < block.byteSize() / width; i++) {
        if (!Double.isFinite(values[i])) {
          return false;
        }
      }
    }
    return true;
  }

  private int count() {
    long count = spec.shape().elements();
    if (count > Integer.MAX_VALUE - 8) {
      throw new IllegalStateException(
          "tensor " + spec.name() + " has " + count + " elements, too many for an array");
    }
    return (int) count;
  }

  private static void require(TensorSpec spec, DType dtype, int count) {
    if (spec.dtype() != dtype || spec.shape().elements() != count) {
      throw new IllegalArgumentException(
          "tensor "
              + spec.name()
              + ": "
              + count
              + " "
              + dtype
              + " values, expected "
              + spec.shape()
              + " of "
              + spec.dtype());
    }
  }

  @Override
  public String toString() {
    return spec.name() + " " + spec.dtype() + spec.shape();
  }
}
