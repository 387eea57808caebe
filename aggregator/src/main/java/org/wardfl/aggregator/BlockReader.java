package org.wardfl.aggregator;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.EnumMap;
import java.util.Map;
import org.wardfl.algo.tensor.DType;
import org.wardfl.algo.tensor.Elements;
import org.wardfl.algo.tensor.TensorSource;
import org.wardfl.algo.tensor.TensorSpec;

/// Reads and writes blocks of tensors through buffers that are reused; one per thread.
final class BlockReader {

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final int capacity;
  private final MemorySegment buffer;
  private final Map<DType, Elements> codecs = new EnumMap<>(DType.class);
  private final float[] floats;
  private final double[] doubles;
  private final long[] wholes;

  BlockReader(int capacity, Arena arena) {
    this.capacity = capacity;
    this.buffer = arena.allocate((long) capacity * Double.BYTES, 64);
    this.floats = new float[capacity];
    this.doubles = new double[capacity];
    this.wholes = new long[capacity];
  }

  /// Reads a block of an F32 tensor; the array is overwritten by the next call.
  float[] floats(TensorSource source, TensorSpec spec, long firstElement, int count)
      throws IOException {
    MemorySegment.copy(bytes(source, spec, firstElement, count), FLOAT, 0, floats, 0, count);
    return floats;
  }

  /// Reads a block of any tensor as doubles; the array is overwritten by the next call.
  double[] doubles(TensorSource source, TensorSpec spec, long firstElement, int count)
      throws IOException {
    elements(spec.dtype()).decode(bytes(source, spec, firstElement, count), doubles);
    return doubles;
  }

  /// Reads a block of an integer tensor; the array is overwritten by the next call.
  long[] wholes(TensorSource source, TensorSpec spec, long firstElement, int count)
      throws IOException {
    elements(spec.dtype()).decodeIntegers(bytes(source, spec, firstElement, count), wholes);
    return wholes;
  }

  /// Reads the bytes of a block; they are overwritten by the next call.
  MemorySegment bytes(TensorSource source, TensorSpec spec, long firstElement, int count)
      throws IOException {
    long width = spec.dtype().sizeBytes();
    var block = buffer.asSlice(0, count * width);
    source.read(spec, firstElement * width, block);
    return block;
  }

  /// The codec for a type.
  Elements elements(DType dtype) {
    return codecs.computeIfAbsent(dtype, type -> new Elements(type, capacity));
  }
}
