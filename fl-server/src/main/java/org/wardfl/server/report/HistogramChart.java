package org.wardfl.server.report;

import java.util.Collections;
import java.util.List;
import org.wardfl.algo.statistics.Histogram;

/// Histograms over each other, as steps. The height is the share of values in one of the equal
/// parts of the range, so that sites of different sizes, and bins of different widths, compare.
///
/// @param title what is counted
/// @param parts how many equal parts the range has
/// @param histograms the most important first; it is drawn on top of the others
/// @param counts of all together, for the table below the chart
record HistogramChart(String title, int parts, List<Steps> histograms, Histogram counts) {

  /// Copies.
  HistogramChart {
    histograms = List.copyOf(histograms);
  }

  /// One curve.
  ///
  /// @param name what the legend calls it
  /// @param style the class that gives it colour and stroke
  /// @param sites one site, or all whose values it shows together: at each value the mean of their
  ///   heights, by how many values they have
  record Steps(String name, String style, List<Histogram> sites) {

    /// Copies.
    Steps {
      sites = List.copyOf(sites);
    }

    private List<Double> edges() {
      return sites.stream().flatMap(site -> site.edges().stream()).sorted().distinct().toList();
    }

    /// The share of values in a part of the range as wide as this, where the bin from this edge is.
    private double height(double edge, double part) {
      long total = sites.stream().mapToLong(Histogram::total).sum();
      return total == 0
          ? 0
          : sites.stream().mapToDouble(site -> density(site, edge)).sum() * part / total;
    }

    private static double density(Histogram site, double edge) {
      int found = Collections.binarySearch(site.edges(), edge);
      int bin = Math.min(found < 0 ? -found - 2 : found, site.counts().size() - 1);
      return site.counts().get(bin) / (site.edges().get(bin + 1) - site.edges().get(bin));
    }
  }

  void write(Markup page) {
    double low = counts.edges().getFirst();
    double high = counts.edges().getLast();
    double part = (high - low) / parts;
    double highest = histograms.stream().mapToDouble(steps -> highest(steps, part)).max().orElse(1);
    var plot =
        new Plot(
            title + ": histograms; the numbers are in the table below the chart",
            Scale.around(low, high),
            Scale.fromZero(highest),
            "value");
    plot.write(page, drawing -> draw(plot, part, drawing), _ -> {});
    page.open("ul", "class", "legend");
    histograms.forEach(
        steps -> Legend.line(page, new Curve(steps.name(), steps.style(), List.of())));
    page.close();
    counts(page);
  }

  private static double highest(Steps steps, double part) {
    return steps.edges().stream().mapToDouble(edge -> steps.height(edge, part)).max().orElse(0);
  }

  private void draw(Plot plot, double part, Markup page) {
    for (var steps : histograms.reversed()) {
      var edges = steps.edges();
      var points = new StringBuilder();
      point(points, plot, edges.getFirst(), 0);
      for (int bin = 0; bin < edges.size() - 1; bin++) {
        double height = steps.height(edges.get(bin), part);
        point(points, plot, edges.get(bin), height);
        point(points, plot, edges.get(bin + 1), height);
      }
      point(points, plot, edges.getLast(), 0);
      page.empty("polyline", "class", "line " + steps.style(), "points", points.toString());
    }
  }

  private static void point(StringBuilder points, Plot plot, double value, double height) {
    points
        .append(points.isEmpty() ? "" : " ")
        .append(Display.coordinate(plot.x(value)))
        .append(',')
        .append(Display.coordinate(plot.y(height)));
  }

  /// The bins of all together as numbers.
  private void counts(Markup page) {
    page.open("details").element("summary", "Bins of all sites");
    page.open("div", "class", "scroll", "tabindex", "0").open("table").open("thead").open("tr");
    for (var heading : List.of("from", "to", "values")) {
      page.element("th", heading, "scope", "col");
    }
    page.close().close().open("tbody");
    for (int bin = 0; bin < counts.counts().size(); bin++) {
      page.open("tr");
      page.element("th", Display.number(counts.edges().get(bin)), "scope", "row");
      page.element("td", Display.number(counts.edges().get(bin + 1)));
      page.element("td", Display.count(counts.counts().get(bin)));
      page.close();
    }
    page.close().close().close().close();
  }
}
