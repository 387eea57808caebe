package org.wardfl.server.report;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.wardfl.server.report.RunReport.Point;

/// One bar per round, put together from parts.
///
/// @param title the heading
/// @param note a sentence below the heading, empty for none
/// @param parts from the bottom up; a part without a value in a round counts 0 there
record StackedBars(String title, String note, List<Curve> parts) {

  /// The most bars; of more rounds, neighbours share a bar that shows their mean.
  private static final int BARS = 120;

  StackedBars {
    parts = List.copyOf(parts);
  }

  /// Writes the chart as a figure; nothing if there is nothing to draw.
  void write(Markup page) {
    var rounds = rounds();
    if (rounds.isEmpty()) {
      return;
    }
    int first = rounds.firstKey();
    int last = rounds.lastKey();
    int perBar = Math.ceilDiv(last - first + 1, BARS);
    double highest = rounds.values().stream().mapToDouble(Double::doubleValue).max().orElse(1);
    var plot =
        new Plot(
            title + ": a bar per round; the values are in the table below the chart",
            Scale.cells(first, last),
            Scale.fromZero(highest),
            LineChart.ROUND);
    page.open("figure").open("figcaption").element("h3", title);
    var grouped = perBar > 1 ? "Each bar is the mean of " + perBar + " rounds." : "";
    if (!note.isEmpty() || !grouped.isEmpty()) {
      page.element("p", (note + " " + grouped).strip(), "class", "note");
    }
    page.close();
    plot.write(page, drawing -> draw(plot, first, last, perBar, drawing), _ -> {});
    page.open("ul", "class", "legend");
    parts.forEach(part -> Legend.area(page, part.name(), "bar " + part.style()));
    page.close();
    new ValueTable(LineChart.ROUND, parts).write(page, plot.horizontal());
    page.close();
  }

  private void draw(Plot plot, int first, int last, int perBar, Markup page) {
    double gap = last - first < 40 ? 0.12 : 0;
    var bases = new double[Math.ceilDiv(last - first + 1, perBar)];
    for (var part : parts) {
      var heights = heights(part, first, perBar, bases.length);
      for (int bar = 0; bar < bases.length; bar++) {
        if (heights[bar] > 0) {
          double left = first + (double) bar * perBar - 0.5;
          double right = Math.min(left + perBar, last + 0.5);
          double top = bases[bar] + heights[bar];
          page.empty(
              "rect",
              "class",
              "bar " + part.style(),
              "x",
              Display.coordinate(plot.x(left + gap)),
              "width",
              Display.coordinate(plot.x(right - gap) - plot.x(left + gap)),
              "y",
              Display.coordinate(plot.y(top)),
              "height",
              Display.coordinate(plot.y(bases[bar]) - plot.y(top)));
          bases[bar] = top;
        }
      }
    }
  }

  private double[] heights(Curve part, int first, int perBar, int bars) {
    var sums = new double[bars];
    for (Point point : part.points()) {
      sums[(point.round() - first) / perBar] += point.value();
    }
    var counts = new int[bars];
    rounds().keySet().forEach(round -> counts[(round - first) / perBar]++);
    for (int bar = 0; bar < bars; bar++) {
      sums[bar] /= Math.max(1, counts[bar]);
    }
    return sums;
  }

  /// The height of each round's bar.
  private SortedMap<Integer, Double> rounds() {
    var rounds = new TreeMap<Integer, Double>();
    for (var part : new ArrayList<>(parts)) {
      part.points().forEach(point -> rounds.merge(point.round(), point.value(), Double::sum));
    }
    return rounds;
  }
}
