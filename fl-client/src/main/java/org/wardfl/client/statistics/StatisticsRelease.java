package org.wardfl.client.statistics;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.wardfl.algo.DataStats;
import org.wardfl.algo.statistics.FeatureStatistics;
import org.wardfl.algo.statistics.Remark;
import org.wardfl.algo.statistics.Statistic;
import org.wardfl.algo.statistics.StatisticsRequest;
import org.wardfl.provisioning.site.StatisticsRules;

/// Decides what leaves the site of the statistics that an algorithm computed.
///
/// A feature that has fewer values than the site's minimum is not told at all. A class that has
/// fewer takes the other classes of the feature with it: else it would follow from the whole. Of a
/// feature with two values, one of them rare, sums are not told: they would count the few. What is
/// not told says so in a remark; it is never zero.
///
/// @param rules the site's
/// @param asked what the signed job asks for
/// @param request what the algorithm was asked: everything but histograms, or histograms alone
/// @param random what noise is drawn from
public record StatisticsRelease(
    StatisticsRules rules,
    SortedSet<Statistic> asked,
    StatisticsRequest request,
    RandomGenerator random) {

  /// What may leave of these statistics. Numbers that the algorithm named itself do not: nobody can
  /// judge them.
  public DataStats of(DataStats raw) {
    var features = new LinkedHashMap<String, List<FeatureStatistics>>();
    for (var entry : raw.features()) {
      if (request.wants(entry.feature())) {
        features.computeIfAbsent(entry.feature(), _ -> new ArrayList<>()).add(entry);
      }
    }
    var released = new ArrayList<FeatureStatistics>();
    features.values().forEach(entries -> released.addAll(feature(entries)));
    return new DataStats(
        new TreeMap<>(), raw.samples() < rules.minimumCount() ? 0 : raw.samples(), released);
  }

  private List<FeatureStatistics> feature(List<FeatureStatistics> entries) {
    var released = new ArrayList<FeatureStatistics>();
    Map<Boolean, List<FeatureStatistics>> parts = new TreeMap<>();
    for (var entry : entries) {
      parts.computeIfAbsent(entry.group().isEmpty(), _ -> new ArrayList<>()).add(entry);
    }
    parts.getOrDefault(true, List.of()).forEach(entry -> released.add(released(entry)));
    var classes = parts.getOrDefault(false, List.of());
    var small = classes.stream().filter(this::isSmall).findFirst();
    if (small.isPresent()) {
      released.add(
          FeatureStatistics.withheld(
              small.get().feature(),
              column(small.get().group()),
              "a class has fewer than "
                  + rules.minimumCount()
                  + " values here, so none is told by itself"));
    } else {
      classes.forEach(entry -> released.add(released(entry)));
    }
    return released;
  }

  private static String column(String group) {
    return group.substring(0, group.indexOf('=') + 1);
  }

  private boolean isSmall(FeatureStatistics entry) {
    long known = entry.count().orElse(0);
    return known > 0 && Math.min(known, entry.patients()) < rules.minimumCount();
  }

  private FeatureStatistics released(FeatureStatistics raw) {
    if (raw.count().isEmpty()) {
      return bare(raw, 0, OptionalLong.empty(), OptionalLong.empty(), raw.remarks());
    }
    if (isSmall(raw)) {
      return FeatureStatistics.withheld(
          raw.feature(), raw.group(), "fewer than " + rules.minimumCount() + " values");
    }
    if (raw.count().getAsLong() == 0) {
      return empty(raw);
    }
    return request.histograms().isEmpty() ? summary(raw) : histogram(raw);
  }

  private FeatureStatistics empty(FeatureStatistics raw) {
    if (raw.missing().orElse(0) < rules.minimumCount()) {
      return FeatureStatistics.withheld(
          raw.feature(), raw.group(), "fewer than " + rules.minimumCount() + " values");
    }
    var remarks = new ArrayList<>(raw.remarks());
    remarks.add(
        Remark.without(
            "all values are missing",
            Statistic.SUM,
            Statistic.MEAN,
            Statistic.STDDEV,
            Statistic.MIN,
            Statistic.MAX,
            Statistic.HISTOGRAM,
            Statistic.QUANTILES));
    return bare(raw, 0, raw.count(), raw.missing(), remarks);
  }

  private static FeatureStatistics bare(
      FeatureStatistics raw,
      long patients,
      OptionalLong count,
      OptionalLong missing,
      List<Remark> remarks) {
    return new FeatureStatistics(
        raw.feature(),
        raw.group(),
        patients,
        count,
        missing,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        remarks);
  }

  private FeatureStatistics summary(FeatureStatistics raw) {
    var remarks = new ArrayList<>(raw.remarks());
    boolean sums = asks(Statistic.SUM, Statistic.MEAN, Statistic.STDDEV);
    if (sums && isRareFlag(raw)) {
      sums = false;
      remarks.add(
          Remark.without(
              "it has two values, one of them in fewer than "
                  + rules.minimumCount()
                  + " patients, whom the sum would count",
              Statistic.SUM,
              Statistic.MEAN,
              Statistic.STDDEV));
    }
    // A histogram needs a range.
    boolean ends = asks(Statistic.MIN, Statistic.MAX, Statistic.HISTOGRAM, Statistic.QUANTILES);
    var extremes =
        ends && raw.extremes().isPresent()
            ? new ExtremesRelease(rules, random).of(raw.extremes().get(), remarks)
            : Optional.<org.wardfl.algo.statistics.Extremes>empty();
    return new FeatureStatistics(
        raw.feature(),
        raw.group(),
        raw.patients(),
        raw.count(),
        raw.missing(),
        sums ? raw.moments() : Optional.empty(),
        extremes,
        Optional.empty(),
        remarks);
  }

  /// Whether the sum tells how many patients have the rarer of two values, and these are few.
  private boolean isRareFlag(FeatureStatistics raw) {
    return raw.extremes()
        .filter(ends -> ends.min() < ends.max())
        .filter(ends -> ends.minHolders() + ends.maxHolders() == raw.count().orElse(0))
        .filter(ends -> Math.min(ends.minHolders(), ends.maxHolders()) < rules.minimumCount())
        .isPresent();
  }

  private FeatureStatistics histogram(FeatureStatistics raw) {
    var remarks = new ArrayList<Remark>();
    var histogram =
        raw.histogram().flatMap(known -> new HistogramRelease(rules).of(known, remarks));
    return new FeatureStatistics(
        raw.feature(),
        raw.group(),
        raw.patients(),
        raw.count(),
        OptionalLong.empty(),
        Optional.empty(),
        Optional.empty(),
        histogram,
        remarks);
  }

  private boolean asks(Statistic... any) {
    return List.of(any).stream().anyMatch(asked::contains);
  }
}
