package org.wardfl.server.report;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.wardfl.algo.SiteName;
import org.wardfl.server.report.RunReport.AbsenceKind;
import org.wardfl.server.report.RunReport.MetricHistory;
import org.wardfl.server.report.RunReport.Site;

/// A line per site: its samples, its last scores, and how often it contributed.
final class SiteTable {

  /// More metrics would not fit a page; the charts have them all.
  private static final int METRICS = 4;

  /// From this number on it helps to look for a site by name.
  private static final int FILTERED = 20;

  private final RunReport run;
  private final List<MetricHistory> metrics;
  private final Map<SiteName, Tally> tallies = new HashMap<>();

  SiteTable(RunReport run) {
    this.run = run;
    this.metrics = run.byImportance().stream().limit(METRICS).toList();
    for (var round : run.rounds()) {
      double total = round.accepted().values().stream().mapToDouble(c -> c.weight()).sum();
      round
          .accepted()
          .forEach((site, contribution) ->
              tally(site).accept(total > 0 ? contribution.weight() / total : 0));
      round.absences().forEach(absence -> tally(absence.site()).miss(absence.kind()));
    }
  }

  void write(Markup page) {
    page.open("section").element("h2", "Sites");
    if (run.sites().size() >= FILTERED) {
      page.open("p", "class", "filter", "hidden", "hidden").open("label").text("Show sites named ");
      page.empty("input", "type", "search", "autocomplete", "off").close().close();
    }
    page.open("div", "class", "scroll", "tabindex", "0").open("table", "class", "sites");
    page.open("thead").open("tr");
    headings().forEach(heading -> page.element("th", heading, "scope", "col"));
    page.close().close().open("tbody");
    run.sites().forEach(site -> row(page, site));
    page.close().close().close();
    if (run.metrics().size() > METRICS) {
      page.element(
          "p",
          METRICS + " of " + run.metrics().size() + " metrics; metrics.jsonl has all.",
          "class",
          "note");
    }
    page.close();
  }

  private List<String> headings() {
    var headings = new ArrayList<>(List.of("Site", "Training samples", "Test samples"));
    metrics.forEach(history -> headings.add(history.name()));
    headings.addAll(List.of("Rounds contributed", "Mean share", "Did not count"));
    return headings;
  }

  private void row(Markup page, Site site) {
    var tally = tally(site.name());
    page.open("tr").element("th", site.name().value(), "scope", "row");
    page.element("td", samples(site.trainingSamples()));
    page.element("td", samples(site.evaluationSamples()));
    for (var history : metrics) {
      var points = history.sites().getOrDefault(site.name(), List.of());
      page.element("td", points.isEmpty() ? "–" : Display.number(points.getLast().value()));
    }
    page.element("td", tally.selected() == 0 ? "–" : tally.counted + " of " + tally.selected());
    page.element(
        "td", tally.delivered() == 0 ? "–" : Display.share(tally.share / tally.delivered()));
    page.element("td", tally.missed()).close();
  }

  private static String samples(long count) {
    return count == 0 ? "–" : Display.count(count);
  }

  private Tally tally(SiteName site) {
    return tallies.computeIfAbsent(site, _ -> new Tally());
  }

  /// How often a site was asked and what came of it. What a rule leaves out was delivered, and did
  /// not count.
  private static final class Tally {
    private final Map<AbsenceKind, Integer> misses = new EnumMap<>(AbsenceKind.class);
    private int counted;
    private int leftOut;
    private double share;

    void accept(double itsShare) {
      counted += itsShare > 0 ? 1 : 0;
      leftOut += itsShare > 0 ? 0 : 1;
      share += itsShare;
    }

    void miss(AbsenceKind kind) {
      misses.merge(kind, 1, Integer::sum);
    }

    int delivered() {
      return counted + leftOut;
    }

    int selected() {
      return delivered() + misses.values().stream().mapToInt(Integer::intValue).sum();
    }

    String missed() {
      var parts = new ArrayList<String>();
      if (leftOut > 0) {
        parts.add(leftOut + " left out");
      }
      misses.forEach((kind, count) -> parts.add(count + " " + Absences.word(kind)));
      return parts.isEmpty() ? "–" : String.join(", ", parts);
    }
  }
}
