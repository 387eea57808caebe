package org.wardfl.algo.model;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.Optional;
import org.wardfl.algo.tensor.TensorSource;
import org.wardfl.algo.tensor.TensorSpec;

/// One tensor's values in a few numbers.
///
/// @param spec name, data type, shape and role
/// @param range of the finite values; empty where there is none
/// @param nans how many values are NaN
/// @param infinities how many values are infinite, of either sign
public record TensorSummary(TensorSpec spec, Optional<Range> range, long nans, long infinities) {

  /// The finite values of a tensor, computed in float64; integers beyond 53 bits are rounded.
  ///
  /// @param min the smallest
  /// @param max the largest
  /// @param mean their mean
  /// @param l2Norm the square root of the sum of their squares
  public record Range(double min, double max, double mean, double l2Norm) {}

  /// How many values are NaN or infinite.
  public long notFinite() {
    return nans + infinities;
  }

  /// Reads a tensor block by block.
  ///
  /// @param spec one of the source's
  /// @throws IOException if the source cannot be read
  public static TensorSummary of(TensorSource source, TensorSpec spec) throws IOException {
    var moments = new Moments();
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    long nans = 0;
    long infinities = 0;
    try (var arena = Arena.ofConfined()) {
      var blocks = new ValueBlocks(source, spec, arena);
      for (int count = blocks.read(); count > 0; count = blocks.read()) {
        var values = blocks.values();
        for (int i = 0; i < count; i++) {
          if (Double.isFinite(values[i])) {
            min = Math.min(min, values[i]);
            max = Math.max(max, values[i]);
          } else if (Double.isNaN(values[i])) {
            nans++;
          } else {
            infinities++;
          }
        }
        moments.add(values, count);
      }
    }
    var range =
        moments.count() == 0
            ? Optional.<Range>empty()
            : Optional.of(new Range(min, max, moments.mean(), moments.l2Norm()));
    return new TensorSummary(spec, range, nans, infinities);
  }
}
