package org.wardfl.server.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.wardfl.proto.json.Json;
import org.wardfl.server.report.RunReport.Point;

/// The numbers behind a chart: a table that unfolds, for reading aloud and for copying, and the
/// same as data for the pointer.
///
/// @param key the heading of the first column
/// @param curves the other columns
record ValueTable(String key, List<Curve> curves) {

  /// Rows of the table; of more rounds an even choice is shown.
  private static final int ROWS = 60;

  /// Rounds that the pointer can stop at.
  private static final int STOPS = 300;

  ValueTable {
    curves = List.copyOf(curves);
  }

  /// Writes both.
  ///
  /// @param horizontal the axis on which the pointer moves
  void write(Markup page, Scale horizontal) {
    var rounds = rounds();
    var byRound = curves.stream().map(ValueTable::byRound).toList();
    page.verbatim(
        "script", json(horizontal, chosen(rounds, STOPS), byRound), "type", "application/json");
    page.open("details").element("summary", "Values");
    var rows = chosen(rounds, ROWS);
    if (rows.size() < rounds.size()) {
      page.element(
          "p",
          rows.size()
              + " of "
              + Display.count(rounds.size(), "round")
              + "; all are in metrics.jsonl.",
          "class",
          "note");
    }
    page.open("div", "class", "scroll", "tabindex", "0").open("table");
    page.open("thead").open("tr").element("th", key, "scope", "col");
    curves.forEach(curve -> page.element("th", curve.name(), "scope", "col"));
    page.close().close().open("tbody");
    for (int round : rows) {
      page.open("tr").element("th", Display.count(round), "scope", "row");
      for (var values : byRound) {
        var value = values.get(round);
        page.element("td", value == null ? "–" : Display.number(value));
      }
      page.close();
    }
    page.close().close().close().close();
  }

  private List<Integer> rounds() {
    var rounds = new TreeSet<Integer>();
    curves.forEach(curve -> curve.points().forEach(point -> rounds.add(point.round())));
    return List.copyOf(rounds);
  }

  private static Map<Integer, Double> byRound(Curve curve) {
    var values = new HashMap<Integer, Double>();
    for (Point point : curve.points()) {
      values.put(point.round(), point.value());
    }
    return values;
  }

  /// At most so many of the rounds, evenly, with the first and the last.
  private static List<Integer> chosen(List<Integer> rounds, int most) {
    if (rounds.size() <= most) {
      return rounds;
    }
    var chosen = new TreeSet<Integer>();
    for (int i = 0; i < most; i++) {
      chosen.add(rounds.get((int) ((long) i * (rounds.size() - 1) / (most - 1))));
    }
    return List.copyOf(chosen);
  }

  private String json(Scale horizontal, List<Integer> rounds, List<Map<Integer, Double>> byRound) {
    var series = new ArrayList<Map<String, Object>>();
    for (int i = 0; i < curves.size(); i++) {
      var values = new ArrayList<Optional<String>>();
      for (int round : rounds) {
        values.add(Optional.ofNullable(byRound.get(i).get(round)).map(Display::number));
      }
      var curve = new LinkedHashMap<String, Object>();
      curve.put("name", curves.get(i).name());
      curve.put("values", values);
      series.add(curve);
    }
    var data = new LinkedHashMap<String, Object>();
    data.put("low", horizontal.low());
    data.put("high", horizontal.high());
    data.put("key", key);
    data.put("x", rounds);
    data.put("series", series);
    // A `<` can only stand in a text, and must not end the block.
    return Json.line(data).replace("<", "\\u003c");
  }
}
