package org.wardfl.algo.convert;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.wardfl.algo.tensor.TensorSpec;
import org.wardfl.algo.zip.Content;

/// A tensor as a file keeps it: any strides, either byte order. Read as Ward has tensors: row-major
/// and little-endian. Not safe for use by several threads.
final class StoredTensor {

  private final TensorSpec spec;
  private final Content content;
  private final long firstByte;
  private final boolean isBigEndian;
  private final Strides strides;
  private final boolean isRowMajor;
  private Gathered gathered = Gathered.NOTHING;

  /// @param firstByte of the content, from which the strides count
  StoredTensor(
      TensorSpec spec, Content content, long firstByte, Strides strides, boolean isBigEndian) {
    this.spec = spec;
    this.content = content;
    this.firstByte = firstByte;
    this.strides = strides;
    this.isBigEndian = isBigEndian && spec.dtype().sizeBytes() > 1;
    this.isRowMajor = strides.isRowMajor(spec.shape());
  }

  TensorSpec spec() {
    return spec;
  }

  /// Whether its elements lie row by row, without holes.
  boolean isRowMajor() {
    return isRowMajor;
  }

  void read(long from, MemorySegment into) throws IOException {
    java.util.Objects.checkFromIndexSize(from, into.byteSize(), spec.sizeBytes());
    int width = spec.dtype().sizeBytes();
    if (isRowMajor) {
      content.read(firstByte + strides.offset() * width + from, into);
    } else {
      for (long done = 0; done < into.byteSize(); ) {
        if (!gathered.holds(from + done)) {
          gathered = Gathered.NOTHING;
          gathered = new Gather(spec, content, firstByte, strides).around((from + done) / width);
        }
        done += gathered.copy(from + done, into.asSlice(done));
      }
    }
    if (isBigEndian) {
      if (from % width != 0 || into.byteSize() % width != 0) {
        throw new IllegalArgumentException(
            "tensor " + spec.name() + " can only be read by whole elements");
      }
      swap(into, width);
    }
  }

  /// Frees what was gathered.
  void release() {
    gathered = Gathered.NOTHING;
  }

  private static void swap(MemorySegment bytes, int width) {
    var layout = java.lang.foreign.ValueLayout.JAVA_BYTE;
    for (long at = 0; at < bytes.byteSize(); at += width) {
      for (int i = 0; i < width / 2; i++) {
        byte low = bytes.get(layout, at + i);
        bytes.set(layout, at + i, bytes.get(layout, at + width - 1 - i));
        bytes.set(layout, at + width - 1 - i, low);
      }
    }
  }

  /// Row-major bytes of a part of the tensor.
  ///
  /// @param first position of the first byte in the tensor
  record Gathered(long first, MemorySegment bytes) {

    static final Gathered NOTHING = new Gathered(0, MemorySegment.NULL);

    boolean holds(long at) {
      return at >= first && at - first < bytes.byteSize();
    }

    long copy(long at, MemorySegment into) {
      long count = Math.min(into.byteSize(), first + bytes.byteSize() - at);
      MemorySegment.copy(bytes, at - first, into, 0, count);
      return count;
    }
  }
}
