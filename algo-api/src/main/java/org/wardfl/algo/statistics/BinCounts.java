package org.wardfl.algo.statistics;

/// Counts values in bins as they come.
public final class BinCounts {

  private final Bins bins;
  private final long[] counts;
  private long below;
  private long above;

  /// None yet.
  public BinCounts(Bins bins) {
    this.bins = bins;
    this.counts = new long[bins.count()];
  }

  /// Counts one more; NaN counts nowhere.
  public void add(double value) {
    if (value < bins.low()) {
      below++;
    } else if (value > bins.high()) {
      above++;
    } else if (!Double.isNaN(value)) {
      counts[bins.of(value)]++;
    }
  }

  /// What was counted so far.
  public Histogram histogram() {
    return Histogram.of(bins, counts, below, above);
  }
}
