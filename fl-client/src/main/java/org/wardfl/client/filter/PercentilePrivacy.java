package org.wardfl.client.filter;

import java.io.IOException;
import org.wardfl.algo.TrainSummary;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.tensor.TensorSource;

/// Sends only the larger changes, and those clipped: with `d` the difference divided by the
/// optimizer steps, values with `|d|` below the percentile become 0, the others are clipped to
/// `-gamma` to `gamma`, and all are multiplied by the steps again.
///
/// It hides small changes and bounds large ones. It is no differential privacy and gives no
/// guarantee in numbers.
///
/// The percentile is that of NumPy (linear between the two nearest ranks) over all floating
/// parameters and buffers together, at float32 precision, computed exactly in memory that does not
/// grow with the model. Refuses full weights and a training of no steps, where FLARE's filter lets
/// the update pass.
///
/// Source: Shokri and Shmatikov, "Privacy-preserving deep learning" (CCS 2015); NVIDIA FLARE
/// `PercentilePrivacy`.
public final class PercentilePrivacy implements UpdateFilter {

  private static final int HALF = 1 << 16;

  private final double percentile;
  private final double gamma;

  /// A filter.
  ///
  /// @param percentile 0 to 100
  /// @param gamma positive
  public PercentilePrivacy(double percentile, double gamma) {
    this.percentile = percentile;
    this.gamma = gamma;
  }

  @Override
  public TensorSource apply(TensorSource update, WeightType type, TrainSummary summary)
      throws FilterRefusalException, IOException {
    if (type != WeightType.DIFF) {
      throw new FilterRefusalException(
          "percentile-privacy: applies to weight differences only, and this update is full weights");
    }
    if (summary.iterations() == 0) {
      throw new FilterRefusalException("percentile-privacy: the training did no step to divide by");
    }
    double steps = summary.iterations();
    double cutOff = cutOff(update, steps);
    return new MappedSource(
        update,
        value -> {
          double perStep = value / steps;
          return Math.abs((float) perStep) < cutOff
              ? 0
              : Math.clamp(perStep, -gamma, gamma) * steps;
        });
  }

  private double cutOff(TensorSource update, double steps)
      throws IOException, FilterRefusalException {
    var total = new long[1];
    MappedSource.visit(update, (_, count) -> total[0] += count);
    if (total[0] == 0) {
      throw new FilterRefusalException("percentile-privacy: the update has no floating tensor");
    }
    double rank = percentile / 100 * (total[0] - 1);
    long below = (long) Math.floor(rank);
    double lower = atRank(update, steps, below);
    double upper = below + 1 < total[0] ? atRank(update, steps, below + 1) : lower;
    return lower + (upper - lower) * (rank - below);
  }

  /// The value of a rank by counting the upper, then the lower half of the bits: floats that are
  /// not negative are ordered as their bits are.
  private static double atRank(TensorSource update, double steps, long rank) throws IOException {
    var upper = new long[HALF];
    MappedSource.visit(
        update,
        (values, count) -> {
          for (int i = 0; i < count; i++) {
            upper[bits(values[i], steps) >>> 16]++;
          }
        });
    long before = 0;
    int high = 0;
    while (before + upper[high] <= rank) {
      before += upper[high++];
    }
    int chosen = high;
    var lower = new long[HALF];
    MappedSource.visit(
        update,
        (values, count) -> {
          for (int i = 0; i < count; i++) {
            int bits = bits(values[i], steps);
            if (bits >>> 16 == chosen) {
              lower[bits & 0xffff]++;
            }
          }
        });
    int low = 0;
    while (before + lower[low] <= rank) {
      before += lower[low++];
    }
    return Float.intBitsToFloat((high << 16) | low);
  }

  private static int bits(double value, double steps) {
    return Float.floatToIntBits(Math.abs((float) (value / steps)));
  }

  @Override
  public String description() {
    return "percentile-privacy(percentile=" + percentile + ", gamma=" + gamma + ")";
  }
}
