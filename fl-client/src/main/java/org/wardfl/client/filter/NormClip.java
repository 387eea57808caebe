package org.wardfl.client.filter;

import java.io.IOException;
import org.wardfl.algo.TrainSummary;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.tensor.TensorSource;

/// Scales a difference down so that its L2 norm, over all floating parameters and buffers together,
/// is at most a bound.
///
/// Counters do not count: one `num_batches_tracked` would outweigh every weight. Bounds what one
/// site can do to the model and is the first half of differential privacy; without noise it is not
/// private. Refuses full weights, whose norm says nothing.
public final class NormClip implements UpdateFilter {

  private final double bound;

  /// A filter with this bound, positive.
  public NormClip(double bound) {
    this.bound = bound;
  }

  @Override
  public TensorSource apply(TensorSource update, WeightType type, TrainSummary summary)
      throws FilterRefusalException, IOException {
    if (type != WeightType.DIFF) {
      throw new FilterRefusalException(
          "norm-clip: applies to weight differences only, and this update is full weights");
    }
    var squares = new double[1];
    MappedSource.visit(
        update,
        (values, count) -> {
          for (int i = 0; i < count; i++) {
            squares[0] += values[i] * values[i];
          }
        });
    double norm = Math.sqrt(squares[0]);
    if (!Double.isFinite(norm)) {
      throw new FilterRefusalException("norm-clip: the update holds a value that is not finite");
    }
    double factor = Math.min(1, bound / norm);
    return norm <= bound ? update : new MappedSource(update, value -> value * factor);
  }

  @Override
  public String description() {
    return "norm-clip(bound=" + bound + ")";
  }
}
