package org.wardfl.aggregator.statistics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.wardfl.algo.statistics.Extremes;
import org.wardfl.algo.statistics.Histogram;

/// Quantiles of one site or of several together, from the bins that each of them tells.
///
/// The quantile of a share p is the smallest value that at least p of all values do not exceed (the
/// inverted distribution function; numpy's `inverted_cdf`). Each bin of each site spreads its own
/// values evenly over its own width, as far as it lies between the site's smallest and largest
/// value; the quantile that is told is where these reach p of all values. So it lies among the
/// quantiles of the sites, and in the same interval as the quantile of the values themselves.
public final class Quantiles {

  /// The largest share of the histogram's range that a quantile may be unknown within, if that is
  /// more than a bin.
  public static final double COARSE = 0.2;

  private final List<Piece> pieces;
  private final long below;
  private final long total;
  private final double range;

  private Quantiles(List<Piece> pieces, long below, long total, double range) {
    this.pieces = List.copyOf(pieces);
    this.below = below;
    this.total = total;
    this.range = range;
  }

  /// Some values of a site, at least one, anywhere from one end to the other.
  private record Piece(double low, double high, long count) {

    // How many do not exceed it if they are spread evenly.
    double until(double value) {
      if (value >= high) {
        return count;
      }
      return value <= low ? 0 : count * ((value - low) / (high - low));
    }
  }

  /// What a site tells.
  ///
  /// @param histogram its own
  /// @param extremes its smallest and largest value or numbers beyond them, if it tells any
  public record Site(Histogram histogram, Optional<Extremes> extremes) {

    private void addTo(List<Piece> pieces) {
      for (int bin = 0; bin < histogram.counts().size(); bin++) {
        if (histogram.counts().get(bin) > 0) {
          double low = histogram.edges().get(bin);
          double high = histogram.edges().get(bin + 1);
          double least = extremes.map(ends -> Math.max(low, ends.min())).orElse(low);
          double most = extremes.map(ends -> Math.min(high, ends.max())).orElse(high);
          // Else the data changed between the rounds.
          boolean fits = least <= most;
          pieces.add(
              new Piece(fits ? least : low, fits ? most : high, histogram.counts().get(bin)));
        }
      }
    }
  }

  /// A quantile.
  ///
  /// @param value where it lies if values are spread evenly within bins
  /// @param low it is at least this, for certain
  /// @param high and at most this
  /// @param isCoarse whether that is more than [#COARSE] of the range and more than one bin
  public record Quantile(double value, double low, double high, boolean isCoarse) {}

  /// Of these sites, in this order.
  public static Quantiles of(Collection<Site> sites) {
    var pieces = new ArrayList<Piece>();
    long below = 0;
    long total = 0;
    double range = 0;
    for (var site : sites) {
      site.addTo(pieces);
      var histogram = site.histogram();
      below = Math.addExact(below, histogram.below());
      total = Math.addExact(total, histogram.total());
      range = Math.max(range, histogram.edges().getLast() - histogram.edges().getFirst());
    }
    return new Quantiles(pieces, below, total, range);
  }

  /// The quantile of a share.
  ///
  /// @param share above 0, below 1
  /// @param bins how many bins the range had before any were joined
  /// @return empty if there are no values, or the quantile lies outside the histograms' range
  public Optional<Quantile> at(double share, int bins) {
    double rank = share * total;
    long within = pieces.stream().mapToLong(Piece::count).sum();
    if (total == 0 || rank <= below || rank > below + within) {
      return Optional.empty();
    }
    double low = reached(rank, Piece::low);
    double high = reached(rank, Piece::high);
    double most = Math.max(COARSE, 1.0 / bins) * range * (1 + 1e-9);
    return Optional.of(
        new Quantile(Math.clamp(value(rank), low, high), low, high, high - low > most));
  }

  // The end by which so many values are there if each piece's were all at that end.
  private double reached(double rank, ToDoubleFunction<Piece> end) {
    var sorted = pieces.stream().sorted(Comparator.comparingDouble(end)).toList();
    long count = below;
    for (var piece : sorted) {
      count += piece.count();
      if (count >= rank) {
        return end.applyAsDouble(piece);
      }
    }
    return end.applyAsDouble(sorted.getLast());
  }

  private double value(double rank) {
    var ends =
        pieces.stream()
            .flatMapToDouble(piece -> Arrays.stream(new double[] {piece.low(), piece.high()}))
            .sorted()
            .distinct()
            .toArray();
    // The number of values never falls from one end to the next: the first where it is reached.
    int least = 0;
    int most = ends.length - 1;
    while (least < most) {
      int middle = (least + most) / 2;
      if (until(ends[middle]) >= rank) {
        most = middle;
      } else {
        least = middle + 1;
      }
    }
    if (least == 0) {
      return ends[0];
    }
    double start = ends[least - 1];
    double end = ends[least];
    double before = until(start);
    double rising = 0;
    for (var piece : pieces) {
      if (piece.low() <= start && piece.high() >= end) {
        rising += piece.count() * ((end - start) / (piece.high() - piece.low()));
      }
    }
    // Where it jumps, or stays the same, the end itself.
    return rising > 0 ? Math.min(end, start + (end - start) * ((rank - before) / rising)) : end;
  }

  private double until(double value) {
    double count = below;
    for (var piece : pieces) {
      count += piece.until(value);
    }
    return count;
  }
}
