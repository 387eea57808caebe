package org.wardfl.server.report;

/// The entries of a chart's legend: a sample of the stroke or colour, and its name.
final class Legend {

  private Legend() {}

  /// A line, with its last value.
  static void line(Markup page, Curve curve) {
    sample(page);
    page.empty(
        "line",
        "class",
        "line " + curve.style(),
        "x1",
        "0",
        "x2",
        "100%",
        "y1",
        "50%",
        "y2",
        "50%");
    page.close().text(curve.name());
    curve.last().ifPresent(value -> page.text(" ").element("b", Display.number(value)));
    page.close();
  }

  /// A filled area.
  static void area(Markup page, String name, String style) {
    sample(page);
    page.empty("rect", "class", style, "width", "100%", "height", "100%");
    page.close().text(name).close();
  }

  private static void sample(Markup page) {
    page.open("li").open("svg", "class", "key", "aria-hidden", "true");
  }
}
