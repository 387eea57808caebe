package org.wardfl.gpu.imaging.transform;

import org.wardfl.gpu.imaging.Extents;
import org.wardfl.gpu.imaging.Image;
import org.wardfl.gpu.imaging.ImageException;

/// The smallest block with all voxels of which any channel is above a threshold, and a margin
/// around it; where that reaches beyond the image, voxels are 0. Source: MONAI `CropForeground`.
///
/// @param above the threshold
/// @param margin voxels around, at least 0
public record CropForeground(double above, int margin) implements Transform {

  /// Checks.
  ///
  /// @throws IllegalArgumentException on a negative margin
  public CropForeground {
    if (margin < 0) {
      throw new IllegalArgumentException("a margin of " + margin + " voxels, expected 0 or more");
    }
  }

  /// Where the block of an image lies, so that its label can be cropped alike.
  ///
  /// @param from its first voxel
  /// @param size its extents
  // An array of three, made for one reader.
  @SuppressWarnings("ArrayRecordComponent")
  public record Block(int[] from, Extents size) {

    /// The block of another image on the same grid.
    public Image of(Image image) {
      return image.block(from, size, 0);
    }
  }

  @Override
  public Image apply(Image image) throws ImageException {
    return block(image).of(image);
  }

  /// Finds the block.
  ///
  /// @throws ImageException if no voxel is above the threshold
  public Block block(Image image) throws ImageException {
    var extents = image.extents();
    var least = extents.toArray();
    var most = new int[] {-1, -1, -1};
    var values = image.values();
    int at = 0;
    for (int channel = 0; channel < image.channels(); channel++) {
      for (int x = 0; x < extents.x(); x++) {
        for (int y = 0; y < extents.y(); y++) {
          for (int z = 0; z < extents.z(); z++) {
            if (values[at++] > above) {
              least[0] = Math.min(least[0], x);
              least[1] = Math.min(least[1], y);
              least[2] = Math.min(least[2], z);
              most[0] = Math.max(most[0], x);
              most[1] = Math.max(most[1], y);
              most[2] = Math.max(most[2], z);
            }
          }
        }
      }
    }
    if (most[0] < 0) {
      throw new ImageException("no voxel is above " + above + ": there is no foreground to crop");
    }
    var from = new int[3];
    var size = new int[3];
    for (int axis = 0; axis < 3; axis++) {
      from[axis] = least[axis] - margin;
      size[axis] = most[axis] - least[axis] + 1 + 2 * margin;
    }
    return new Block(from, Extents.of(size));
  }
}
