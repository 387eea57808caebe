package org.wardfl.algo.statistics;

import java.util.ArrayList;
import java.util.List;

/// How many values lie between edges.
///
/// @param edges increasing, one more than counts, at most 1,001; a bin holds its lower edge, the
///   last one both
/// @param counts of each bin, not negative
/// @param below how many values are smaller than the first edge
/// @param above how many are larger than the last
public record Histogram(List<Double> edges, List<Long> counts, long below, long above) {

  /// Checks and copies.
  ///
  /// @throws IllegalArgumentException on edges that do not increase or do not fit the counts, or a
  ///   negative count
  public Histogram {
    edges = List.copyOf(edges);
    counts = List.copyOf(counts);
    if (counts.isEmpty() || counts.size() > Bins.MOST || edges.size() != counts.size() + 1) {
      throw new IllegalArgumentException(
          "a histogram of " + counts.size() + " bins with " + edges.size() + " edges");
    }
    for (int i = 0; i < counts.size(); i++) {
      if (!(edges.get(i) < edges.get(i + 1)) || !Double.isFinite(edges.get(i + 1) - edges.get(i))) {
        throw new IllegalArgumentException("a histogram's edges have to increase");
      }
    }
    if (below < 0 || above < 0 || counts.stream().anyMatch(count -> count < 0)) {
      throw new IllegalArgumentException("a histogram with a negative count");
    }
  }

  /// Counts in bins of one width.
  ///
  /// @param counts of each bin
  public static Histogram of(Bins bins, long[] counts, long below, long above) {
    var list = new ArrayList<Long>();
    for (long count : counts) {
      list.add(count);
    }
    return new Histogram(bins.edges(), list, below, above);
  }

  /// How many values it counts in all.
  public long total() {
    return below + counts.stream().mapToLong(Long::longValue).sum() + above;
  }
}
