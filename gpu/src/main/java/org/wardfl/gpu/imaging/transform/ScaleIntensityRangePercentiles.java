package org.wardfl.gpu.imaging.transform;

import java.util.Arrays;
import org.wardfl.gpu.imaging.Image;
import org.wardfl.gpu.imaging.ImageException;

/// Maps the range between two percentiles of the image's own values to another one. Percentiles lie
/// between the two nearest values, linearly. Source: MONAI `ScaleIntensityRangePercentiles`.
///
/// @param lower percentile, 0 to below `upper`
/// @param upper percentile, at most 100
/// @param newLow what the lower percentile becomes
/// @param newHigh what the upper percentile becomes
/// @param clip whether values outside are moved to the new range's ends
public record ScaleIntensityRangePercentiles(
    double lower, double upper, double newLow, double newHigh, boolean clip) implements Transform {

  /// Checks.
  ///
  /// @throws IllegalArgumentException unless percentiles and ends are in order
  public ScaleIntensityRangePercentiles {
    if (!(lower >= 0 && lower < upper && upper <= 100 && newLow <= newHigh)) {
      throw new IllegalArgumentException(
          "percentiles " + lower + " to " + upper + " onto " + newLow + " to " + newHigh);
    }
  }

  @Override
  public Image apply(Image image) throws ImageException {
    var sorted = image.values().clone();
    Arrays.sort(sorted);
    double low = percentile(sorted, lower);
    double high = percentile(sorted, upper);
    if (!(low < high)) {
      throw new ImageException(
          "the "
              + lower
              + "th and "
              + upper
              + "th percentile are the same value: there is no range");
    }
    return new ScaleIntensityRange(low, high, newLow, newHigh, clip).apply(image);
  }

  private static double percentile(float[] sorted, double percent) {
    double position = percent / 100 * (sorted.length - 1);
    int below = (int) position;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (position - below) * ((double) sorted[above] - sorted[below]);
  }
}
