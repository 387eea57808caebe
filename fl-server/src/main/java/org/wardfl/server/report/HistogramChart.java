package org.wardfl.server.report;

import java.util.List;
import org.wardfl.algo.statistics.Histogram;

/// Histograms over each other, as steps. The height is the share of values in one of the equal
/// parts of the range, so that sites of different sizes, and bins of different widths, compare.
///
/// @param title what is counted
/// @param parts how many equal parts the range has
/// @param histograms the most important first; it is drawn on top of the others
record HistogramChart(String title, int parts, List<Steps> histograms) {

  /// Copies.
  HistogramChart {
    histograms = List.copyOf(histograms);
  }

  /// One histogram.
  ///
  /// @param name what the legend calls it
  /// @param style the class that gives it colour and stroke
  /// @param histogram with at least one edge on either side
  record Steps(String name, String style, Histogram histogram) {}

  void write(Markup page) {
    double low =
        histograms.stream().mapToDouble(it -> it.histogram().edges().getFirst()).min().orElse(0);
    double high =
        histograms.stream().mapToDouble(it -> it.histogram().edges().getLast()).max().orElse(1);
    double part = (high - low) / parts;
    double highest =
        histograms.stream().mapToDouble(steps -> highest(steps.histogram(), part)).max().orElse(1);
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

  private static double highest(Histogram histogram, double part) {
    double highest = 0;
    for (int bin = 0; bin < histogram.counts().size(); bin++) {
      highest = Math.max(highest, height(histogram, bin, part));
    }
    return highest;
  }

  private static double height(Histogram histogram, int bin, double part) {
    double width = histogram.edges().get(bin + 1) - histogram.edges().get(bin);
    return histogram.total() == 0
        ? 0
        : histogram.counts().get(bin) / (double) histogram.total() * (part / width);
  }

  private void draw(Plot plot, double part, Markup page) {
    for (var steps : histograms.reversed()) {
      var histogram = steps.histogram();
      var points = new StringBuilder();
      point(points, plot, histogram.edges().getFirst(), 0);
      for (int bin = 0; bin < histogram.counts().size(); bin++) {
        double height = height(histogram, bin, part);
        point(points, plot, histogram.edges().get(bin), height);
        point(points, plot, histogram.edges().get(bin + 1), height);
      }
      point(points, plot, histogram.edges().getLast(), 0);
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

  /// The bins of the first histogram as numbers.
  private void counts(Markup page) {
    var first = histograms.getFirst();
    page.open("details").element("summary", "Bins of " + first.name());
    page.open("div", "class", "scroll", "tabindex", "0").open("table").open("thead").open("tr");
    for (var heading : List.of("from", "to", "values")) {
      page.element("th", heading, "scope", "col");
    }
    page.close().close().open("tbody");
    var histogram = first.histogram();
    for (int bin = 0; bin < histogram.counts().size(); bin++) {
      page.open("tr");
      page.element("th", Display.number(histogram.edges().get(bin)), "scope", "row");
      page.element("td", Display.number(histogram.edges().get(bin + 1)));
      page.element("td", Display.count(histogram.counts().get(bin)));
      page.close();
    }
    page.close().close().close().close();
  }
}
