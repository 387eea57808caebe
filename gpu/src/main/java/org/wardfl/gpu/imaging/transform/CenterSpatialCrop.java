package org.wardfl.gpu.imaging.transform;

import org.wardfl.gpu.imaging.Extents;
import org.wardfl.gpu.imaging.Image;

/// The middle of an image, at most these extents. Source: MONAI `CenterSpatialCrop`.
///
/// @param most extents of the new image
public record CenterSpatialCrop(Extents most) implements Transform {

  @Override
  public Image apply(Image image) {
    var from = new int[3];
    var size = image.extents();
    for (int axis = 0; axis < 3; axis++) {
      int extent = size.along(axis);
      if (extent > most.along(axis)) {
        from[axis] = extent / 2 - most.along(axis) / 2;
        size = size.with(axis, most.along(axis));
      }
    }
    return image.block(from, size, 0);
  }
}
