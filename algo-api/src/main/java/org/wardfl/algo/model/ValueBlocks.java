package org.wardfl.algo.model;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.wardfl.algo.tensor.Elements;
import org.wardfl.algo.tensor.TensorSource;
import org.wardfl.algo.tensor.TensorSpec;

/// Reads one tensor's values block by block into arrays that are reused, so that memory stays flat
/// in the size of the tensor. Not thread-safe.
final class ValueBlocks {

  private static final int ELEMENTS = 1 << 14;

  private final TensorSource source;
  private final TensorSpec spec;
  private final Elements elements;
  private final MemorySegment buffer;
  private final double[] values;
  private long next;
  private MemorySegment bytes;

  /// @param arena owns the buffer
  ValueBlocks(TensorSource source, TensorSpec spec, Arena arena) {
    this.source = source;
    this.spec = spec;
    int capacity = (int) Math.min(ELEMENTS, spec.shape().elements());
    this.elements = new Elements(spec.dtype(), capacity);
    this.values = new double[capacity];
    this.buffer = arena.allocate((long) capacity * spec.dtype().sizeBytes(), 64);
    this.bytes = buffer.asSlice(0, 0);
  }

  /// Reads the next block.
  ///
  /// @return how many elements it has; 0 at the tensor's end
  int read() throws IOException {
    int width = spec.dtype().sizeBytes();
    int count = (int) Math.min(values.length, spec.shape().elements() - next);
    bytes = buffer.asSlice(0, (long) count * width);
    if (count > 0) {
      source.read(spec, next * width, bytes);
      elements.decode(bytes, values);
      next += count;
    }
    return count;
  }

  /// The last block's values, from index 0; 64-bit integers beyond 53 bits are rounded.
  double[] values() {
    return values;
  }

  /// The last block's bytes.
  MemorySegment bytes() {
    return bytes;
  }

  /// The last block's values, exact, of an integer type.
  void integers(long[] into) {
    elements.decodeIntegers(bytes, into);
  }
}
