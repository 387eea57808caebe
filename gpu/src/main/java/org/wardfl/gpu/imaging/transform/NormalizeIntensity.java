package org.wardfl.gpu.imaging.transform;

import org.wardfl.gpu.imaging.Image;

/// Subtracts each channel's mean and divides by its standard deviation (of the population; a
/// channel without any is only centred). Sums in float64. Source: MONAI `NormalizeIntensity` with
/// `channel_wise=True`.
///
/// @param nonzero whether only voxels other than 0 count and change
public record NormalizeIntensity(boolean nonzero) implements Transform {

  @Override
  public Image apply(Image image) {
    var values = image.values().clone();
    int voxels = image.extents().voxels();
    for (int channel = 0; channel < image.channels(); channel++) {
      normalize(values, channel * voxels, (channel + 1) * voxels);
    }
    return image.with(values);
  }

  private void normalize(float[] values, int from, int end) {
    long count = 0;
    double sum = 0;
    for (int i = from; i < end; i++) {
      if (counts(values[i])) {
        sum += values[i];
        count++;
      }
    }
    if (count == 0) {
      return;
    }
    double mean = sum / count;
    double squares = 0;
    for (int i = from; i < end; i++) {
      if (counts(values[i])) {
        squares += (values[i] - mean) * (values[i] - mean);
      }
    }
    double deviation = StrictMath.sqrt(squares / count);
    double divisor = deviation == 0 ? 1 : deviation;
    for (int i = from; i < end; i++) {
      if (counts(values[i])) {
        values[i] = (float) ((values[i] - mean) / divisor);
      }
    }
  }

  private boolean counts(float value) {
    return !nonzero || value != 0;
  }
}
