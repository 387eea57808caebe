package org.wardfl.gpu.statistics;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.wardfl.algo.statistics.Moments;
import org.wardfl.gpu.imaging.Image;

/// What one image adds to the statistics.
///
/// One value of each: `shape.x`, `shape.y`, `shape.z` in voxels; `spacing.x`, ... in mm; of its own
/// intensities `image.mean`, `image.stddev`, `image.min`, `image.p00_5`, `image.p10`,
/// `image.median`, `image.p90`, `image.p99_5` and `image.max`; for each label N but 0
/// `label.N.volume` in mm³. All its voxels: `intensity`, and `foreground_intensity` where the label
/// is not 0. With several channels the names of intensities end in `.0`, `.1` and so on.
///
/// @param image as it is stored
/// @param label a label for each voxel
record ImageValues(Image image, Optional<Image> label) {

  private static final String[] AXES = {"x", "y", "z"};
  private static final int MOST_LABELS = 100;

  /// Whether a feature is the volume of a label, which is 0 where the label is not in the image.
  static boolean isVolume(String feature) {
    return feature.startsWith("label.");
  }

  /// One value of each feature.
  ///
  /// @param volume whether voxels have a size and there is a third axis
  Map<String, Double> values(boolean volume) {
    var values = new TreeMap<String, Double>();
    var spacing = image.affine().spacing();
    for (int axis = 0; axis < (volume ? 3 : 2); axis++) {
      values.put("shape." + AXES[axis], (double) image.extents().along(axis));
      if (volume) {
        values.put("spacing." + AXES[axis], spacing[axis]);
      }
    }
    for (int channel = 0; channel < image.channels(); channel++) {
      own(channel, values);
    }
    label.ifPresent(known -> volumes(known, spacing[0] * spacing[1] * spacing[2], values));
    return values;
  }

  /// All values of each feature that voxels have.
  Map<String, float[]> intensities() {
    var intensities = new TreeMap<String, float[]>();
    for (int channel = 0; channel < image.channels(); channel++) {
      var values = channel(channel);
      intensities.put("intensity" + suffix(channel), values);
      if (label.isPresent()) {
        intensities.put(
            "foreground_intensity" + suffix(channel), foreground(values, label.get().values()));
      }
    }
    return intensities;
  }

  private static float[] foreground(float[] values, float[] labels) {
    var inside = new float[values.length];
    int count = 0;
    for (int voxel = 0; voxel < values.length; voxel++) {
      if (labels[voxel] != 0) {
        inside[count++] = values[voxel];
      }
    }
    return Arrays.copyOf(inside, count);
  }

  private void own(int channel, Map<String, Double> values) {
    // Sorting puts NaN last.
    var sorted = channel(channel).clone();
    Arrays.sort(sorted);
    int count = sorted.length;
    while (count > 0 && !Float.isFinite(sorted[count - 1])) {
      count--;
    }
    if (count == 0 || !Float.isFinite(sorted[0])) {
      return;
    }
    var moments = Moments.NONE;
    for (int from = 0; from < count; from += VoxelValues.BLOCK) {
      moments = moments.and(VoxelValues.moments(sorted, from, count));
    }
    var end = suffix(channel);
    values.put("image.mean" + end, moments.mean());
    if (count > 1) {
      values.put("image.stddev" + end, moments.deviation());
    }
    values.put("image.min" + end, (double) sorted[0]);
    values.put("image.p00_5" + end, percentile(sorted, count, 0.5));
    values.put("image.p10" + end, percentile(sorted, count, 10));
    values.put("image.median" + end, percentile(sorted, count, 50));
    values.put("image.p90" + end, percentile(sorted, count, 90));
    values.put("image.p99_5" + end, percentile(sorted, count, 99.5));
    values.put("image.max" + end, (double) sorted[count - 1]);
  }

  // Between the two nearest values, linearly, as numpy has it.
  private static double percentile(float[] sorted, int count, double percent) {
    double position = percent / 100 * (count - 1);
    int below = (int) position;
    int above = Math.min(below + 1, count - 1);
    return sorted[below] + (position - below) * ((double) sorted[above] - sorted[below]);
  }

  private static void volumes(Image label, double voxel, Map<String, Double> values) {
    var counts = new TreeMap<Integer, Long>();
    for (float value : label.values()) {
      if (value > 0 && value == (int) value && counts.size() <= MOST_LABELS) {
        counts.merge((int) value, 1L, Long::sum);
      }
    }
    counts.forEach((number, count) -> values.put("label." + number + ".volume", count * voxel));
  }

  private float[] channel(int channel) {
    int voxels = image.extents().voxels();
    return image.channels() == 1
        ? image.values()
        : Arrays.copyOfRange(image.values(), channel * voxels, (channel + 1) * voxels);
  }

  private String suffix(int channel) {
    return image.channels() == 1 ? "" : "." + channel;
  }
}
