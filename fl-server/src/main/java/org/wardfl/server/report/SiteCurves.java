package org.wardfl.server.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import org.wardfl.algo.SiteName;
import org.wardfl.server.report.LineChart.Band;
import org.wardfl.server.report.RunReport.Point;

/// Turns one value per round and site into a chart that stays readable however many sites there
/// are.
///
/// Up to [#EVERY_SITE] sites get a line each. Of more, the chart shows how the sites spread, and
/// the sites at both ends by name.
final class SiteCurves {

  /// The most sites that are told apart by colour and stroke.
  static final int EVERY_SITE = 12;

  private static final int AT_EACH_END = 3;

  private SiteCurves() {}

  /// A chart of the mean and the sites.
  ///
  /// @param title the heading
  /// @param axis what the horizontal axis counts
  /// @param mean over the sites
  /// @param sites the histories by site
  /// @param colour the index of a site's colour, the same in all charts
  static LineChart chart(
      String title,
      String axis,
      List<Point> mean,
      SortedMap<SiteName, List<Point>> sites,
      ToIntFunction<SiteName> colour) {
    var curves = new ArrayList<Curve>();
    if (sites.size() == 1) {
      sites.forEach((site, points) -> curves.add(Curve.mean(site.value(), points)));
      return new LineChart(title, "", axis, curves, List.of());
    }
    curves.add(Curve.mean("mean over sites", mean));
    if (sites.size() <= EVERY_SITE) {
      sites.entrySet().stream()
          .sorted(Comparator.comparingInt(entry -> colour.applyAsInt(entry.getKey())))
          .forEach(entry -> curves.add(site(entry, colour)));
      return new LineChart(title, coincidence(mean, sites), axis, curves, List.of());
    }
    var ends = ends(sites);
    for (int i = 0; i < ends.size(); i++) {
      curves.add(Curve.ofSite(ends.get(i).value(), i, sites.getOrDefault(ends.get(i), List.of())));
    }
    var note =
        Display.count(sites.size(), "site")
            + ": the mean, how the sites spread, and the "
            + AT_EACH_END
            + " highest and "
            + AT_EACH_END
            + " lowest at their last score. The table below has every site.";
    return new LineChart(title, note, axis, curves, spread(sites));
  }

  private static Curve site(
      Map.Entry<SiteName, List<Point>> entry, ToIntFunction<SiteName> colour) {
    var site = entry.getKey();
    return Curve.ofSite(site.value(), colour.applyAsInt(site), entry.getValue());
  }

  private static String coincidence(List<Point> mean, SortedMap<SiteName, List<Point>> sites) {
    return sites.values().stream().allMatch(points -> same(points, mean))
        ? "All sites score alike here, so their lines lie on each other."
        : "";
  }

  private static boolean same(List<Point> one, List<Point> other) {
    if (one.size() != other.size()) {
      return false;
    }
    for (int i = 0; i < one.size(); i++) {
      double distance = Math.abs(one.get(i).value() - other.get(i).value());
      if (one.get(i).round() != other.get(i).round()
          || distance > 1e-9 * Math.max(1, Math.abs(other.get(i).value()))) {
        return false;
      }
    }
    return true;
  }

  private static List<SiteName> ends(SortedMap<SiteName, List<Point>> sites) {
    var ascending =
        sites.entrySet().stream()
            .filter(entry -> !entry.getValue().isEmpty())
            .sorted(Comparator.comparingDouble(entry -> entry.getValue().getLast().value()))
            .map(entry -> entry.getKey())
            .toList();
    var ends = new ArrayList<>(ascending.reversed().subList(0, atEnd(ascending)));
    ends.addAll(ascending.subList(0, atEnd(ascending)).reversed());
    return ends;
  }

  private static int atEnd(List<SiteName> sites) {
    return Math.min(AT_EACH_END, sites.size() / 2);
  }

  private static List<Band> spread(SortedMap<SiteName, List<Point>> sites) {
    var byRound = new TreeMap<Integer, List<Double>>();
    sites
        .values()
        .forEach(points ->
            points.forEach(point ->
                byRound.computeIfAbsent(point.round(), _ -> new ArrayList<>()).add(point.value())));
    byRound.values().forEach(values -> values.sort(Comparator.naturalOrder()));
    return List.of(
        new Band("lowest to highest", "band wide", rank(byRound, 0), rank(byRound, 1)),
        new Band("8 of 10 sites", "band", rank(byRound, 0.1), rank(byRound, 0.9)));
  }

  private static List<Point> rank(SortedMap<Integer, List<Double>> byRound, double fraction) {
    var points = new ArrayList<Point>();
    byRound.forEach((round, ascending) ->
        points.add(
            new Point(round, ascending.get((int) Math.round(fraction * (ascending.size() - 1))))));
    return points;
  }
}
