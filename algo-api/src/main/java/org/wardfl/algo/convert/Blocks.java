package org.wardfl.algo.convert;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.wardfl.algo.tensor.TensorSource;
import org.wardfl.algo.tensor.TensorSpec;

/// Copies a tensor's bytes block by block.
final class Blocks {

  private static final int BYTES = 1 << 18;

  private Blocks() {}

  /// Takes the next bytes.
  interface Sink {
    void append(ByteBuffer bytes) throws IOException;
  }

  static void copy(TensorSource source, TensorSpec spec, Sink sink) throws IOException {
    var buffer = ByteBuffer.allocate((int) Math.min(BYTES, spec.sizeBytes()));
    for (long at = 0; at < spec.sizeBytes(); at += BYTES) {
      buffer.clear().limit((int) Math.min(BYTES, spec.sizeBytes() - at));
      source.read(spec, at, MemorySegment.ofBuffer(buffer));
      sink.append(buffer);
    }
  }
}
