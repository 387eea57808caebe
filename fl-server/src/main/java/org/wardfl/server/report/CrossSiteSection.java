package org.wardfl.server.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wardfl.algo.SiteName;
import org.wardfl.server.result.CrossSite;
import org.wardfl.server.result.CrossSite.Cell;
import org.wardfl.server.result.CrossSite.Model;

/// The matrix of every model at every site: a line for each model, a column for each site.
final class CrossSiteSection {

  private static final Comparator<SiteName> SITES = RunReport.SITES;

  private final RunReport run;
  private final CrossSite matrix;

  CrossSiteSection(RunReport run, CrossSite matrix) {
    this.run = run;
    this.matrix = matrix;
  }

  void write(Markup page) {
    page.open("section").element("h2", "Across sites");
    var metric = metric();
    if (metric.isEmpty()) {
      page.element("p", "No site scored any model.", "class", "lead");
    } else {
      page.element(
          "p",
          metric.get() + " of each model (line) on each site's own data (column).",
          "class",
          "lead");
      table(page, metric.get());
    }
    absences(page);
    page.close();
  }

  /// The job's key metric where the models were scored by it, else the first by name.
  private Optional<String> metric() {
    var names = new LinkedHashSet<String>();
    for (var row : matrix.cells().values()) {
      for (var cell : row.values()) {
        if (cell instanceof Cell.Scored(var metrics)) {
          names.addAll(metrics.values().keySet());
        }
      }
    }
    return run.keyMetric()
        .map(key -> key.name())
        .filter(names::contains)
        .or(() -> names.stream().sorted().findFirst());
  }

  private void table(Markup page, String metric) {
    page.open("div", "class", "scroll", "tabindex", "0").open("table", "class", "cross");
    page.open("thead").open("tr").element("th", "Model", "scope", "col");
    sites().forEach(site -> page.element("th", site.value(), "scope", "col"));
    page.close().close().open("tbody");
    for (var model : matrix.models()) {
      page.open("tr").element("th", String.join(", ", model.names()), "scope", "row");
      sites().forEach(site -> page.element("td", value(site, model, metric)));
      page.close();
    }
    page.close().close().close();
  }

  private Iterable<SiteName> sites() {
    return matrix.cells().keySet().stream().sorted(SITES).toList();
  }

  private String value(SiteName site, Model model, String metric) {
    return switch (matrix.cells().getOrDefault(site, Map.of()).get(model)) {
      case Cell.Scored(var metrics) when metrics.values().containsKey(metric) ->
          Display.number(metrics.values().getOrDefault(metric, 0.0));
      case Cell.Scored _, Cell.Absent _ -> "absent";
      case null -> "absent";
    };
  }

  private void absences(Markup page) {
    var reasons = new LinkedHashSet<String>();
    matrix
        .cells()
        .forEach((site, row) ->
            row.values()
                .forEach(cell -> {
                  if (cell instanceof Cell.Absent(var reason)) {
                    reasons.add(site + " " + reason);
                  }
                }));
    var models = new LinkedHashMap<String, List<String>>();
    matrix
        .missing()
        .forEach(
            (name, reason) -> models.computeIfAbsent(reason, _ -> new ArrayList<>()).add(name));
    models.forEach((reason, names) -> reasons.add(String.join(", ", names) + ": " + reason));
    if (!reasons.isEmpty()) {
      page.element("h3", "Why models and cells are absent").open("ul", "class", "reasons");
      reasons.forEach(reason -> page.element("li", reason));
      page.close();
    }
  }
}
