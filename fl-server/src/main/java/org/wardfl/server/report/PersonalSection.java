package org.wardfl.server.report;

import java.util.List;
import java.util.Optional;
import org.wardfl.algo.SiteName;
import org.wardfl.server.report.RunReport.MetricHistory;

/// What each hospital gets from a personal model beside the federation's, by the last scores of both.
final class PersonalSection {

  private final RunReport run;
  private final MetricHistory history;

  PersonalSection(RunReport run, MetricHistory history) {
    this.run = run;
    this.history = history;
  }

  /// Writes the comparison; nothing if no site has a personal model.
  void write(Markup page) {
    var sites =
        run.sites().stream()
            .map(RunReport.Site::name)
            .filter(site -> run.personal(history, site).isPresent())
            .toList();
    if (sites.isEmpty()) {
      return;
    }
    page.open("section").element("h2", "Personalised models");
    page.element(
        "p",
        history.name()
            + " on each site's own test rows, of the federation's model and of the one that the"
            + " site keeps for itself.",
        "class",
        "note");
    page.open("div", "class", "scroll", "tabindex", "0").open("table");
    page.open("thead").open("tr");
    for (var heading : List.of("Site", "Federated", "Personalised", "Difference")) {
      page.element("th", heading, "scope", "col");
    }
    page.close().close().open("tbody");
    sites.forEach(site -> row(page, site));
    page.close().close().close().close();
  }

  private void row(Markup page, SiteName site) {
    Optional<Double> personal = run.personal(history, site);
    var federated =
        history.sites().getOrDefault(site, List.of()).stream()
            .reduce((_, last) -> last)
            .map(RunReport.Point::value);
    page.open("tr").element("th", site.value(), "scope", "row");
    page.element("td", federated.map(Display::number).orElse("–"));
    page.element("td", personal.map(Display::number).orElse("–"));
    page.element(
            "td",
            federated.isPresent() && personal.isPresent()
                ? Display.difference(personal.get() - federated.get())
                : "–")
        .close();
  }
}
