package org.wardfl.client.statistics;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.wardfl.algo.DataStats;
import org.wardfl.algo.statistics.FeatureStatistics;
import org.wardfl.algo.statistics.Histogram;
import org.wardfl.algo.statistics.Statistic;
import org.wardfl.algo.statistics.StatisticsRequest;
import org.wardfl.provisioning.site.StatisticsRules;

/// Decides what leaves the site of the statistics that an algorithm computed.
///
/// A feature that has fewer values than the site's minimum is not told at all. All patients
/// together are the sum of the classes, so whatever one class does not tell, no class tells: else
/// it would follow by subtraction (complementary suppression; Hundepool and others, Statistical
/// Disclosure Control, 2012, chapter 4). That holds for everything of a class that has few patients
/// or few values, and for missing values, sums, and histograms by themselves. What is not told says
/// so in a remark; it is never zero.
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
    var features = new LinkedHashMap<String, Map<String, FeatureStatistics>>();
    var rare = new HashSet<String>();
    for (var entry : raw.features()) {
      if (hasFewPatients(entry)) {
        rare.add(column(entry.group()));
      }
      if (request.wants(entry.feature())) {
        features
            .computeIfAbsent(entry.feature(), _ -> new LinkedHashMap<>())
            .put(entry.group(), entry);
      }
    }
    var released = new ArrayList<FeatureStatistics>();
    features.values().forEach(groups -> released.addAll(feature(groups, rare)));
    return new DataStats(
        new TreeMap<>(), raw.samples() < rules.minimumCount() ? 0 : raw.samples(), released);
  }

  /// All patients together, then each class.
  ///
  /// @param rare columns with a class of few patients, each followed by `=`
  private List<FeatureStatistics> feature(Map<String, FeatureStatistics> groups, Set<String> rare) {
    var numbers = new AlikeRelease(rules, asked, request, random);
    var released = new ArrayList<FeatureStatistics>();
    var classes = new ArrayList<>(groups.values());
    var whole = Optional.ofNullable(groups.get(""));
    if (whole.isPresent()) {
      classes.remove(whole.get());
      boolean namesFew = rare.contains(whole.get().feature() + "=");
      released.add(numbers.whole(whole.get(), namesFew));
    }
    var histogram = released.stream().flatMap(told -> told.histogram().stream()).findFirst();
    released.addAll(classes(numbers, classes, histogram));
    return released;
  }

  private List<FeatureStatistics> classes(
      AlikeRelease numbers, List<FeatureStatistics> classes, Optional<Histogram> whole) {
    var few =
        classes.stream()
            .filter(entry -> numbers.hasFewValues(entry) || hasFewPatients(entry))
            .findFirst();
    if (few.isPresent()) {
      return List.of(
          FeatureStatistics.withheld(
              few.get().feature(),
              column(few.get().group()),
              "a class has fewer than "
                  + rules.minimumCount()
                  + " values here, so none is told by itself"));
    }
    var silent = classes.stream().filter(entry -> entry.count().isEmpty()).findFirst();
    if (silent.isPresent() && classes.size() > 1) {
      return List.of(
          FeatureStatistics.withheld(
              silent.get().feature(),
              column(silent.get().group()),
              "a class is not told here, so none is told by itself"));
    }
    return numbers.classes(classes, whole);
  }

  /// Whether it is about a class of few patients, with a value or without.
  private boolean hasFewPatients(FeatureStatistics entry) {
    long patients = entry.count().orElse(0) + entry.missing().orElse(0);
    return !entry.group().isEmpty() && patients > 0 && patients < rules.minimumCount();
  }

  private static String column(String group) {
    return group.substring(0, group.indexOf('=') + 1);
  }
}
