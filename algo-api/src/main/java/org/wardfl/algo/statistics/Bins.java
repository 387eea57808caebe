package org.wardfl.algo.statistics;

import java.util.ArrayList;
import java.util.List;

/// A range cut into bins of one width. A bin holds its lower edge and not its upper one; the last
/// holds both, as numpy's do.
///
/// @param low the first edge
/// @param high the last edge
/// @param count how many bins, 1 to 1,000
public record Bins(double low, double high, int count) {

  /// How many bins there may be.
  public static final int MOST = 1000;

  /// Checks.
  ///
  /// @throws IllegalArgumentException on a range of width zero, one that is turned round or not
  ///   finite, or another number of bins
  public Bins {
    if (!(low < high) || !Double.isFinite(high - low)) {
      throw new IllegalArgumentException(
          "a range from " + low + " to " + high + ", expected a finite one, the smaller end first");
    }
    if (count < 1 || count > MOST) {
      throw new IllegalArgumentException(count + " bins, expected 1 to " + MOST);
    }
  }

  /// An edge, 0 to `count`.
  public double edge(int index) {
    // The ends are exact, whatever the rounding between them.
    return index == count ? high : low + index * ((high - low) / count);
  }

  /// All edges, one more than bins.
  public List<Double> edges() {
    var edges = new ArrayList<Double>();
    for (int index = 0; index <= count; index++) {
      edges.add(edge(index));
    }
    return edges;
  }

  /// The bin of a value within the range.
  public int of(double value) {
    int bin = Math.clamp((long) ((value - low) / (high - low) * count), 0, count - 1);
    // The division may round across an edge.
    while (bin > 0 && value < edge(bin)) {
      bin--;
    }
    while (bin < count - 1 && value >= edge(bin + 1)) {
      bin++;
    }
    return bin;
  }
}
