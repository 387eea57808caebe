package org.wardfl.gpu.imaging;

import java.util.Arrays;

/// An image of one or more channels on a grid of voxels: a volume, or a picture with one voxel
/// along its third axis.
///
/// Values are float32, `[channels, x, y, z]` row-major: the last axis varies fastest. Nobody
/// changes an image once it is made, so images may share their values; not even those who are
/// handed the array.
public final class Image {

  private final int channels;
  private final Extents extents;
  private final float[] values;
  private final Affine affine;

  /// An image that owns these values.
  ///
  /// @throws IllegalArgumentException if there are not `channels` times the grid's voxels of them
  public Image(int channels, Extents extents, float[] values, Affine affine) {
    if (channels < 1 || (long) channels * extents.voxels() != values.length) {
      throw new IllegalArgumentException(
          values.length + " values, expected " + channels + " channels of " + extents);
    }
    this.channels = channels;
    this.extents = extents;
    this.values = values;
    this.affine = affine;
  }

  /// How many values each voxel has.
  public int channels() {
    return channels;
  }

  /// How many voxels there are along each axis.
  public Extents extents() {
    return extents;
  }

  /// All values; not to be changed.
  // Copies of hundreds of megabytes would guard against nobody but ourselves.
  @SuppressWarnings("EI_EXPOSE_REP")
  public float[] values() {
    return values;
  }

  /// From voxel indices to millimetres.
  public Affine affine() {
    return affine;
  }

  /// One value.
  public float at(int channel, int x, int y, int z) {
    return values[((channel * extents.x() + x) * extents.y() + y) * extents.z() + z];
  }

  /// The same grid with other values, of as many channels as they fill.
  public Image with(float[] others) {
    return new Image(others.length / extents.voxels(), extents, others, affine);
  }

  /// What the values take up.
  public long sizeBytes() {
    return (long) values.length * Float.BYTES;
  }

  /// Whether both lie on the same grid: equal extents, and voxels at the same place within a
  /// thousandth of a millimetre per voxel index.
  public boolean isOnTheGridOf(Image other) {
    return extents.equals(other.extents) && affine.isClose(other.affine, 1e-3);
  }

  /// A block of this grid, which may reach beyond it.
  ///
  /// @param from the block's first voxel, on this grid; may be negative
  /// @param size the block's extents
  /// @param outside what the voxels beyond this grid are
  public Image block(int[] from, Extents size, float outside) {
    var block = new float[Math.multiplyExact(channels, size.voxels())];
    if (outside != 0) {
      Arrays.fill(block, outside);
    }
    int firstX = Math.max(0, -from[0]);
    int endX = Math.min(size.x(), extents.x() - from[0]);
    int firstY = Math.max(0, -from[1]);
    int endY = Math.min(size.y(), extents.y() - from[1]);
    int firstZ = Math.max(0, -from[2]);
    int length = Math.min(size.z(), extents.z() - from[2]) - firstZ;
    for (int channel = 0; channel < channels && length > 0; channel++) {
      for (int x = firstX; x < endX; x++) {
        for (int y = firstY; y < endY; y++) {
          int source =
              ((channel * extents.x() + from[0] + x) * extents.y() + from[1] + y) * extents.z()
                  + from[2]
                  + firstZ;
          int target = ((channel * size.x() + x) * size.y() + y) * size.z() + firstZ;
          System.arraycopy(values, source, block, target, length);
        }
      }
    }
    return new Image(channels, size, block, affine.grid(from[0], from[1], from[2], 1, 1, 1));
  }

  @Override
  public String toString() {
    return channels + " channels of " + extents + " voxels";
  }
}
