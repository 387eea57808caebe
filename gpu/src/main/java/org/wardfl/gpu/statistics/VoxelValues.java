package org.wardfl.gpu.statistics;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.wardfl.algo.statistics.BinCounts;
import org.wardfl.algo.statistics.Bins;
import org.wardfl.algo.statistics.Extremes;
import org.wardfl.algo.statistics.FeatureStatistics;
import org.wardfl.algo.statistics.Moments;
import org.wardfl.algo.statistics.Remark;

/// A feature of the voxels of many images, added up image by image. The patients behind it are the
/// images.
final class VoxelValues {

  /// How many voxels are added up at once.
  static final int BLOCK = 1 << 16;

  private final Optional<BinCounts> bins;
  private Moments moments = Moments.NONE;
  private @Nullable Extremes extremes;
  private long images;
  private long missing;

  VoxelValues(Optional<Bins> bins) {
    this.bins = bins.map(BinCounts::new);
  }

  /// Adds the voxels of one image; those that are not finite are missing.
  void add(float[] values) {
    long before = moments.count();
    float min = Float.POSITIVE_INFINITY;
    float max = Float.NEGATIVE_INFINITY;
    for (int from = 0; from < values.length; from += BLOCK) {
      moments = moments.and(moments(values, from, values.length));
    }
    for (float value : values) {
      if (!Float.isFinite(value)) {
        missing++;
        continue;
      }
      min = Math.min(min, value);
      max = Math.max(max, value);
      bins.ifPresent(counts -> counts.add(value));
    }
    if (moments.count() > before) {
      images++;
      // Each image counts once among those that reach the end of the range.
      var own = new Extremes(min, 1, max, 1);
      extremes = extremes == null ? own : extremes.and(own);
    }
  }

  /// The moments of the finite ones of at most [#BLOCK] values.
  static Moments moments(float[] values, int from, int end) {
    var block = new double[Math.min(BLOCK, end - from)];
    int count = 0;
    for (int i = 0; i < block.length; i++) {
      if (Float.isFinite(values[from + i])) {
        block[count++] = values[from + i];
      }
    }
    return Moments.of(count == block.length ? block : java.util.Arrays.copyOf(block, count));
  }

  FeatureStatistics describe(String feature, String group, List<Remark> remarks) {
    return new FeatureStatistics(
        feature,
        group,
        images,
        OptionalLong.of(moments.count()),
        OptionalLong.of(missing),
        moments.count() == 0 ? Optional.empty() : Optional.of(moments),
        Optional.ofNullable(extremes),
        bins.map(BinCounts::histogram),
        remarks);
  }
}
