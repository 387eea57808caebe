package org.wardfl.gpu.imaging.transform;

import org.wardfl.gpu.imaging.Extents;
import org.wardfl.gpu.imaging.Image;

/// Adds voxels of value 0 on both sides until an image has at least these extents; of an odd number
/// the greater part comes after. Source: MONAI `SpatialPad`.
///
/// @param least extents of the new image
public record SpatialPad(Extents least) implements Transform {

  @Override
  public Image apply(Image image) {
    if (image.extents().holds(least)) {
      return image;
    }
    var from = new int[3];
    var size = image.extents();
    for (int axis = 0; axis < 3; axis++) {
      int missing = Math.max(0, least.along(axis) - size.along(axis));
      from[axis] = -(missing / 2);
      size = size.with(axis, size.along(axis) + missing);
    }
    return image.block(from, size, 0);
  }
}
