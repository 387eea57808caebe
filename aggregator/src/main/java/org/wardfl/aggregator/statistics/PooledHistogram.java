package org.wardfl.aggregator.statistics;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.statistics.Histogram;

/// The histogram of several sites, exact in every bin.
///
/// A site may have joined bins that hold too few of its patients, each site others. So the pooled
/// histogram has the edges that all have in common; a bin without values can be cut anywhere. Sites
/// with fewer than [#FINE] bins would spoil it for all, and are left out if others have more and
/// they hold no more than [#FEW] of all values.
///
/// @param histogram of the sites that are not left out
/// @param leftOut sites whose histograms are too coarse
public record PooledHistogram(Histogram histogram, SortedSet<SiteName> leftOut) {

  /// How many bins a site's histogram has at least if others have as many.
  public static final int FINE = 4;

  /// The largest share of all values that may be left out.
  public static final double FEW = 0.1;

  /// Copies.
  public PooledHistogram {
    leftOut = Collections.unmodifiableSortedSet(new TreeSet<>(leftOut));
  }

  /// Of these sites, if there is any.
  ///
  /// @throws IllegalArgumentException if they are not over one range
  public static Optional<PooledHistogram> of(SortedMap<SiteName, Histogram> sites) {
    if (sites.isEmpty()) {
      return Optional.empty();
    }
    var fine = new TreeMap<>(sites);
    fine.values().removeIf(histogram -> histogram.counts().size() < FINE);
    boolean few = total(sites) - total(fine) <= FEW * total(sites);
    var used = fine.isEmpty() || !few ? sites : fine;
    var leftOut = new TreeSet<>(sites.keySet());
    leftOut.removeAll(used.keySet());
    return Optional.of(new PooledHistogram(joined(used), leftOut));
  }

  private static long total(SortedMap<SiteName, Histogram> sites) {
    return sites.values().stream().mapToLong(Histogram::total).reduce(0, Math::addExact);
  }

  private static Histogram joined(SortedMap<SiteName, Histogram> sites) {
    var common = commonEdges(sites);
    var counts = new ArrayList<>(Collections.nCopies(common.size() - 1, 0L));
    long below = 0;
    long above = 0;
    for (var site : sites.values()) {
      below = Math.addExact(below, site.below());
      above = Math.addExact(above, site.above());
      int bin = 0;
      for (int i = 0; i < site.counts().size(); i++) {
        while (site.edges().get(i) >= common.get(bin + 1)) {
          bin++;
        }
        counts.set(bin, Math.addExact(counts.get(bin), site.counts().get(i)));
      }
    }
    return new Histogram(common, counts, below, above);
  }

  private static List<Double> commonEdges(SortedMap<SiteName, Histogram> sites) {
    var first = sites.firstEntry().getValue();
    var edges = new TreeSet<Double>();
    for (var site : sites.entrySet()) {
      var own = site.getValue().edges();
      if (!own.getFirst().equals(first.edges().getFirst())
          || !own.getLast().equals(first.edges().getLast())) {
        throw new IllegalArgumentException(
            "the histogram of "
                + site.getKey()
                + " is over "
                + own.getFirst()
                + " to "
                + own.getLast()
                + ", expected "
                + first.edges().getFirst()
                + " to "
                + first.edges().getLast());
      }
      edges.addAll(own);
    }
    for (var site : sites.values()) {
      for (int i = 0; i < site.counts().size(); i++) {
        if (site.counts().get(i) > 0) {
          edges.subSet(site.edges().get(i), false, site.edges().get(i + 1), false).clear();
        }
      }
    }
    return List.copyOf(edges);
  }
}
