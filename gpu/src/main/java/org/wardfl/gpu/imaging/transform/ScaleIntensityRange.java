package org.wardfl.gpu.imaging.transform;

import org.wardfl.gpu.imaging.Image;

/// Maps the range from `low` to `high` linearly to 0 to 1 or another one. Source: MONAI
/// `ScaleIntensityRange`.
///
/// @param low what becomes `newLow`
/// @param high what becomes `newHigh`
/// @param newLow see low
/// @param newHigh see high
/// @param clip whether values outside are moved to the new range's ends
public record ScaleIntensityRange(
    double low, double high, double newLow, double newHigh, boolean clip) implements Transform {

  /// Checks.
  ///
  /// @throws IllegalArgumentException unless low is below high, and the new ends are in order
  public ScaleIntensityRange {
    if (!(low < high && newLow <= newHigh)) {
      throw new IllegalArgumentException(
          "range " + low + " to " + high + " onto " + newLow + " to " + newHigh);
    }
  }

  @Override
  public Image apply(Image image) {
    var values = image.values().clone();
    for (int i = 0; i < values.length; i++) {
      double value = (values[i] - low) / (high - low) * (newHigh - newLow) + newLow;
      values[i] = (float) (clip ? Math.clamp(value, newLow, newHigh) : value);
    }
    return image.with(values);
  }
}
