package org.wardfl.client.statistics;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wardfl.algo.statistics.Histogram;
import org.wardfl.algo.statistics.Remark;
import org.wardfl.algo.statistics.Statistic;
import org.wardfl.provisioning.site.StatisticsRules;

/// What may leave of a histogram: bins are joined with their neighbours until there are no more
/// than the site allows, and none holds fewer values than the minimum, unless it holds none. What
/// is told is exact.
///
/// @param rules the site's
record HistogramRelease(StatisticsRules rules) {

  /// What may leave.
  ///
  /// @param remarks get another where bins are joined, or nothing may leave
  Optional<Histogram> of(Histogram raw, List<Remark> remarks) {
    long permitted =
        Math.min(
            rules.maximumBins(), (long) Math.floor(raw.total() * rules.maximumBinsPercent() / 100));
    if (permitted < 1) {
      return withheld(
          "too few values for a histogram: a bin for at least "
              + Math.ceil(100 / rules.maximumBinsPercent())
              + " of them",
          remarks);
    }
    if (isSmall(raw.below()) || isSmall(raw.above())) {
      return withheld(
          "fewer than " + rules.minimumCount() + " values lie outside the range", remarks);
    }
    var joined = withoutSmall(atMost(permitted, raw));
    if (joined.counts().stream().anyMatch(this::isSmall)) {
      return withheld(
          "fewer than " + rules.minimumCount() + " values lie within the range", remarks);
    }
    if (joined.counts().size() < raw.counts().size()) {
      remarks.add(
          Remark.coarse(
              "bins were joined with their neighbours, until none holds fewer than "
                  + rules.minimumCount()
                  + " values but not none and there are at most "
                  + BigDecimal.valueOf(rules.maximumBinsPercent()).stripTrailingZeros().toPlainString()
                  + " % as many as values",
              Statistic.HISTOGRAM,
              Statistic.QUANTILES));
    }
    return Optional.of(joined);
  }

  private static Optional<Histogram> withheld(String sentence, List<Remark> remarks) {
    remarks.add(Remark.without(sentence, Statistic.HISTOGRAM, Statistic.QUANTILES));
    return Optional.empty();
  }

  private boolean isSmall(long count) {
    return count > 0 && count < rules.minimumCount();
  }

  /// Joins 2, 4, 8, ... bins each, so that the edges of one site are among those of another.
  private static Histogram atMost(long permitted, Histogram raw) {
    int bins = raw.counts().size();
    int each = 1;
    while ((bins + each - 1) / each > permitted) {
      each *= 2;
    }
    var joined = new Joined(raw);
    for (int bin = 0; bin < bins; bin++) {
      joined.add(bin);
      if ((bin + 1) % each == 0 || bin == bins - 1) {
        joined.close(bin);
      }
    }
    return joined.histogram();
  }

  /// Joins small bins with those that follow, and the last that holds anything with those before.
  private Histogram withoutSmall(Histogram raw) {
    var joined = new Joined(raw);
    int last = raw.counts().size() - 1;
    while (last > 0 && raw.counts().get(last) == 0) {
      last--;
    }
    for (int bin = 0; bin < raw.counts().size(); bin++) {
      joined.add(bin);
      while (bin == last && isSmall(joined.open) && !joined.counts.isEmpty()) {
        joined.reopen();
      }
      if (bin >= last || !isSmall(joined.open)) {
        joined.close(bin);
      }
    }
    return joined.histogram();
  }

  /// A coarser histogram in the making.
  private static final class Joined {
    private final Histogram raw;
    private final List<Double> edges = new ArrayList<>();
    private final List<Long> counts = new ArrayList<>();
    private long open;

    Joined(Histogram raw) {
      this.raw = raw;
      edges.add(raw.edges().getFirst());
    }

    void add(int bin) {
      open += raw.counts().get(bin);
    }

    // The open bin ends with this one.
    void close(int bin) {
      edges.add(raw.edges().get(bin + 1));
      counts.add(open);
      open = 0;
    }

    void reopen() {
      edges.removeLast();
      open += counts.removeLast();
    }

    Histogram histogram() {
      return new Histogram(edges, counts, raw.below(), raw.above());
    }
  }
}
