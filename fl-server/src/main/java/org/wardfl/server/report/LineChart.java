package org.wardfl.server.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.wardfl.server.report.RunReport.Point;

/// Curves over the rounds, with a legend and the values behind them.
///
/// @param title the heading
/// @param note a sentence below the heading, empty for none
/// @param axis what the horizontal axis counts
/// @param curves the lines, the most important first; it is drawn on top of the others
/// @param bands areas behind the lines, the wider first
record LineChart(String title, String note, String axis, List<Curve> curves, List<Band> bands) {

  /// The axis of scores: how much training is behind a model.
  static final String TRAINING = "rounds of training";

  /// The axis of what happens in a round.
  static final String ROUND = "round";

  /// Positions across the drawing at which a curve is drawn; a longer one is drawn by its least and
  /// greatest value in each, so that no peak is lost.
  private static final int COLUMNS = 300;

  /// An area between two curves of the same rounds.
  ///
  /// @param name what the legend calls it
  /// @param style the class that gives it colour
  /// @param low its lower border
  /// @param high its upper border
  record Band(String name, String style, List<Point> low, List<Point> high) {

    Band {
      low = List.copyOf(low);
      high = List.copyOf(high);
    }
  }

  LineChart {
    curves = List.copyOf(curves);
    bands = List.copyOf(bands);
  }

  /// Whether there is anything to draw.
  boolean isEmpty() {
    return curves.stream().allMatch(curve -> curve.points().isEmpty());
  }

  /// Writes the chart as a figure.
  void write(Markup page) {
    var plot =
        new Plot(
            title + ": curves over rounds; the values are in the table below the chart",
            Scale.whole(rounds().min().orElse(0), rounds().max().orElse(0)),
            Scale.around(values().min().orElse(0), values().max().orElse(1)),
            axis);
    page.open("figure");
    page.open("figcaption").element("h3", title);
    if (!note.isEmpty()) {
      page.element("p", note, "class", "note");
    }
    page.close();
    plot.write(page, drawing -> draw(plot, drawing), drawing -> dots(plot, drawing));
    page.open("ul", "class", "legend");
    curves.forEach(curve -> Legend.line(page, curve));
    bands.forEach(band -> Legend.area(page, band.name(), band.style()));
    page.close();
    new ValueTable(axis, curves).write(page, plot.horizontal());
    page.close();
  }

  private void draw(Plot plot, Markup page) {
    for (var band : bands) {
      var points = new ArrayList<>(thinned(plot, band.high()));
      points.addAll(thinned(plot, band.low()).reversed());
      page.empty("polygon", "class", band.style(), "points", coordinates(plot, points));
    }
    for (var curve : curves.reversed()) {
      if (curve.points().size() > 1) {
        page.empty(
            "polyline",
            "class",
            "line " + curve.style(),
            "points",
            coordinates(plot, thinned(plot, curve.points())));
      }
    }
  }

  /// A curve of a single point would not show as a line.
  private void dots(Plot plot, Markup page) {
    for (var curve : curves.reversed()) {
      if (curve.points().size() == 1) {
        var point = curve.points().getFirst();
        page.empty(
            "circle",
            "class",
            "dot " + curve.style(),
            "r",
            "4",
            "cx",
            Display.percent(plot.horizontal().at(point.round())),
            "cy",
            Display.percent(1 - plot.vertical().at(point.value())));
      }
    }
  }

  private static List<Point> thinned(Plot plot, List<Point> points) {
    if (points.size() <= 2 * COLUMNS) {
      return points;
    }
    var kept = new ArrayList<Point>();
    for (int start = 0; start < points.size(); ) {
      int column = column(plot, points.get(start));
      int least = start;
      int greatest = start;
      int end = start;
      for (; end < points.size() && column(plot, points.get(end)) == column; end++) {
        least = points.get(end).value() < points.get(least).value() ? end : least;
        greatest = points.get(end).value() > points.get(greatest).value() ? end : greatest;
      }
      kept.add(points.get(Math.min(least, greatest)));
      if (least != greatest) {
        kept.add(points.get(Math.max(least, greatest)));
      }
      start = end;
    }
    return kept;
  }

  private static int column(Plot plot, Point point) {
    return (int) (plot.horizontal().at(point.round()) * COLUMNS);
  }

  private static String coordinates(Plot plot, List<Point> points) {
    var text = new StringBuilder(points.size() * 14);
    for (var point : points) {
      text.append(text.isEmpty() ? "" : " ")
          .append(Display.coordinate(plot.x(point.round())))
          .append(',')
          .append(Display.coordinate(plot.y(point.value())));
    }
    return text.toString();
  }

  private Stream<Point> points() {
    return Stream.concat(
        curves.stream().flatMap(curve -> curve.points().stream()),
        bands.stream().flatMap(band -> Stream.of(band.low(), band.high()).flatMap(List::stream)));
  }

  private IntStream rounds() {
    return points().mapToInt(Point::round);
  }

  private DoubleStream values() {
    return points().mapToDouble(Point::value);
  }
}
