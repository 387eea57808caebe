package org.wardfl.server.report;

import java.util.function.Consumer;

/// The frame that all charts share: axes, grid and labels around a drawing.
///
/// It keeps text at its own size at every width of the window: labels stand at percentages, and
/// only the drawing itself is stretched. The drawing has [#WIDTH] by [#HEIGHT] units, y downwards.
///
/// @param label what the chart shows, for those who do not see it
/// @param horizontal the axis of rounds
/// @param vertical the axis of values
/// @param below what the horizontal axis counts
record Plot(String label, Scale horizontal, Scale vertical, String below) {

  static final double WIDTH = 1000;
  static final double HEIGHT = 1000;

  /// The horizontal coordinate of a round in the drawing.
  double x(double round) {
    return horizontal.at(round) * WIDTH;
  }

  /// The vertical coordinate of a value in the drawing.
  double y(double value) {
    return (1 - vertical.at(value)) * HEIGHT;
  }

  /// Writes the frame and lets the drawing be made within it.
  ///
  /// @param stretched draws in units; shapes are stretched with the window, strokes are not
  /// @param fixed draws in percentages; shapes keep their form
  void write(Markup page, Consumer<Markup> stretched, Consumer<Markup> fixed) {
    page.open("div", "class", "chart");
    page.open("svg", "class", "y-axis", "aria-hidden", "true");
    for (double tick : vertical.ticks()) {
      page.element(
          "text",
          vertical.label(tick),
          "x",
          "100%",
          "y",
          Display.percent(1 - vertical.at(tick)),
          "dy",
          ".32em",
          "dx",
          "-6",
          "text-anchor",
          "end");
    }
    page.close();
    page.open("svg", "class", "plot", "role", "img", "aria-label", label);
    for (double tick : vertical.ticks()) {
      var y = Display.percent(1 - vertical.at(tick));
      page.empty("line", "class", "rule", "x1", "0", "x2", "100%", "y1", y, "y2", y);
    }
    page.open(
        "svg",
        "width",
        "100%",
        "height",
        "100%",
        "preserveAspectRatio",
        "none",
        "viewBox",
        "0 0 " + Display.coordinate(WIDTH) + " " + Display.coordinate(HEIGHT));
    stretched.accept(page);
    page.close();
    fixed.accept(page);
    page.close();
    page.open("svg", "class", "x-axis", "aria-hidden", "true");
    for (double tick : horizontal.ticks()) {
      double at = horizontal.at(tick);
      page.element(
          "text",
          horizontal.label(tick),
          "x",
          Display.percent(at),
          "y",
          "14",
          "text-anchor",
          at < 0.02 ? "start" : at > 0.98 ? "end" : "middle");
    }
    page.close();
    page.element("p", below, "class", "x-label");
    page.close();
  }
}
