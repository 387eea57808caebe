package org.wardfl.algo.model;

import java.io.IOException;
import java.lang.foreign.Arena;
import org.wardfl.algo.tensor.Elements;
import org.wardfl.algo.tensor.TensorSource;
import org.wardfl.algo.tensor.TensorSpec;

/// The values of one tensor in a few numbers, accumulated in float64 in the order of the elements.
///
/// @param spec what is known without its values
/// @param min smallest finite value, NaN if there is none
/// @param max largest finite value, NaN if there is none
/// @param mean mean of the finite values, NaN if there is none
/// @param norm L2 norm of the finite values
/// @param notFinite how many values are NaN or infinite
public record TensorSummary(
    TensorSpec spec, double min, double max, double mean, double norm, long notFinite) {

  private static final int BLOCK = 1 << 15;

  /// Reads a tensor block by block.
  ///
  /// @throws IOException if it cannot be read
  public static TensorSummary of(TensorSource source, TensorSpec spec) throws IOException {
    var summary = new Accumulator();
    visit(source, spec, summary::add);
    return summary.finish(spec);
  }

  /// Takes a block of values.
  interface BlockVisitor {
    void visit(double[] values, int count) throws IOException;
  }

  static void visit(TensorSource source, TensorSpec spec, BlockVisitor visitor) throws IOException {
    var elements = new Elements(spec.dtype(), BLOCK);
    var values = new double[BLOCK];
    int width = spec.dtype().sizeBytes();
    try (var arena = Arena.ofConfined()) {
      var buffer = arena.allocate((long) BLOCK * width, 64);
      for (long at = 0; at < spec.sizeBytes(); at += buffer.byteSize()) {
        var block = buffer.asSlice(0, Math.min(buffer.byteSize(), spec.sizeBytes() - at));
        source.read(spec, at, block);
        elements.decode(block, values);
        visitor.visit(values, (int) (block.byteSize() / width));
      }
    }
  }

  private static final class Accumulator {
    private double min = Double.POSITIVE_INFINITY;
    private double max = Double.NEGATIVE_INFINITY;
    private double sum;
    private double squares;
    private long finite;
    private long notFinite;

    void add(double[] values, int count) {
      for (int i = 0; i < count; i++) {
        double value = values[i];
        if (Double.isFinite(value)) {
          min = Math.min(min, value);
          max = Math.max(max, value);
          sum += value;
          squares += value * value;
          finite++;
        } else {
          notFinite++;
        }
      }
    }

    TensorSummary finish(TensorSpec spec) {
      return finite == 0
          ? new TensorSummary(spec, Double.NaN, Double.NaN, Double.NaN, 0, notFinite)
          : new TensorSummary(spec, min, max, sum / finite, StrictMath.sqrt(squares), notFinite);
    }
  }
}
