package org.wardfl.aggregator.statistics;

import java.util.OptionalDouble;
import org.wardfl.algo.statistics.Histogram;

/// Quantiles that a histogram tells within one of its bins.
///
/// The quantile of a share p is the smallest value that at least p of all values do not exceed (the
/// inverted distribution function; numpy's `inverted_cdf`). Unlike the mean of two neighbours it is
/// always one of the values, so it lies in the bin that its rank falls into; within that bin the
/// values are taken to be spread evenly.
public final class Quantiles {

  private Quantiles() {}

  /// The quantile, at most the bin's width away from that of the values themselves.
  ///
  /// @param share above 0, below 1
  /// @return empty if there are no values, or the quantile lies outside the histogram's range
  public static OptionalDouble of(Histogram histogram, double share) {
    long total = histogram.total();
    long rank = Math.clamp((long) StrictMath.ceil(share * total), 1, Math.max(1, total));
    long before = histogram.below();
    if (total == 0 || rank <= before) {
      return OptionalDouble.empty();
    }
    for (int bin = 0; bin < histogram.counts().size(); bin++) {
      long count = histogram.counts().get(bin);
      if (rank <= before + count) {
        double low = histogram.edges().get(bin);
        double width = histogram.edges().get(bin + 1) - low;
        return OptionalDouble.of(low + width * ((rank - before - 0.5) / count));
      }
      before += count;
    }
    return OptionalDouble.empty();
  }
}
