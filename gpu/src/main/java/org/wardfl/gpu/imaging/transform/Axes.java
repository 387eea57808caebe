package org.wardfl.gpu.imaging.transform;

import org.wardfl.gpu.imaging.Extents;
import org.wardfl.gpu.imaging.Image;

/// Axes in another order and direction.
final class Axes {

  private Axes() {}

  /// @param order for each new axis, the old one
  /// @param reversed for each new axis, whether its index runs against the old one's
  static Image rearranged(Image image, int[] order, boolean[] reversed) {
    var old = image.extents();
    var extents = new Extents(old.along(order[0]), old.along(order[1]), old.along(order[2]));
    var strides = new int[] {old.y() * old.z(), old.z(), 1};
    var steps = new int[3];
    var origin = new double[3];
    var directions = new double[3];
    int first = 0;
    for (int axis = 0; axis < 3; axis++) {
      int stride = strides[order[axis]];
      int last = extents.along(axis) - 1;
      steps[axis] = reversed[axis] ? -stride : stride;
      first += reversed[axis] ? last * stride : 0;
      origin[order[axis]] = reversed[axis] ? last : 0;
      directions[order[axis]] = reversed[axis] ? -1 : 1;
    }
    var values = new float[image.values().length];
    int at = 0;
    for (int channel = 0; channel < image.channels(); channel++) {
      int begin = channel * old.voxels() + first;
      for (int x = 0; x < extents.x(); x++) {
        for (int y = 0; y < extents.y(); y++) {
          int source = begin + x * steps[0] + y * steps[1];
          for (int z = 0; z < extents.z(); z++) {
            values[at++] = image.values()[source + z * steps[2]];
          }
        }
      }
    }
    var affine = image.affine().grid(origin[0], origin[1], origin[2], directions).permuted(order);
    return new Image(image.channels(), extents, values, affine);
  }
}
