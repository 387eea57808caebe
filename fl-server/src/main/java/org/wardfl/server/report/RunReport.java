package org.wardfl.server.report;

import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.wardfl.aggregator.UpdateLikeness;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.method.PersonalModel;
import org.wardfl.proto.job.JobStatus;
import org.wardfl.proto.job.WorkflowDefinition.KeyMetric;

/// What the report of one job tells, as [RecordView] draws it from the record of the run.
///
/// All texts may be hostile: they come from whoever submitted the job and from the sites.
///
/// @param job the job's name
/// @param status how it ended, or where it is
/// @param failure why it failed; empty where it did not
/// @param plannedRounds rounds that the job asked for
/// @param elapsed from the start to the end
/// @param keyMetric what makes a model the best one
/// @param best the best model, if one was chosen
/// @param facts further facts in the order of showing: seed, hashes, versions, CPU, ...
/// @param sites all sites of the job
/// @param metrics the histories of all metrics
/// @param rounds the training rounds, ascending
/// @param others what else did not count: of the initial model, the final evaluation and the sites'
///   own models
record RunReport(
    String job,
    JobStatus status,
    Optional<String> failure,
    int plannedRounds,
    Duration elapsed,
    Optional<KeyMetric> keyMetric,
    Optional<Best> best,
    List<Fact> facts,
    List<Site> sites,
    List<MetricHistory> metrics,
    List<Round> rounds,
    List<Round> others) {

  private static final Pattern NUMBER = Pattern.compile("[0-9]+");

  /// Numbers within names count as numbers: `site-2` comes before `site-10`.
  static final Comparator<SiteName> SITES =
      Comparator.comparing((SiteName site) -> padded(site.value()))
          .thenComparing(Comparator.naturalOrder());

  private static final Comparator<Site> ORDER = Comparator.comparing(Site::name, SITES);

  /// Copies.
  RunReport {
    facts = List.copyOf(facts);
    sites = sites.stream().sorted(ORDER).toList();
    metrics = List.copyOf(metrics);
    rounds = List.copyOf(rounds);
    others = List.copyOf(others);
  }

  /// The history by which the report compares models: the key metric's, or the first.
  Optional<MetricHistory> leading() {
    return metrics.stream()
        .filter(history -> keyMetric.isPresent() && history.name().equals(keyMetric.get().name()))
        .findFirst()
        .or(() -> metrics.stream().findFirst());
  }

  /// The histories with the leading one first, the others as they came.
  List<MetricHistory> byImportance() {
    var leading = leading().map(MetricHistory::name).orElse("");
    return metrics.stream()
        .sorted(Comparator.comparing(history -> !history.name().equals(leading)))
        .toList();
  }

  /// The last score of a site's personal model, where its method keeps one.
  Optional<Double> personal(MetricHistory of, SiteName site) {
    return metrics.stream()
        .filter(history -> history.name().equals(PersonalModel.METRIC + of.name()))
        .flatMap(history -> history.sites().getOrDefault(site, List.of()).stream())
        .reduce((_, last) -> last)
        .map(Point::value);
  }

  /// Where a site stands among the job's sites, which decides its colour in every chart.
  int colour(SiteName site) {
    int place = Collections.binarySearch(sites, new Site(site, 0, 0), ORDER);
    return place < 0 ? sites.size() : place;
  }

  /// What is known by site, in the order in which people look for sites.
  <V> List<Map.Entry<SiteName, V>> inOrder(SortedMap<SiteName, V> bySite) {
    return bySite.entrySet().stream()
        .sorted(Comparator.comparing(entry -> entry.getKey(), SITES))
        .toList();
  }

  /// The name with every number in it brought to the length of the longest possible one.
  private static String padded(String name) {
    return NUMBER
        .matcher(name)
        .replaceAll(found -> "0".repeat(63 - found.group().length()) + found.group());
  }

  /// The best model by the key metric.
  ///
  /// @param round the round of the job that made it, 0 for the initial model
  /// @param value its score
  record Best(int round, double value) {}

  /// A line of the table of facts.
  ///
  /// @param name what it is
  /// @param value a text, or a hash that is shown in fixed width
  record Fact(String name, String value) {}

  /// A site of the job.
  ///
  /// @param name its name
  /// @param trainingSamples as last told by the site, 0 if it never did
  /// @param evaluationSamples as last told by the site, 0 if it never did
  record Site(SiteName name, long trainingSamples, long evaluationSamples) {}

  /// One score, of the model that has this many rounds of training behind it.
  ///
  /// @param round 0 for the initial model
  /// @param value finite
  record Point(int round, double value) {}

  /// How one metric went.
  ///
  /// @param name the metric
  /// @param mean over the sites, weighted by evaluation samples
  /// @param sites the federation's model at each site
  /// @param alone each site's own model at that site, where the job trains them for comparison
  record MetricHistory(
      String name,
      List<Point> mean,
      SortedMap<SiteName, List<Point>> sites,
      SortedMap<SiteName, List<Point>> alone) {

    /// Copies.
    MetricHistory {
      mean = List.copyOf(mean);
      sites = copy(sites);
      alone = copy(alone);
    }

    private static SortedMap<SiteName, List<Point>> copy(SortedMap<SiteName, List<Point>> source) {
      var copy = new TreeMap<SiteName, List<Point>>();
      source.forEach((site, points) -> copy.put(site, List.copyOf(points)));
      return Collections.unmodifiableSortedMap(copy);
    }
  }

  /// What the sites gave to a round.
  ///
  /// @param round counted from 1
  /// @param accepted the updates that were averaged
  /// @param absences the selected sites whose answer does not count, with the reason
  /// @param twins groups of sites that sent the same update
  record Round(
      int round,
      SortedMap<SiteName, Contribution> accepted,
      List<Absence> absences,
      List<List<SiteName>> twins) {

    /// Copies.
    Round {
      accepted = Collections.unmodifiableSortedMap(new TreeMap<>(accepted));
      absences = List.copyOf(absences);
      twins = List.copyOf(twins);
    }

    /// Without twins.
    Round(int round, SortedMap<SiteName, Contribution> accepted, List<Absence> absences) {
      this(round, accepted, absences, List.of());
    }
  }

  /// An update that was averaged.
  ///
  /// @param weight what it counted by, not negative
  /// @param norm L2 norm of the difference to the round's model, if known
  /// @param likeness how it lies to the others and to what the model moved by, if it was looked at
  record Contribution(double weight, OptionalDouble norm, Optional<UpdateLikeness> likeness) {

    /// Not looked at.
    Contribution(double weight, OptionalDouble norm) {
      this(weight, norm, Optional.empty());
    }
  }

  /// A selected site that did not contribute.
  ///
  /// @param site the site
  /// @param kind what happened
  /// @param reason one sentence
  record Absence(SiteName site, AbsenceKind kind, String reason) {}

  /// Why a site did not contribute.
  enum AbsenceKind {
    /// The server's check refused the update.
    REFUSED,
    /// The site tried and failed.
    FAILED,
    /// The site's own policy forbade it.
    DECLINED,
    /// The round was closed before it answered.
    LATE
  }
}
