package org.wardfl.server.report;

import java.util.List;
import java.util.OptionalDouble;
import org.wardfl.server.report.RunReport.Point;

/// One line of a chart.
///
/// @param name what the legend calls it
/// @param style the class that gives it colour and stroke
/// @param points ascending by round
record Curve(String name, String style, List<Point> points) {

  /// Distinct colours; further curves repeat them with dashes.
  private static final int COLOURS = 8;

  Curve {
    points = List.copyOf(points);
  }

  /// The curve of the mean over sites.
  static Curve mean(String name, List<Point> points) {
    return new Curve(name, "mean", points);
  }

  /// The curve of one of several sites.
  ///
  /// @param index which one, from 0; decides the colour
  static Curve ofSite(String name, int index, List<Point> points) {
    return new Curve(name, style(index), points);
  }

  /// The class of the colour that belongs to a site.
  static String style(int index) {
    return "c" + index % COLOURS + (index >= COLOURS ? " dashed" : "");
  }

  /// The last value.
  OptionalDouble last() {
    return points.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(points.getLast().value());
  }
}
