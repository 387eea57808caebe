package org.wardfl.gpu.sample;

import org.wardfl.gpu.imaging.Image;

/// A block of voxels. Immutable.
final class Box {

  private static final double MARGIN_MILLIMETRES = 8;
  private static final double MARGIN_SHARE = 0.08;

  private final int[] from;
  private final int[] size;

  /// A block.
  ///
  /// @param from its first voxel, of all three axes
  /// @param size how many voxels it has along each axis
  Box(int[] from, int[] size) {
    this.from = from.clone();
    this.size = size.clone();
  }

  /// The first voxel's place along an axis, 0 to 2.
  int from(int axis) {
    return from[axis];
  }

  /// How many voxels there are along an axis.
  int size(int axis) {
    return size[axis];
  }

  /// The same but for one axis, which is as in another block.
  Box along(int axis, Box other) {
    var changed = new Box(from, size);
    changed.from[axis] = other.from[axis];
    changed.size[axis] = other.size[axis];
    return changed;
  }

  /// The smallest block of another one with everything that is not 0 in one of some images; all of
  /// it if there is nothing.
  static Box around(Box within, Image... images) {
    int[] first = {Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE};
    int[] last = {-1, -1, -1};
    for (int x = within.from[0]; x < within.from[0] + within.size[0]; x++) {
      for (int y = within.from[1]; y < within.from[1] + within.size[1]; y++) {
        for (int z = within.from[2]; z < within.from[2] + within.size[2]; z++) {
          for (var image : images) {
            if (image.at(0, x, y, z) != 0) {
              widen(first, last, x, y, z);
            }
          }
        }
      }
    }
    if (last[0] < 0) {
      return within;
    }
    var size = new int[3];
    for (int axis = 0; axis < 3; axis++) {
      size[axis] = last[axis] - first[axis] + 1;
    }
    return new Box(first, size);
  }

  private static void widen(int[] first, int[] last, int... voxel) {
    for (int axis = 0; axis < 3; axis++) {
      first[axis] = Math.min(first[axis], voxel[axis]);
      last[axis] = Math.max(last[axis], voxel[axis]);
    }
  }

  /// With some room on every side, as far as there is some.
  Box wider(double[] spacing, Box within) {
    var wider = new int[3];
    var extents = new int[3];
    for (int axis = 0; axis < 3; axis++) {
      int room =
          (int) Math.ceil(Math.max(MARGIN_MILLIMETRES / spacing[axis], MARGIN_SHARE * size[axis]));
      wider[axis] = Math.max(within.from[axis], from[axis] - room);
      int end = Math.min(within.from[axis] + within.size[axis], from[axis] + size[axis] + room);
      extents[axis] = end - wider[axis];
    }
    return new Box(wider, extents);
  }

  /// The axis along which it is shortest in millimetres; of such, the last.
  int shortest(double[] spacing) {
    int shortest = 2;
    for (int axis = 1; axis >= 0; axis--) {
      if (size[axis] * spacing[axis] < size[shortest] * spacing[shortest]) {
        shortest = axis;
      }
    }
    return shortest;
  }
}
