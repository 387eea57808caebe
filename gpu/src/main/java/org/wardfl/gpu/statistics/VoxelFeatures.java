package org.wardfl.gpu.statistics;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.wardfl.algo.statistics.FeatureStatistics;
import org.wardfl.algo.statistics.Remark;
import org.wardfl.algo.statistics.StatisticsRequest;

/// The features of voxels that were asked for, for each group of images.
final class VoxelFeatures {

  private final StatisticsRequest request;
  private final Map<String, Map<String, VoxelValues>> features = new TreeMap<>();

  VoxelFeatures(StatisticsRequest request) {
    this.request = request;
  }

  /// Adds an image to its groups.
  void add(List<String> groups, Map<String, float[]> intensities) {
    intensities.forEach((feature, values) -> {
      if (request.wants(feature)) {
        var byGroup = features.computeIfAbsent(feature, _ -> new TreeMap<>());
        var bins = Optional.ofNullable(request.histograms().get(feature));
        groups.forEach(
            group -> byGroup.computeIfAbsent(group, _ -> new VoxelValues(bins)).add(values));
      }
    });
  }

  List<FeatureStatistics> described(List<Remark> remarks) {
    var described = new ArrayList<FeatureStatistics>();
    features.forEach((feature, byGroup) ->
        byGroup.forEach(
            (group, values) -> described.add(values.describe(feature, group, remarks))));
    return described;
  }
}
