package org.wardfl.server.report;

import java.util.ArrayList;
import java.util.List;
import org.wardfl.proto.job.WorkflowDefinition.Direction;
import org.wardfl.server.report.RunReport.MetricHistory;
import org.wardfl.server.report.RunReport.Site;

/// What each hospital gets alone, with the same budget, beside what the federation gives it.
final class AloneSection {

  private final RunReport run;
  private final MetricHistory history;

  AloneSection(RunReport run, MetricHistory history) {
    this.run = run;
    this.history = history;
  }

  /// Writes the comparison; nothing if the job trained no site alone.
  void write(Markup page) {
    if (history.alone().isEmpty()) {
      return;
    }
    var rows = rows();
    page.open("section").element("h2", "Alone or together");
    page.element("p", summary(rows), "class", "lead");
    page.open("div", "class", "grid");
    if (history.alone().size() <= SiteCurves.EVERY_SITE) {
      chart().write(page);
    }
    page.open("div", "class", "scroll", "tabindex", "0").open("table");
    page.open("thead").open("tr");
    for (var heading : List.of("Site", "Better", "Alone", "Together", "Difference")) {
      page.element("th", heading, "scope", "col");
    }
    page.close().close().open("tbody");
    for (var row : rows) {
      page.open("tr").element("th", row.site(), "scope", "row");
      page.open("td");
      page.element("span", row.better().word, "class", "tag " + row.better().word).close();
      page.element("td", Display.number(row.alone()));
      page.element("td", Display.number(row.together()));
      page.element("td", Display.difference(row.together() - row.alone())).close();
    }
    page.close().close().close().close().close();
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
      if (!alone.isEmpty() && !together.isEmpty()) {
        double own = alone.getLast().value();
        double shared = together.getLast().value();
        rows.add(new Row(site.name().value(), own, shared, better(site, shared - own)));
      }
    }
    return rows;
  }

  private Better better(Site site, double difference) {
    double oneRow = site.evaluationSamples() > 0 ? 1.0 / site.evaluationSamples() : 0;
    boolean smallerIsBetter =
        run.keyMetric()
            .filter(key -> key.name().equals(history.name()))
            .map(key -> key.direction() == Direction.MIN)
            .orElse(false);
    double gain = smallerIsBetter ? -difference : difference;
    return Math.abs(gain) <= oneRow * (1 + 1e-9)
        ? Better.EQUAL
        : gain > 0 ? Better.TOGETHER : Better.ALONE;
  }

  private String summary(List<Row> rows) {
    return "By "
        + history.name()
        + ", the federation's model is better at "
        + count(rows, Better.TOGETHER)
        + " of "
        + Display.count(rows.size(), "site")
        + ", the site's own at "
        + count(rows, Better.ALONE)
        + "; a difference of at most one test sample counts as none.";
  }

  private static long count(List<Row> rows, Better better) {
    return rows.stream().filter(row -> row.better() == better).count();
  }

  private enum Better {
    TOGETHER("together"),
    ALONE("alone"),
    EQUAL("equal");

    private final String word;

    Better(String word) {
      this.word = word;
    }
  }

  private record Row(String site, double alone, double together, Better better) {}
}
