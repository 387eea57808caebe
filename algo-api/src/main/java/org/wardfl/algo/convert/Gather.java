package org.wardfl.algo.convert;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.wardfl.algo.tensor.TensorSpec;
import org.wardfl.algo.zip.Content;

/// Brings elements that lie apart into row-major order, a part of the tensor at a time.
///
/// A part is a run of rows of at most 16 MiB. Its elements are visited in the order in which they
/// lie in the file, not in that of the tensor, so a transposed matrix is read forward through a
/// small window, once for each part.
final class Gather {

  private static final long PART_BYTES = 16L << 20;
  private static final int WINDOW_BYTES = 1 << 14;
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.nativeOrder());
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.nativeOrder());
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.nativeOrder());

  private final TensorSpec spec;
  private final int width;
  private final Content content;
  private final long firstByte;
  private final Strides strides;
  private final MemorySegment window = MemorySegment.ofArray(new byte[WINDOW_BYTES]);
  private long windowStart;
  private long windowBytes;

  /// One dimension of a part.
  ///
  /// @param step between elements in the file
  /// @param row between elements in the part
  private record Dimension(long extent, long step, long row) {}

  Gather(TensorSpec spec, Content content, long firstByte, Strides strides) {
    this.spec = spec;
    this.width = spec.dtype().sizeBytes();
    this.content = content;
    this.firstByte = firstByte;
    this.strides = strides;
  }

  /// The part that holds an element.
  ///
  /// @param element its index in row-major order
  StoredTensor.Gathered around(long element) throws IOException {
    var extents = spec.shape().extents();
    int split = 0;
    long row = spec.shape().elements() / extents.getFirst();
    while (row * width > PART_BYTES) {
      split++;
      row /= extents.get(split);
    }
    long start = strides.offset();
    long rest = element;
    long block = spec.shape().elements();
    for (int i = 0; i < split; i++) {
      block /= extents.get(i);
      start += rest / block * strides.steps().get(i);
      rest %= block;
    }
    long rows = Math.clamp(PART_BYTES / (row * width), 1, extents.get(split));
    long firstRow = rest / row / rows * rows;
    rows = Math.min(rows, extents.get(split) - firstRow);
    start += firstRow * strides.steps().get(split);
    var dimensions = new ArrayList<Dimension>();
    dimensions.add(new Dimension(rows, strides.steps().get(split), row));
    long below = row;
    for (int i = split + 1; i < extents.size(); i++) {
      below /= extents.get(i);
      dimensions.add(new Dimension(extents.get(i), strides.steps().get(i), below));
    }
    var bytes = MemorySegment.ofArray(new byte[(int) (rows * row * width)]);
    dimensions.sort(Comparator.comparingLong(Dimension::step).reversed());
    visit(dimensions, 0, start, 0, bytes);
    long first = element - rest + firstRow * row;
    return new StoredTensor.Gathered(first * width, bytes);
  }

  private void visit(List<Dimension> dimensions, int depth, long from, long to, MemorySegment bytes)
      throws IOException {
    var dimension = dimensions.get(depth);
    if (depth == dimensions.size() - 1) {
      run(dimension, from, to, bytes);
      return;
    }
    for (long i = 0; i < dimension.extent(); i++) {
      visit(dimensions, depth + 1, from + i * dimension.step(), to + i * dimension.row(), bytes);
    }
  }

  private void run(Dimension dimension, long from, long to, MemorySegment bytes)
      throws IOException {
    for (long i = 0; i < dimension.extent(); i++) {
      long source = seen(firstByte + (from + i * dimension.step()) * width);
      long target = (to + i * dimension.row()) * width;
      switch (width) {
        case 1 ->
            bytes.set(ValueLayout.JAVA_BYTE, target, window.get(ValueLayout.JAVA_BYTE, source));
        case 2 -> bytes.set(SHORT, target, window.get(SHORT, source));
        case 4 -> bytes.set(INT, target, window.get(INT, source));
        default -> bytes.set(LONG, target, window.get(LONG, source));
      }
    }
  }

  /// Where in the window an element lies, which is moved there if need be.
  private long seen(long at) throws IOException {
    if (at < windowStart || at + width > windowStart + windowBytes) {
      windowStart = at;
      windowBytes = Math.min(WINDOW_BYTES, content.sizeBytes() - at);
      content.read(at, window.asSlice(0, windowBytes));
    }
    return at - windowStart;
  }
}
