package org.wardfl.gpu.imaging.transform;

import org.wardfl.gpu.imaging.Extents;
import org.wardfl.gpu.imaging.Image;

/// Resamples to these extents; both grids cover the same space. Source: MONAI `Resize`, torch
/// `interpolate` without aligned corners and without smoothing.
///
/// @param extents of the new image
/// @param interpolation how
public record Resize(Extents extents, Interpolation interpolation) implements Transform {

  @Override
  public Image apply(Image image) {
    var axes = new Sampling[3];
    var steps = new double[3];
    for (int axis = 0; axis < 3; axis++) {
      int old = image.extents().along(axis);
      steps[axis] = (double) old / extents.along(axis);
      axes[axis] = sampling(extents.along(axis), steps[axis], old);
    }
    var affine =
        image.affine().grid((steps[0] - 1) / 2, (steps[1] - 1) / 2, (steps[2] - 1) / 2, steps);
    return Sampling.apply(image, axes, affine);
  }

  private Sampling sampling(int count, double step, int extent) {
    var positions = new double[count];
    for (int i = 0; i < count; i++) {
      positions[i] =
          interpolation == Interpolation.NEAREST
              ? StrictMath.floor(i * step)
              : (i + 0.5) * step - 0.5;
    }
    return interpolation == Interpolation.NEAREST
        ? Sampling.nearest(positions, extent)
        : Sampling.linear(positions, extent);
  }
}
