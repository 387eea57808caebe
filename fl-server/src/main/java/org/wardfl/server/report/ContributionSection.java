package org.wardfl.server.report;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.wardfl.algo.SiteName;
import org.wardfl.server.report.RunReport.AbsenceKind;
import org.wardfl.server.report.RunReport.Contribution;
import org.wardfl.server.report.RunReport.Point;
import org.wardfl.server.report.RunReport.Round;

/// Who contributed to each round, by how much, and how far each update went.
final class ContributionSection {

  private final RunReport run;

  ContributionSection(RunReport run) {
    this.run = run;
  }

  void write(Markup page) {
    boolean few = run.sites().size() <= SiteCurves.EVERY_SITE;
    boolean absences = run.rounds().stream().anyMatch(round -> !round.absences().isEmpty());
    page.open("section").element("h2", "Contributions").open("div", "class", "grid");
    if (few) {
      shares().write(page);
    }
    if (!few || absences) {
      answers().write(page);
    }
    norms(page);
    page.close().close();
  }

  private StackedBars shares() {
    var weights = bySite(contribution -> OptionalDouble.of(contribution.weight()));
    var totals = new TreeMap<Integer, Double>();
    weights
        .values()
        .forEach(points ->
            points.forEach(point -> totals.merge(point.round(), point.value(), Double::sum)));
    var parts = new ArrayList<Curve>();
    for (var entry : run.inOrder(weights)) {
      var points = entry.getValue();
      var shares = new ArrayList<Point>();
      for (var point : points) {
        double total = totals.getOrDefault(point.round(), 0.0);
        shares.add(new Point(point.round(), total > 0 ? point.value() / total : 0));
      }
      var site = entry.getKey();
      parts.add(Curve.ofSite(site.value(), run.colour(site), shares));
    }
    return new StackedBars(
        "Share of each site in the average",
        "Who did not contribute to a round has no part.",
        parts);
  }

  private StackedBars answers() {
    var parts = new ArrayList<Curve>();
    parts.add(counts("accepted", "accepted", round -> round.accepted().size()));
    for (var kind : AbsenceKind.values()) {
      parts.add(
          counts(
              Absences.word(kind),
              Absences.word(kind),
              round ->
                  (int)
                      round.absences().stream().filter(absence -> absence.kind() == kind).count()));
    }
    parts.removeIf(part -> part.points().stream().allMatch(point -> point.value() == 0));
    return new StackedBars("Answers of the selected sites", "", parts);
  }

  private Curve counts(String name, String style, Function<Round, Integer> count) {
    return new Curve(
        name,
        style,
        run.rounds().stream().map(round -> new Point(round.round(), count.apply(round))).toList());
  }

  private void norms(Markup page) {
    var norms = bySite(Contribution::norm);
    norms.values().removeIf(List::isEmpty);
    if (!norms.isEmpty()) {
      SiteCurves.chart(
              "Size of the updates (L2 norm)", LineChart.ROUND, mean(norms), norms, run::colour)
          .write(page);
    }
  }

  private static List<Point> mean(SortedMap<SiteName, List<Point>> sites) {
    var sums = new TreeMap<Integer, double[]>();
    sites
        .values()
        .forEach(points ->
            points.forEach(point -> {
              var sum = sums.computeIfAbsent(point.round(), _ -> new double[2]);
              sum[0] += point.value();
              sum[1]++;
            }));
    var mean = new ArrayList<Point>();
    sums.forEach((round, sum) -> mean.add(new Point(round, sum[0] / sum[1])));
    return mean;
  }

  private SortedMap<SiteName, List<Point>> bySite(Function<Contribution, OptionalDouble> value) {
    var result = new TreeMap<SiteName, List<Point>>();
    for (var round : run.rounds()) {
      round
          .accepted()
          .forEach((site, contribution) -> {
            var points = result.computeIfAbsent(site, _ -> new ArrayList<>());
            value.apply(contribution).ifPresent(v -> points.add(new Point(round.round(), v)));
          });
    }
    return result;
  }
}
