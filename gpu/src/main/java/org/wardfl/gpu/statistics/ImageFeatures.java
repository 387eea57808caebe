package org.wardfl.gpu.statistics;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.wardfl.algo.statistics.FeatureStatistics;
import org.wardfl.algo.statistics.FeatureValues;
import org.wardfl.algo.statistics.Remark;
import org.wardfl.algo.statistics.StatisticsRequest;

/// The features of whole images that were asked for, for each group of images.
final class ImageFeatures {

  private final StatisticsRequest request;
  private final Map<String, List<Map<String, Double>>> images = new TreeMap<>();

  ImageFeatures(StatisticsRequest request) {
    this.request = request;
  }

  /// Adds an image to its groups.
  ///
  /// @param values empty for an image that could not be read
  void add(List<String> groups, Map<String, Double> values) {
    groups.forEach(group -> images.computeIfAbsent(group, _ -> new ArrayList<>()).add(values));
  }

  List<FeatureStatistics> described(List<Remark> remarks) {
    var features = new TreeSet<String>();
    images.values().forEach(all -> all.forEach(image -> features.addAll(image.keySet())));
    features.removeIf(feature -> !request.wants(feature));
    var described = new ArrayList<FeatureStatistics>();
    for (var feature : features) {
      images.forEach((group, all) -> described.add(described(feature, group, all, remarks)));
    }
    return described;
  }

  private FeatureStatistics described(
      String feature, String group, List<Map<String, Double>> all, List<Remark> remarks) {
    var values = all.stream().mapToDouble(image -> value(feature, image)).toArray();
    var bins = Optional.ofNullable(request.histograms().get(feature));
    return FeatureValues.describe(feature, group, values, bins).with(remarks);
  }

  // A label that is nowhere in an image has no volume there; of an image that could not be read,
  // nobody knows.
  private static double value(String feature, Map<String, Double> image) {
    boolean nowhere = !image.isEmpty() && ImageValues.isVolume(feature);
    return image.getOrDefault(feature, nowhere ? 0 : Double.NaN);
  }
}
