package org.wardfl.client.statistics;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.random.RandomGenerator;
import org.wardfl.algo.statistics.Extremes;
import org.wardfl.algo.statistics.FeatureStatistics;
import org.wardfl.algo.statistics.Histogram;
import org.wardfl.algo.statistics.Remark;
import org.wardfl.algo.statistics.Statistic;
import org.wardfl.algo.statistics.StatisticsRequest;
import org.wardfl.provisioning.site.StatisticsRules;

/// What leaves of the numbers of one feature: of all patients together, or of classes, which are
/// treated alike. A number that one class holds back is held back by all.
///
/// Of a feature with two values, one of them rare, sums are not told: they would count the few.
///
/// @param rules the site's
/// @param asked what the signed job asks for
/// @param request what the algorithm was asked: everything but histograms, or histograms alone
/// @param random what noise is drawn from
record AlikeRelease(
    StatisticsRules rules,
    SortedSet<Statistic> asked,
    StatisticsRequest request,
    RandomGenerator random) {

  private static final String ALIKE = "; classes are told alike, or could be worked out";

  /// Of all patients together.
  ///
  /// @param namesFew whether its values are classes, one of them of few patients
  FeatureStatistics whole(FeatureStatistics raw, boolean namesFew) {
    boolean isBare = raw.count().orElse(1) == 0 && raw.missing().orElse(0) < rules.minimumCount();
    if (hasFewValues(raw) || isBare) {
      return FeatureStatistics.withheld(
          raw.feature(), raw.group(), "fewer than " + rules.minimumCount() + " values");
    }
    if (raw.count().orElse(0) == 0) {
      return withoutValues(raw, raw.missing(), raw.remarks());
    }
    if (request.histograms().isEmpty()) {
      var sums =
          namesFew
              ? Optional.of(
                  noSums(
                      "its values are classes, one of them of fewer than "
                          + rules.minimumCount()
                          + " patients, whom the sum would count"))
              : rareFlag(raw);
      return summary(raw, fewMissing(raw), sums);
    }
    var told = raw.histogram().map(new HistogramRelease(rules)::whole);
    return histogram(
        raw,
        told.flatMap(known -> known.told().stream().findFirst()),
        told.flatMap(HistogramRelease.Told::remark));
  }

  /// Of classes with enough patients and values each.
  ///
  /// @param whole the histogram that leaves of all patients together
  List<FeatureStatistics> classes(List<FeatureStatistics> raw, Optional<Histogram> whole) {
    return request.histograms().isEmpty() ? summaries(raw) : histograms(raw, whole);
  }

  /// Whether there are values, but not enough.
  boolean hasFewValues(FeatureStatistics raw) {
    long known = raw.count().orElse(0);
    return known > 0 && Math.min(known, raw.patients()) < rules.minimumCount();
  }

  private List<FeatureStatistics> summaries(List<FeatureStatistics> raw) {
    Optional<Remark> missing =
        raw.stream()
            .flatMap(entry -> fewMissing(entry).stream())
            .findFirst()
            .map(AlikeRelease::alike);
    Optional<Remark> sums =
        raw.stream()
            .flatMap(entry -> rareFlag(entry).stream())
            .findFirst()
            .map(AlikeRelease::alike);
    var told = new ArrayList<FeatureStatistics>();
    for (var entry : raw) {
      told.add(summary(entry, missing, sums));
    }
    return told;
  }

  private static Remark alike(Remark remark) {
    return new Remark(
        remark.statistics(), remark.withheld(), "in a class " + remark.sentence() + ALIKE);
  }

  /// Of those that have values; a class without any holds no bin back.
  private List<FeatureStatistics> histograms(
      List<FeatureStatistics> raw, Optional<Histogram> whole) {
    var counted =
        raw.stream()
            .filter(entry -> entry.count().orElse(0) > 0)
            .filter(entry -> entry.histogram().isPresent())
            .toList();
    var told =
        counted.isEmpty()
            ? Optional.<HistogramRelease.Told>empty()
            : Optional.of(
                new HistogramRelease(rules)
                    .classes(
                        counted.stream().flatMap(entry -> entry.histogram().stream()).toList(),
                        whole));
    var released = new ArrayList<FeatureStatistics>();
    for (var entry : raw) {
      int index = counted.indexOf(entry);
      released.add(
          entry.count().orElse(0) == 0
              ? withoutValues(entry, OptionalLong.empty(), entry.remarks())
              : histogram(
                  entry,
                  told.filter(known -> index >= 0 && index < known.told().size())
                      .map(known -> known.told().get(index)),
                  told.flatMap(HistogramRelease.Told::remark)));
    }
    return released;
  }

  private FeatureStatistics withoutValues(
      FeatureStatistics raw, OptionalLong missing, List<Remark> remarks) {
    var all = new ArrayList<>(remarks);
    if (raw.count().isPresent()) {
      all.add(
          Remark.without(
              "all values are missing",
              Statistic.SUM,
              Statistic.MEAN,
              Statistic.STDDEV,
              Statistic.MIN,
              Statistic.MAX,
              Statistic.HISTOGRAM,
              Statistic.QUANTILES));
    }
    return new FeatureStatistics(
        raw.feature(),
        raw.group(),
        0,
        raw.count(),
        missing,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        all);
  }

  /// The numbers of the first round.
  ///
  /// @param missing why missing values are not told
  /// @param sums why sums are not told
  private FeatureStatistics summary(
      FeatureStatistics raw, Optional<Remark> missing, Optional<Remark> sums) {
    var remarks = new ArrayList<>(raw.remarks());
    missing.ifPresent(remarks::add);
    var toldMissing = missing.isPresent() ? OptionalLong.empty() : raw.missing();
    if (raw.count().orElse(0) == 0) {
      return withoutValues(raw, toldMissing, remarks);
    }
    boolean tellsSums = asks(Statistic.SUM, Statistic.MEAN, Statistic.STDDEV) && sums.isEmpty();
    if (asks(Statistic.SUM, Statistic.MEAN, Statistic.STDDEV)) {
      sums.ifPresent(remarks::add);
    }
    // A histogram needs a range.
    boolean ends = asks(Statistic.MIN, Statistic.MAX, Statistic.HISTOGRAM, Statistic.QUANTILES);
    var extremes =
        ends && raw.extremes().isPresent()
            ? new ExtremesRelease(rules, random).of(raw.extremes().get(), remarks)
            : Optional.<Extremes>empty();
    return new FeatureStatistics(
        raw.feature(),
        raw.group(),
        raw.patients(),
        raw.count(),
        toldMissing,
        tellsSums ? raw.moments() : Optional.empty(),
        extremes,
        Optional.empty(),
        remarks);
  }

  private FeatureStatistics histogram(
      FeatureStatistics raw, Optional<Histogram> told, Optional<Remark> remark) {
    return new FeatureStatistics(
        raw.feature(),
        raw.group(),
        raw.patients(),
        raw.count(),
        OptionalLong.empty(),
        Optional.empty(),
        Optional.empty(),
        told,
        remark.stream().toList());
  }

  /// Why missing values are not told, if these are a few.
  private Optional<Remark> fewMissing(FeatureStatistics raw) {
    long missing = raw.missing().orElse(0);
    return missing > 0 && missing < rules.minimumCount()
        ? Optional.of(
            Remark.without(
                "fewer than " + rules.minimumCount() + " values are missing", Statistic.MISSING))
        : Optional.empty();
  }

  /// Why sums are not told, if they tell how many patients have the rarer of two values, and these
  /// are few.
  private Optional<Remark> rareFlag(FeatureStatistics raw) {
    return raw.extremes()
        .filter(ends -> ends.min() < ends.max())
        .filter(ends -> ends.minHolders() + ends.maxHolders() == raw.count().orElse(0))
        .filter(ends -> Math.min(ends.minHolders(), ends.maxHolders()) < rules.minimumCount())
        .map(_ ->
            noSums(
                "it has two values, one of them in fewer than "
                    + rules.minimumCount()
                    + " patients, whom the sum would count"));
  }

  private static Remark noSums(String sentence) {
    return Remark.without(sentence, Statistic.SUM, Statistic.MEAN, Statistic.STDDEV);
  }

  private boolean asks(Statistic... any) {
    return !Collections.disjoint(asked, List.of(any));
  }
}
