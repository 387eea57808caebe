package org.wardfl.server.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.wardfl.algo.method.PersonalModel;
import org.wardfl.proto.job.WorkflowDefinition.Direction;
import org.wardfl.server.report.RunReport.MetricHistory;
import org.wardfl.server.report.RunReport.Point;
import org.wardfl.server.report.RunReport.Site;

/// What each hospital gets alone, with the same budget, beside what the federation gives it.
///
/// Which of the two is better can only be said by the job's key metric, since nothing else tells
/// which way is better.
final class AloneSection {

  /// The shares of samples: each sample weighs one over their number. No other metric says by how
  /// much one sample can change it.
  private static final Set<String> SHARES =
      Set.of("accuracy", "acc", "val_accuracy", "val_acc", "error_rate");

  private final RunReport run;
  private final MetricHistory history;
  private final Optional<Direction> better;
  private final boolean isShare;

  AloneSection(RunReport run, MetricHistory history) {
    this.run = run;
    this.history = history;
    this.better =
        run.keyMetric()
            .filter(key -> key.name().equals(history.name()))
            .map(key -> key.direction());
    this.isShare = SHARES.contains(history.name());
  }

  /// Writes the comparison; nothing if the job trained no site alone.
  void write(Markup page) {
    var rows = rows();
    if (rows.isEmpty()) {
      return;
    }
    page.open("section").element("h2", "Alone or together");
    page.element("p", summary(rows), "class", "lead");
    if (history.alone().size() <= SiteCurves.EVERY_SITE) {
      chart().write(page);
    }
    table(page, rows);
    page.close();
  }

  private void table(Markup page, List<Row> rows) {
    page.open("div", "class", "scroll", "tabindex", "0").open("table");
    page.open("thead").open("tr").element("th", "Site", "scope", "col");
    better.ifPresent(_ -> page.element("th", "Better", "scope", "col"));
    for (var heading : List.of("Alone", "Together", "Difference")) {
      page.element("th", heading, "scope", "col");
    }
    boolean personal = rows.stream().anyMatch(row -> row.personal().isPresent());
    if (personal) {
      page.element("th", "Personalised", "scope", "col");
    }
    better.ifPresent(
        _ -> page.element("th", "What that suggests", "scope", "col", "class", "words"));
    page.close().close().open("tbody");
    for (var row : rows) {
      page.open("tr").element("th", row.site(), "scope", "row");
      row.verdict()
          .ifPresent(verdict -> {
            page.open("td");
            page.element("span", verdict.word, "class", "tag " + verdict.word).close();
          });
      page.element("td", Display.number(row.alone()));
      page.element("td", Display.number(row.together()));
      page.element("td", Display.difference(row.together() - row.alone()));
      if (personal) {
        page.element(
            "td", row.personal().isPresent() ? Display.number(row.personal().getAsDouble()) : "–");
      }
      better.ifPresent(way -> page.element("td", suggestion(way, row), "class", "words"));
      page.close();
    }
    page.close().close().close();
  }

  private LineChart chart() {
    var curves = new ArrayList<Curve>();
    curves.add(Curve.mean("together, mean over sites", history.mean()));
    for (var entry : run.inOrder(history.alone())) {
      var site = entry.getKey();
      curves.add(Curve.ofSite(site.value() + " alone", run.colour(site), entry.getValue()));
    }
    return new LineChart(
        history.name() + ", each site's own model",
        "Each site's own model is scored on that site's test rows.",
        LineChart.TRAINING,
        curves,
        List.of());
  }

  private List<Row> rows() {
    var rows = new ArrayList<Row>();
    for (var site : run.sites()) {
      var alone = history.alone().getOrDefault(site.name(), List.of());
      var together = history.sites().getOrDefault(site.name(), List.of());
      row(site, alone, together).ifPresent(rows::add);
    }
    return rows;
  }

  /// Compares at the latest amount of training at which both models were scored.
  private Optional<Row> row(Site site, List<Point> alone, List<Point> together) {
    int a = alone.size() - 1;
    int b = together.size() - 1;
    while (a >= 0 && b >= 0) {
      var own = alone.get(a);
      var shared = together.get(b);
      if (own.round() == shared.round()) {
        double oneSample =
            isShare && site.evaluationSamples() > 0 ? 1.0 / site.evaluationSamples() : 0;
        var verdict = better.map(way -> verdict(way, oneSample, shared.value() - own.value()));
        return Optional.of(
            new Row(
                site.name().value(),
                own.value(),
                shared.value(),
                personal(site, own.round()),
                oneSample,
                verdict));
      }
      a -= own.round() > shared.round() ? 1 : 0;
      b -= shared.round() > own.round() ? 1 : 0;
    }
    return Optional.empty();
  }

  private static Verdict verdict(Direction way, double oneSample, double difference) {
    double gain = gain(way, difference);
    return Math.abs(gain) <= oneSample * (1 + 1e-9)
        ? Verdict.EQUAL
        : gain > 0 ? Verdict.TOGETHER : Verdict.ALONE;
  }

  private static double gain(Direction way, double difference) {
    return switch (way) {
      case MAX -> difference;
      case MIN -> -difference;
    };
  }

  /// What a hospital may take from its line, in words. One test set is one sample: nothing here is
  /// proven.
  private String suggestion(Direction way, Row row) {
    double shared = gain(way, row.together());
    double own = gain(way, row.alone());
    if (row.personal().isPresent()) {
      double personal = gain(way, row.personal().getAsDouble());
      if (personal - Math.max(shared, own) > row.oneSample() * (1 + 1e-9)) {
        return "Take part, and use the personalised model here.";
      }
    }
    return switch (row.verdict().orElse(Verdict.EQUAL)) {
      case TOGETHER -> "Take part: the federation's model is better here.";
      case ALONE ->
          "This site would be better alone: its own model is better here"
              + (row.personal().isPresent() ? "." : "; a personalised model may be worth trying.");
      case EQUAL ->
          isShare ? "No difference that one test sample could not make." : "No difference.";
    };
  }

  private String summary(List<Row> rows) {
    return better.isEmpty()
        ? "Without a key metric this page does not say which is better."
        : "By "
            + history.name()
            + ", the federation's model is better at "
            + count(rows, Verdict.TOGETHER)
            + " of "
            + Display.count(rows.size(), "site")
            + ", the site's own at "
            + count(rows, Verdict.ALONE)
            + (isShare
                ? "; a difference of at most what one test sample weighs counts as none."
                : "; how much of a difference is chance, this metric does not say.");
  }

  private static long count(List<Row> rows, Verdict verdict) {
    return rows.stream().filter(row -> row.verdict().equals(Optional.of(verdict))).count();
  }

  private enum Verdict {
    TOGETHER("together"),
    ALONE("alone"),
    EQUAL("equal");

    private final String word;

    Verdict(String word) {
      this.word = word;
    }
  }

  /// The score of a site's personal model after so much training, where it keeps one.
  private OptionalDouble personal(Site site, int round) {
    return run.metrics().stream()
        .filter(metric -> metric.name().equals(PersonalModel.METRIC + history.name()))
        .flatMap(metric -> metric.sites().getOrDefault(site.name(), List.of()).stream())
        .filter(point -> point.round() <= round)
        .mapToDouble(Point::value)
        .reduce((_, last) -> last);
  }

  private record Row(
      String site,
      double alone,
      double together,
      OptionalDouble personal,
      double oneSample,
      Optional<Verdict> verdict) {}
}
