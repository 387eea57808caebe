package org.wardfl.gpu.imaging;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Predicts an image of any extents by a network that takes windows of one: windows overlap, and
/// where they do, predictions are averaged. Sums in float32, in the order of the windows.
///
/// Source: MONAI `sliding_window_inference`.
///
/// @param window extents of a window
/// @param overlap which part of a window the next one covers again, 0 to below 1
/// @param blend how much each voxel of a window counts
/// @param batch windows that are predicted at once, at least 1
public record SlidingWindow(Extents window, double overlap, Blend blend, int batch) {

  private static final double SIGMA = 0.125;
  private static final float LEAST_WEIGHT = 1e-3f;

  /// How much each voxel of a window counts.
  public enum Blend {
    /// All the same.
    CONSTANT,
    /// A Gaussian around the middle, of an eighth of the window.
    GAUSSIAN
  }

  /// Checks.
  ///
  /// @throws IllegalArgumentException unless the overlap is 0 to below 1 and the batch positive
  public SlidingWindow {
    if (!(overlap >= 0 && overlap < 1) || batch < 1) {
      throw new IllegalArgumentException(
          "overlap " + overlap + " and batch " + batch + ", expected 0 to below 1, and 1 or more");
    }
  }

  /// A network.
  ///
  /// @param <X> how it may fail
  @FunctionalInterface
  public interface Predictor<X extends Exception> {

    /// Predicts windows.
    ///
    /// @param windows `[count, channels, x, y, z]`
    /// @return `[count, outputs, x, y, z]`
    float[] predict(float[] windows, int count) throws X;
  }

  /// The prediction for every voxel of an image, in as many channels as the network has outputs. An
  /// image that is smaller than the window is surrounded by zeros for the time being.
  ///
  /// @param <X> how the network may fail
  public <X extends Exception> Image predict(Image image, Predictor<X> network) throws X {
    var before = new int[3];
    var size = image.extents();
    for (int axis = 0; axis < 3; axis++) {
      int missing = Math.max(0, window.along(axis) - size.along(axis));
      before[axis] = missing / 2;
      size = size.with(axis, size.along(axis) + missing);
    }
    var padded =
        size.equals(image.extents())
            ? image
            : image.block(new int[] {-before[0], -before[1], -before[2]}, size, 0);
    var result = blended(padded, network);
    return size.equals(image.extents()) ? result : result.block(before, image.extents(), 0);
  }

  private <X extends Exception> Image blended(Image image, Predictor<X> network) throws X {
    var starts = starts(image.extents());
    var importance = importance();
    var weights = new float[image.extents().voxels()];
    var sums = new float[0];
    for (int first = 0; first < starts.size(); first += batch) {
      var part = starts.subList(first, Math.min(first + batch, starts.size()));
      var windows = new float[part.size() * image.channels() * window.voxels()];
      for (int i = 0; i < part.size(); i++) {
        var block = image.block(part.get(i), window, 0).values();
        System.arraycopy(block, 0, windows, i * block.length, block.length);
      }
      var predicted = network.predict(windows, part.size());
      int outputs = predicted.length / (part.size() * window.voxels());
      if (sums.length == 0) {
        sums = new float[Math.multiplyExact(outputs, weights.length)];
      }
      for (int i = 0; i < part.size(); i++) {
        for (int output = 0; output < outputs; output++) {
          int from = (i * outputs + output) * window.voxels();
          add(
              predicted,
              from,
              importance,
              part.get(i),
              image.extents(),
              sums,
              output * weights.length);
        }
        add(null, 0, importance, part.get(i), image.extents(), weights, 0);
      }
    }
    for (int i = 0; i < sums.length; i++) {
      sums[i] /= weights[i % weights.length];
    }
    return image.with(sums);
  }

  private void add(
      float @org.jspecify.annotations.Nullable [] predicted,
      int from,
      float[] importance,
      int[] start,
      Extents extents,
      float[] into,
      int at) {
    int i = 0;
    for (int x = 0; x < window.x(); x++) {
      for (int y = 0; y < window.y(); y++) {
        int row = at + ((start[0] + x) * extents.y() + start[1] + y) * extents.z() + start[2];
        for (int z = 0; z < window.z(); z++) {
          into[row + z] += predicted == null ? importance[i] : importance[i] * predicted[from + i];
          i++;
        }
      }
    }
  }

  /// How far one window is from the next along each axis.
  public int[] interval(Extents extents) {
    var interval = new int[3];
    for (int axis = 0; axis < 3; axis++) {
      int length = window.along(axis);
      interval[axis] =
          length == extents.along(axis) ? length : Math.max(1, (int) (length * (1 - overlap)));
    }
    return interval;
  }

  /// The first voxel of each window, the third axis varying fastest.
  ///
  /// @param extents at least those of a window
  public List<int[]> starts(Extents extents) {
    var interval = interval(extents);
    var axes = new ArrayList<List<Integer>>();
    for (int axis = 0; axis < 3; axis++) {
      axes.add(along(extents.along(axis), window.along(axis), interval[axis]));
    }
    var starts = new ArrayList<int[]>();
    for (int x : axes.get(0)) {
      for (int y : axes.get(1)) {
        for (int z : axes.get(2)) {
          starts.add(new int[] {x, y, z});
        }
      }
    }
    return starts;
  }

  private static List<Integer> along(int extent, int length, int interval) {
    var starts = new ArrayList<Integer>();
    int start = 0;
    while (start + length < extent) {
      starts.add(start);
      start += interval;
    }
    starts.add(extent - length);
    return starts;
  }

  /// How much each voxel of a window counts, row-major.
  public float[] importance() {
    var importance = new float[window.voxels()];
    if (blend == Blend.CONSTANT) {
      Arrays.fill(importance, 1);
      return importance;
    }
    var axes = new float[3][];
    for (int axis = 0; axis < 3; axis++) {
      axes[axis] = gaussian(window.along(axis));
    }
    float least = Float.MAX_VALUE;
    int at = 0;
    for (float x : axes[0]) {
      for (float y : axes[1]) {
        for (float z : axes[2]) {
          importance[at] = x * y * z;
          least = Math.min(least, importance[at++]);
        }
      }
    }
    for (int i = 0; i < importance.length; i++) {
      importance[i] = Math.max(importance[i], Math.max(least, LEAST_WEIGHT));
    }
    return importance;
  }

  private static float[] gaussian(int length) {
    var weights = new float[length];
    double sigma = length * SIGMA;
    for (int i = 0; i < length; i++) {
      double x = i - (length - 1) / 2.0;
      weights[i] = (float) StrictMath.exp(-x * x / (2 * sigma * sigma));
    }
    return weights;
  }
}
