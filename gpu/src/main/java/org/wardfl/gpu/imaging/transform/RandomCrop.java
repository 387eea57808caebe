package org.wardfl.gpu.imaging.transform;

import java.util.Random;
import java.util.stream.IntStream;
import org.wardfl.gpu.imaging.Extents;
import org.wardfl.gpu.imaging.Image;

/// Draws blocks around voxels of a labelled image: around one of the foreground (any label but 0)
/// in this part of the cases, else around one of the background. Near the border the block is moved
/// inside. An image that has only one of both gives that. Source: MONAI `RandCropByPosNegLabel`.
public final class RandomCrop {

  private final Extents size;
  private final double foreground;
  private final Extents extents;
  private final int[] positives;
  private final int[] negatives;

  /// Blocks of one image.
  ///
  /// @param size of a block, at most that of the image
  /// @param foreground in which part of the cases it is drawn around the foreground, 0 to 1
  /// @throws IllegalArgumentException if a block does not fit, or the part is none
  public RandomCrop(Image label, Extents size, double foreground) {
    this(label, label, Double.NEGATIVE_INFINITY, size, foreground);
  }

  /// Blocks of one image, those around the background only where another image has high values.
  ///
  /// @param image on the grid of the label
  /// @param threshold above which a voxel of the image may be the middle of a block
  /// @param size of a block, at most that of the image
  /// @param foreground in which part of the cases it is drawn around the foreground, 0 to 1
  /// @throws IllegalArgumentException if a block does not fit, or the part is none
  public RandomCrop(Image label, Image image, double threshold, Extents size, double foreground) {
    if (!label.extents().holds(size) || !(foreground >= 0 && foreground <= 1)) {
      throw new IllegalArgumentException(
          "blocks of " + size + " of an image of " + label.extents() + ", a part of " + foreground);
    }
    this.size = size;
    this.foreground = foreground;
    this.extents = label.extents();
    var values = label.values();
    var within = image.values();
    positives = IntStream.range(0, values.length).filter(i -> values[i] != 0).toArray();
    negatives =
        IntStream.range(0, values.length)
            .filter(i -> values[i] == 0 && within[i] > threshold)
            .toArray();
    if (positives.length + negatives.length == 0) {
      throw new IllegalArgumentException(
          "no voxel is labelled, and none of the image is above " + threshold);
    }
  }

  /// The first voxel of the next block.
  public int[] next(Random random) {
    boolean around = random.nextDouble() < foreground;
    boolean positive = around ? positives.length > 0 : negatives.length == 0;
    var voxels = positive ? positives : negatives;
    int voxel = voxels[random.nextInt(voxels.length)];
    int row = extents.y() * extents.z();
    var centre = new int[] {voxel / row, voxel / extents.z() % extents.y(), voxel % extents.z()};
    for (int axis = 0; axis < 3; axis++) {
      int last = extents.along(axis) - size.along(axis);
      centre[axis] = Math.clamp(centre[axis] - size.along(axis) / 2, 0, last);
    }
    return centre;
  }

  /// What remembering the voxels takes up.
  public long sizeBytes() {
    return ((long) positives.length + negatives.length) * Integer.BYTES;
  }
}
