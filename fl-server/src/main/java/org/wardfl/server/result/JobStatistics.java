package org.wardfl.server.result;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.wardfl.aggregator.statistics.Pooled;
import org.wardfl.aggregator.statistics.Quantiles;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.statistics.FeatureStatistics;
import org.wardfl.algo.statistics.Histogram;
import org.wardfl.algo.statistics.Remark;
import org.wardfl.algo.statistics.Statistic;
import org.wardfl.proto.job.WorkflowDefinition;
import org.wardfl.proto.task.TaskOutcome;
import org.wardfl.server.job.Answer;

/// What came of one workflow of statistics: of each feature, what every site told, and that of all
/// together.
///
/// @param asked what the job asked for
/// @param dataset of which data
/// @param features by name, each first of all patients and then of each class
public record JobStatistics(
    WorkflowDefinition.Statistics asked, String dataset, List<Feature> features) {

  private static final Comparator<FeatureStatistics> ORDER =
      Comparator.comparing(FeatureStatistics::feature).thenComparing(FeatureStatistics::group);

  /// Copies.
  public JobStatistics {
    features = List.copyOf(features);
  }

  /// One feature, of all patients or of a class.
  ///
  /// @param name the feature's
  /// @param group empty for all patients
  /// @param sites what each site told, its own remarks with it
  /// @param pooled all together
  /// @param remarks about the whole, one sentence each
  public record Feature(
      String name,
      String group,
      SortedMap<SiteName, FeatureStatistics> sites,
      Pooled pooled,
      List<String> remarks) {

    /// Copies.
    public Feature {
      sites = Collections.unmodifiableSortedMap(new TreeMap<>(sites));
      remarks = List.copyOf(remarks);
    }
  }

  /// Those of each workflow of statistics that a job has begun.
  public static List<JobStatistics> of(RunRecord run) {
    var all = new ArrayList<JobStatistics>();
    for (int index = 0; index < run.definition().workflows().size(); index++) {
      if (run.definition().workflows().get(index) instanceof WorkflowDefinition.Statistics asked) {
        var rounds = new Rounds();
        for (var round : run.rounds()) {
          if (round.workflow() == index && round.kind() == RunRecord.Kind.STATISTICS) {
            rounds.add(round);
          }
        }
        if (rounds.count > 0) {
          all.add(
              new JobStatistics(asked, run.definition().data().dataset(), rounds.features(asked)));
        }
      }
    }
    return all;
  }

  /// The rounds of one workflow while they are put together.
  private static final class Rounds {
    private final TreeMap<FeatureStatistics, TreeMap<SiteName, FeatureStatistics>> told =
        new TreeMap<>(ORDER);
    private final SortedSet<SiteName> answered = new TreeSet<>();
    private int count;

    void add(RunRecord.Round round) {
      count++;
      for (var task : round.tasks()) {
        if (task.answer().orElse(null)
            instanceof Answer.Accepted(TaskOutcome.Described described, _)) {
          answered.add(task.site());
          for (var feature : described.statistics().features()) {
            told.computeIfAbsent(feature, _ -> new TreeMap<>())
                .merge(task.site(), feature, Rounds::both);
          }
        }
      }
    }

    /// The first round's numbers with the second's histogram.
    private static FeatureStatistics both(FeatureStatistics summary, FeatureStatistics further) {
      var remarks = new LinkedHashSet<>(summary.remarks());
      remarks.addAll(further.remarks());
      return new FeatureStatistics(
          summary.feature(),
          summary.group(),
          summary.patients(),
          summary.count(),
          summary.missing(),
          summary.moments(),
          summary.extremes(),
          further.histogram(),
          remarks.stream().limit(20).toList());
    }

    List<Feature> features(WorkflowDefinition.Statistics asked) {
      var features = new ArrayList<Feature>();
      told.forEach((key, sites) -> {
        var histograms = new TreeMap<SiteName, Histogram>();
        sites.forEach((site, known) ->
            known.histogram().ifPresent(histogram -> histograms.put(site, histogram)));
        var pooled = Pooled.of(sites, histograms);
        features.add(
            new Feature(key.feature(), key.group(), sites, pooled, remarks(asked, sites, pooled)));
      });
      return features;
    }

    private List<String> remarks(
        WorkflowDefinition.Statistics asked,
        SortedMap<SiteName, FeatureStatistics> sites,
        Pooled pooled) {
      var remarks = new ArrayList<String>();
      var with = new TreeSet<SiteName>();
      sites.forEach((site, known) -> {
        if (known.count().isPresent()) {
          with.add(site);
        }
      });
      if (with.isEmpty()) {
        remarks.add("no site tells anything of it");
        return remarks;
      }
      if (with.size() < answered.size()) {
        var without = new TreeSet<>(answered);
        without.removeAll(with);
        remarks.add("all sites together means " + names(with) + ", without " + names(without));
      }
      partial("sums, means and deviations", sites, with, known -> known.moments().isPresent())
          .ifPresent(remarks::add);
      partial("min and max", sites, with, known -> known.extremes().isPresent())
          .ifPresent(remarks::add);
      partial("the histogram and quantiles", sites, with, known -> known.histogram().isPresent())
          .ifPresent(remarks::add);
      if (asked.wantsHistograms()) {
        noHistogram(pooled).ifPresent(remarks::add);
        pooled
            .histogram()
            .filter(histogram -> !histogram.leftOut().isEmpty())
            .ifPresent(histogram ->
                remarks.add(
                    "the histogram of all sites is without "
                        + names(histogram.leftOut())
                        + ", whose bins are too wide"));
      }
      return remarks;
    }

    /// Says it where a part is told by some of the sites only.
    private static Optional<String> partial(
        String part,
        SortedMap<SiteName, FeatureStatistics> sites,
        SortedSet<SiteName> with,
        Predicate<FeatureStatistics> tells) {
      var telling = new TreeSet<SiteName>();
      sites.forEach((site, known) -> {
        if (known.count().orElse(0) == 0 || tells.test(known)) {
          telling.add(site);
        }
      });
      telling.retainAll(with);
      var silent = new TreeSet<>(with);
      silent.removeAll(telling);
      return telling.isEmpty() || silent.isEmpty()
          ? Optional.empty()
          : Optional.of(part + " of all sites are without " + names(silent));
    }

    private static Optional<String> noHistogram(Pooled pooled) {
      if (pooled.histogram().isPresent() || pooled.count().orElse(0) == 0) {
        return Optional.empty();
      }
      if (pooled.extremes().isEmpty()) {
        return Optional.of(
            "no histogram: no site tells a range; the job may give one under `ranges`");
      }
      return pooled.extremes().get().min() == pooled.extremes().get().max()
          ? Optional.of("no histogram: all values are the same, so the range has no width")
          : Optional.of(
              "no histogram: no site tells one, or there are more features than a task can name");
    }

    private static String names(SortedSet<SiteName> sites) {
      return String.join(", ", sites.stream().map(SiteName::value).toList());
    }
  }

  /// The quantiles of one site.
  ///
  /// @return empty if it tells no histogram
  public static Optional<Quantiles> quantiles(FeatureStatistics told) {
    return told.histogram()
        .map(histogram -> Quantiles.of(List.of(new Quantiles.Site(histogram, told.extremes()))));
  }

  /// Why a statistic is not there.
  ///
  /// @return empty if nobody says
  public static Optional<String> reason(FeatureStatistics feature, Statistic statistic) {
    return feature.remarks().stream()
        .filter(remark -> remark.withheld() && remark.statistics().contains(statistic))
        .map(Remark::sentence)
        .findFirst();
  }
}
