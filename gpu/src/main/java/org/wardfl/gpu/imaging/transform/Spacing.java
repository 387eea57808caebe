package org.wardfl.gpu.imaging.transform;

import org.wardfl.gpu.imaging.Extents;
import org.wardfl.gpu.imaging.Image;

/// Resamples to voxels of another size along the axes as they are. The first voxel stays where it
/// is; the grid ends where the old one ends, to half a voxel; beyond the border values are those of
/// the border. Interpolates in float64; exactly between two voxels, the nearest is the later one
/// (in MONAI rounding noise decides). Source: MONAI `Spacing` with `padding_mode="border"`.
///
/// @param x size of a voxel along the first axis, in millimetres
/// @param y along the second
/// @param z along the third
/// @param interpolation how
public record Spacing(double x, double y, double z, Interpolation interpolation)
    implements Transform {

  /// Checks.
  ///
  /// @throws IllegalArgumentException unless the sizes are positive
  public Spacing {
    if (!(x > 0 && y > 0 && z > 0)) {
      throw new IllegalArgumentException(
          "voxels of " + x + "x" + y + "x" + z + " mm, expected positive sizes");
    }
  }

  /// The extents that a grid gets.
  public Extents extents(Image image) {
    var found = image.affine().spacing();
    var wanted = new double[] {x, y, z};
    var extents = new int[3];
    for (int axis = 0; axis < 3; axis++) {
      extents[axis] =
          (int) StrictMath.rint((image.extents().along(axis) - 1) * found[axis] / wanted[axis] + 1);
    }
    return Extents.of(extents);
  }

  @Override
  public Image apply(Image image) {
    var found = image.affine().spacing();
    var steps = new double[] {x / found[0], y / found[1], z / found[2]};
    var extents = extents(image);
    var axes = new Sampling[3];
    for (int axis = 0; axis < 3; axis++) {
      axes[axis] = sampling(extents.along(axis), steps[axis], image.extents().along(axis));
    }
    return Sampling.apply(image, axes, image.affine().grid(0, 0, 0, steps));
  }

  private Sampling sampling(int count, double step, int extent) {
    var positions = new double[count];
    for (int i = 0; i < count; i++) {
      positions[i] =
          interpolation == Interpolation.NEAREST ? StrictMath.floor(i * step + 0.5) : i * step;
    }
    return interpolation == Interpolation.NEAREST
        ? Sampling.nearest(positions, extent)
        : Sampling.linear(positions, extent);
  }
}
