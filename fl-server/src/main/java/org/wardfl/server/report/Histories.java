package org.wardfl.server.report;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.wardfl.algo.SiteName;
import org.wardfl.server.job.WeightedMean;
import org.wardfl.server.report.RunReport.MetricHistory;
import org.wardfl.server.report.RunReport.Point;

/// Collects the scores of a run, metric by metric.
///
/// Where a model was scored twice, as between two workflows, the later score stays.
final class Histories {

  private final SortedMap<String, History> scores = new TreeMap<>();
  private final SortedMap<String, History> trainings = new TreeMap<>();

  /// The mean over the sites.
  void mean(String metric, int trained, double value) {
    scores(metric).mean.put(trained, value);
  }

  /// The federation's model at a site.
  void site(String metric, SiteName site, int trained, double value) {
    scores(metric).sites.computeIfAbsent(site, _ -> new TreeMap<>()).put(trained, value);
  }

  /// A site's own model at that site.
  void alone(String metric, SiteName site, int trained, double value) {
    scores(metric).alone.computeIfAbsent(site, _ -> new TreeMap<>()).put(trained, value);
  }

  /// A value of a site's training. The mean over sites is weighted by their training samples.
  void training(String name, SiteName site, int trained, double value, long samples) {
    var history = trainings.computeIfAbsent("training " + name, _ -> new History());
    history.sites.computeIfAbsent(site, _ -> new TreeMap<>()).put(trained, value);
    if (samples > 0) {
      var sum = history.sums.computeIfAbsent(trained, _ -> new WeightedMean());
      sum.add(value, samples);
      history.mean.put(trained, sum.mean());
    }
  }

  /// All histories: scores by name, then what the trainings told.
  List<MetricHistory> all() {
    var all = new ArrayList<MetricHistory>();
    scores.forEach((name, history) -> all.add(history.named(name)));
    trainings.forEach((name, history) -> all.add(history.named(name)));
    return all;
  }

  private History scores(String metric) {
    return scores.computeIfAbsent(metric, _ -> new History());
  }

  private static List<Point> points(SortedMap<Integer, Double> values) {
    return values.entrySet().stream().map(e -> new Point(e.getKey(), e.getValue())).toList();
  }

  private static final class History {
    private final SortedMap<Integer, Double> mean = new TreeMap<>();
    private final SortedMap<Integer, WeightedMean> sums = new TreeMap<>();
    private final SortedMap<SiteName, SortedMap<Integer, Double>> sites = new TreeMap<>();
    private final SortedMap<SiteName, SortedMap<Integer, Double>> alone = new TreeMap<>();

    MetricHistory named(String name) {
      return new MetricHistory(name, points(mean), bySite(sites), bySite(alone));
    }

    private static SortedMap<SiteName, List<Point>> bySite(
        SortedMap<SiteName, SortedMap<Integer, Double>> values) {
      var result = new TreeMap<SiteName, List<Point>>();
      values.forEach((site, history) -> result.put(site, points(history)));
      return result;
    }
  }
}
