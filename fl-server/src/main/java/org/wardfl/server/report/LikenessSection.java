package org.wardfl.server.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.wardfl.aggregator.UpdateLikeness;
import org.wardfl.algo.SiteName;
import org.wardfl.server.report.RunReport.Contribution;
import org.wardfl.server.report.RunReport.Point;
import org.wardfl.server.report.RunReport.Round;

/// How the updates of each round lie to each other: an update that points away from the others, is
/// far from them, or is the same as another's, deserves a question to its site.
final class LikenessSection {

  /// More rounds would bury the reader; run.json has all.
  private static final int ROUNDS = 100;

  private final RunReport run;

  LikenessSection(RunReport run) {
    this.run = run;
  }

  /// Writes the comparison; nothing if no update was compared.
  void write(Markup page) {
    var compared = run.rounds().stream().filter(LikenessSection::isCompared).toList();
    if (compared.isEmpty()) {
      return;
    }
    page.open("section").element("h2", "Updates compared");
    page.element(
        "p",
        "The cosine is that of the angle between an update and what the model moved by: 1 is the"
            + " same direction, -1 the opposite. The distance is the root mean square to the other"
            + " updates of the round.",
        "class",
        "note");
    page.open("div", "class", "grid");
    chart("Cosine to the aggregate", compared, UpdateLikeness::cosine).write(page);
    chart("Distance to the other updates", compared, UpdateLikeness::distance).write(page);
    page.close();
    compared.reversed().stream().limit(ROUNDS).forEach(round -> round(page, round));
    if (compared.size() > ROUNDS) {
      page.element(
          "p",
          "The last " + ROUNDS + " of " + compared.size() + " rounds; run.json has all.",
          "class",
          "note");
    }
    page.close();
  }

  private static boolean isCompared(Round round) {
    return round.accepted().values().stream().anyMatch(it -> it.likeness().isPresent());
  }

  private LineChart chart(
      String title, List<Round> rounds, ToDoubleFunction<UpdateLikeness> value) {
    var bySite = new TreeMap<SiteName, List<Point>>();
    var mean = new ArrayList<Point>();
    for (var round : rounds) {
      double sum = 0;
      int count = 0;
      for (var entry : round.accepted().entrySet()) {
        if (entry.getValue().likeness().isPresent()) {
          double it = value.applyAsDouble(entry.getValue().likeness().get());
          bySite
              .computeIfAbsent(entry.getKey(), _ -> new ArrayList<>())
              .add(new Point(round.round(), it));
          sum += it;
          count++;
        }
      }
      mean.add(new Point(round.round(), sum / count));
    }
    return SiteCurves.chart(title, LineChart.ROUND, mean, bySite, run::colour);
  }

  private void round(Markup page, Round round) {
    page.open("details").element("summary", summary(round));
    page.open("div", "class", "scroll", "tabindex", "0").open("table");
    page.open("thead").open("tr");
    for (var heading : List.of("Site", "Share", "Norm", "Cosine", "Distance", "Same update as")) {
      page.element("th", heading, "scope", "col");
    }
    page.close().close().open("tbody");
    double total = round.accepted().values().stream().mapToDouble(Contribution::weight).sum();
    for (var entry : run.inOrder(round.accepted())) {
      var contribution = entry.getValue();
      page.open("tr").element("th", entry.getKey().value(), "scope", "row");
      page.element("td", total > 0 ? Display.share(contribution.weight() / total) : "–");
      page.element("td", number(contribution.norm()));
      page.element("td", number(contribution.likeness(), UpdateLikeness::cosine));
      page.element("td", number(contribution.likeness(), UpdateLikeness::distance));
      page.element("td", twins(round, entry.getKey())).close();
    }
    page.close().close().close().close();
  }

  private static String summary(Round round) {
    var text = new StringBuilder("Round " + round.round());
    cosines(round).entrySet().stream()
        .min(Comparator.comparingDouble(Map.Entry::getValue))
        .ifPresent(least ->
            text.append(
                ": least cosine "
                    + Display.number(least.getValue())
                    + " ("
                    + least.getKey()
                    + ")"));
    for (var group : round.twins()) {
      text.append(
          "; the same update from "
              + group.stream().map(SiteName::value).collect(Collectors.joining(", ")));
    }
    return text.toString();
  }

  private static SortedMap<SiteName, Double> cosines(Round round) {
    var cosines = new TreeMap<SiteName, Double>();
    round
        .accepted()
        .forEach((site, contribution) ->
            contribution.likeness().ifPresent(it -> cosines.put(site, it.cosine())));
    return cosines;
  }

  private static String twins(Round round, SiteName site) {
    return round.twins().stream()
        .filter(group -> group.contains(site))
        .flatMap(List::stream)
        .filter(other -> !other.equals(site))
        .map(SiteName::value)
        .collect(Collectors.joining(", "));
  }

  private static String number(OptionalDouble value) {
    return value.isPresent() ? Display.number(value.getAsDouble()) : "–";
  }

  private static String number(
      Optional<UpdateLikeness> likeness, ToDoubleFunction<UpdateLikeness> value) {
    return likeness.map(it -> Display.number(value.applyAsDouble(it))).orElse("–");
  }
}
