package org.wardfl.client.statistics;

import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.wardfl.algo.statistics.Histogram;
import org.wardfl.algo.statistics.Remark;
import org.wardfl.algo.statistics.Statistic;
import org.wardfl.provisioning.site.StatisticsRules;

/// What may leave of histograms over the same bins: bins are joined with their neighbours, in all
/// of them alike, until there are no more than the site allows, and none holds fewer values than
/// the minimum, unless it holds none. What is told is exact.
///
/// The classes of a feature are joined alike, at edges that the whole tells, too. So what follows
/// by subtraction is again a bin that is told, or a sum of such bins: never a few patients.
///
/// @param rules the site's
record HistogramRelease(StatisticsRules rules) {

  /// What may leave of some histograms.
  ///
  /// @param told in the order of the raw ones; empty if none may leave
  /// @param remark on each of them, if bins are joined or nothing may leave
  record Told(List<Histogram> told, Optional<Remark> remark) {

    private static Told nothing(String sentence) {
      return new Told(
          List.of(),
          Optional.of(Remark.without(sentence, Statistic.HISTOGRAM, Statistic.QUANTILES)));
    }
  }

  /// What may leave of the whole.
  Told whole(Histogram raw) {
    return alike(List.of(raw), raw.edges(), "", "");
  }

  /// What may leave of the classes.
  ///
  /// @param raw of each class that has values, at least one
  /// @param whole what leaves of all patients
  Told classes(List<Histogram> raw, Optional<Histogram> whole) {
    return whole.isEmpty()
        ? Told.nothing("all patients together tell no histogram, so no class does")
        : alike(raw, whole.get().edges(), "of a class: ", ", so no class tells a histogram");
  }

  private Told alike(List<Histogram> raw, List<Double> edges, String of, String then) {
    long fewest = raw.stream().mapToLong(Histogram::total).min().orElse(0);
    long permitted =
        Math.min(rules.maximumBins(), (long) Math.floor(fewest * rules.maximumBinsPercent() / 100));
    if (permitted < 1) {
      return Told.nothing(
          of
              + "too few values for a histogram: a bin for at least "
              + Math.ceil(100 / rules.maximumBinsPercent())
              + " of them"
              + then);
    }
    if (raw.stream().anyMatch(one -> isSmall(one.below()) || isSmall(one.above()))) {
      return Told.nothing(
          of + "fewer than " + rules.minimumCount() + " values lie outside the range" + then);
    }
    var joined = new BinJoin(raw, new HashSet<>(edges), rules.minimumCount()).joined(permitted);
    if (joined.isEmpty()) {
      return Told.nothing(
          of + "fewer than " + rules.minimumCount() + " values lie within the range" + then);
    }
    boolean coarse = joined.get().getFirst().counts().size() < raw.getFirst().counts().size();
    return new Told(joined.get(), coarse ? Optional.of(coarse(of)) : Optional.empty());
  }

  private Remark coarse(String of) {
    return Remark.coarse(
        "bins were joined with their neighbours"
            + (of.isEmpty() ? "" : ", in all classes alike")
            + ", until none holds fewer than "
            + rules.minimumCount()
            + " values but not none and there are at most "
            + BigDecimal.valueOf(rules.maximumBinsPercent()).stripTrailingZeros().toPlainString()
            + " % as many as values",
        Statistic.HISTOGRAM,
        Statistic.QUANTILES);
  }

  private boolean isSmall(long count) {
    return count > 0 && count < rules.minimumCount();
  }
}
