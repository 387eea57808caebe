package org.wardfl.gpu.imaging;

/// How many voxels a grid has along its three axes; a picture has one along the third.
///
/// @param x along the first axis, which varies slowest in memory; a picture's rows
/// @param y along the second; a picture's columns
/// @param z along the third, which varies fastest
public record Extents(int x, int y, int z) {

  /// Checks.
  ///
  /// @throws IllegalArgumentException unless all are positive and there are less than 2^31 voxels
  public Extents {
    if (x < 1 || y < 1 || z < 1 || (double) x * y * z > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          x + "x" + y + "x" + z + " voxels, expected 1 or more on each axis, below 2^31 in all");
    }
  }

  /// Of an array with three numbers.
  public static Extents of(int... extents) {
    return new Extents(extents[0], extents[1], extents[2]);
  }

  /// All three, in order.
  public int[] toArray() {
    return new int[] {x, y, z};
  }

  /// The extent along an axis, 0 to 2.
  public int along(int axis) {
    return switch (axis) {
      case 0 -> x;
      case 1 -> y;
      case 2 -> z;
      default -> throw new IllegalArgumentException("axis " + axis + ", expected 0 to 2");
    };
  }

  /// The same but for one axis.
  public Extents with(int axis, int extent) {
    var changed = toArray();
    changed[axis] = extent;
    return of(changed);
  }

  /// The number of voxels.
  public int voxels() {
    return x * y * z;
  }

  /// Whether a grid of those extents fits in this one.
  public boolean holds(Extents other) {
    return other.x <= x && other.y <= y && other.z <= z;
  }

  @Override
  public String toString() {
    return x + "x" + y + "x" + z;
  }
}
