package org.wardfl.client.statistics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.wardfl.algo.statistics.Histogram;

/// Finds which neighbouring bins to join, in several histograms over the same bins alike, so that
/// no joined bin holds a few values in any of them.
///
/// Of all ways to do so it takes the one that tells most of where the values lie: the width of the
/// bin that a value is in, added up over all values, is smallest (a shortest path over the edges,
/// Bellman 1961). Where that leaves too many bins, each is charged the least that leaves few
/// enough. Among equals it takes the fewest bins, then the widest last one. The same histograms
/// always give the same bins.
final class BinJoin {

  private final List<Histogram> histograms;
  private final long minimum;
  private final int bins;

  /// Of each histogram, how many values lie below each edge and within the range.
  private final long[][] before;

  /// Whether an edge may remain.
  private final boolean[] allowed;

  /// Of at least one histogram.
  ///
  /// @param minimum a joined bin holds at least so many values, or none
  /// @param allowed the edges that may remain, among them the first and the last
  BinJoin(List<Histogram> histograms, Set<Double> allowed, long minimum) {
    this.histograms = histograms;
    this.minimum = minimum;
    this.bins = histograms.getFirst().counts().size();
    this.before = new long[histograms.size()][bins + 1];
    for (int i = 0; i < before.length; i++) {
      for (int bin = 0; bin < bins; bin++) {
        before[i][bin + 1] = before[i][bin] + histograms.get(i).counts().get(bin);
      }
    }
    this.allowed = new boolean[bins + 1];
    for (int edge = 0; edge <= bins; edge++) {
      this.allowed[edge] = allowed.contains(histograms.getFirst().edges().get(edge));
    }
  }

  /// The histograms with joined bins.
  ///
  /// @param most how many bins may remain, at least 1
  /// @return empty if even one bin over the whole range would hold too few values of one of them
  Optional<List<Histogram>> joined(long most) {
    var edges = edges(0);
    if (edges.isEmpty()) {
      return Optional.empty();
    }
    if (edges.size() - 1 > most) {
      // Charged as much as this, one bin is the cheapest.
      long enough = (long) cost(0, bins);
      long little = 0;
      while (enough - little > 1) {
        long charge = little + (enough - little) / 2;
        if (edges(charge).size() - 1 > most) {
          little = charge;
        } else {
          enough = charge;
        }
      }
      edges = edges(enough);
    }
    var joined = new ArrayList<Histogram>();
    for (int i = 0; i < histograms.size(); i++) {
      var counts = new ArrayList<Long>();
      for (int edge = 1; edge < edges.size(); edge++) {
        counts.add(before[i][edges.get(edge)] - before[i][edges.get(edge - 1)]);
      }
      var histogram = histograms.get(i);
      joined.add(
          new Histogram(
              edges.stream().map(histogram.edges()::get).toList(),
              counts,
              histogram.below(),
              histogram.above()));
    }
    return Optional.of(joined);
  }

  // The indices of the edges that remain if each bin costs so much more; empty if there is no way.
  private List<Integer> edges(long charge) {
    var cost = new double[bins + 1];
    var parts = new int[bins + 1];
    var last = new int[bins + 1];
    Arrays.fill(cost, 1, bins + 1, Double.POSITIVE_INFINITY);
    for (int end = 1; end <= bins; end++) {
      for (int start = 0; start < end && allowed[end]; start++) {
        if (cost[start] < Double.POSITIVE_INFINITY && isEnough(start, end)) {
          double all = cost[start] + cost(start, end) + charge;
          if (all < cost[end] || (all == cost[end] && parts[start] + 1 < parts[end])) {
            cost[end] = all;
            parts[end] = parts[start] + 1;
            last[end] = start;
          }
        }
      }
    }
    var edges = new ArrayList<Integer>();
    if (cost[bins] < Double.POSITIVE_INFINITY) {
      for (int edge = bins; edge > 0; edge = last[edge]) {
        edges.add(edge);
      }
      edges.add(0);
    }
    Collections.reverse(edges);
    return edges;
  }

  private boolean isEnough(int start, int end) {
    for (var counts : before) {
      long count = counts[end] - counts[start];
      if (count > 0 && count < minimum) {
        return false;
      }
    }
    return true;
  }

  private double cost(int start, int end) {
    double values = 0;
    for (var counts : before) {
      values += counts[end] - counts[start];
    }
    return values * (end - start);
  }
}
