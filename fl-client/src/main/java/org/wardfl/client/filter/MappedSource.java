package org.wardfl.client.filter;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.wardfl.algo.tensor.Elements;
import org.wardfl.algo.tensor.Role;
import org.wardfl.algo.tensor.TensorSource;
import org.wardfl.algo.tensor.TensorSpec;

/// The floating parameters and buffers of a source, each value mapped while it is read; counters
/// and constants pass as they are.
record MappedSource(TensorSource source, DoubleUnaryOperator mapping) implements TensorSource {

  private static final int BLOCK_ELEMENTS = 1 << 14;

  static boolean isMapped(TensorSpec spec) {
    return spec.dtype().isFloating()
        && (spec.role() == Role.PARAMETER || spec.role() == Role.BUFFER);
  }

  /// Is told the values of all floating parameters and buffers, block by block.
  interface Visitor {
    /// The next values, from index 0.
    void visit(double[] values, int count);
  }

  static void visit(TensorSource source, Visitor visitor) throws IOException {
    var values = new double[BLOCK_ELEMENTS];
    for (var spec : source.specs()) {
      if (!isMapped(spec)) {
        continue;
      }
      var elements = new Elements(spec.dtype(), BLOCK_ELEMENTS);
      long width = spec.dtype().sizeBytes();
      var buffer = MemorySegment.ofArray(new byte[(int) (BLOCK_ELEMENTS * width)]);
      for (long at = 0; at < spec.shape().elements(); at += BLOCK_ELEMENTS) {
        int count = (int) Math.min(BLOCK_ELEMENTS, spec.shape().elements() - at);
        var block = buffer.asSlice(0, count * width);
        source.read(spec, at * width, block);
        elements.decode(block, values);
        visitor.visit(values, count);
      }
    }
  }

  @Override
  public List<TensorSpec> specs() {
    return source.specs();
  }

  @Override
  public Map<String, String> aliases() {
    return source.aliases();
  }

  @Override
  public void read(TensorSpec spec, long firstByte, MemorySegment into) throws IOException {
    source.read(spec, firstByte, into);
    if (!isMapped(spec)) {
      return;
    }
    long width = spec.dtype().sizeBytes();
    if (firstByte % width != 0 || into.byteSize() % width != 0) {
      throw new IllegalArgumentException(
          "tensor " + spec.name() + " can only be read by whole elements");
    }
    var elements = new Elements(spec.dtype(), BLOCK_ELEMENTS);
    var values = new double[BLOCK_ELEMENTS];
    long blockBytes = BLOCK_ELEMENTS * width;
    for (long done = 0; done < into.byteSize(); done += blockBytes) {
      var block = into.asSlice(done, Math.min(blockBytes, into.byteSize() - done));
      elements.decode(block, values);
      int count = (int) (block.byteSize() / width);
      for (int i = 0; i < count; i++) {
        values[i] = mapping.applyAsDouble(values[i]);
      }
      elements.encode(values, block);
    }
  }
}
