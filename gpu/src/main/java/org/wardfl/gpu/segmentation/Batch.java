package org.wardfl.gpu.segmentation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import org.wardfl.gpu.imaging.Extents;
import org.wardfl.gpu.imaging.Image;

/// Images of one channel and their labels, put together for a network one after the other.
public final class Batch {

  private final Extents extents;
  private final int count;
  private final int classes;
  private final float[] images;
  private final float[] labels;
  private int filled;

  /// An empty batch.
  ///
  /// @param count how many images it will have
  /// @param extents of each
  /// @param classes how many labels there are
  public Batch(int count, Extents extents, int classes) {
    this.count = count;
    this.extents = extents;
    this.classes = classes;
    this.images = new float[Math.multiplyExact(count, extents.voxels())];
    this.labels = new float[Math.multiplyExact(images.length, classes)];
  }

  /// Adds an image.
  ///
  /// @param label a class for each voxel
  public void add(Image image, Image label) {
    int voxels = extents.voxels();
    System.arraycopy(image.values(), 0, images, filled * voxels, voxels);
    for (int voxel = 0; voxel < voxels; voxel++) {
      int value = (int) label.values()[voxel];
      labels[(filled * classes + value) * voxels + voxel] = 1;
    }
    filled++;
  }

  /// The images, `[count, 1, x, y, z]`.
  public NDArray images(NDManager manager) {
    return array(manager, images, extents, count, 1);
  }

  /// The labels, `[count, classes, x, y, z]`: 1 at each voxel's class, 0 elsewhere.
  public NDArray labels(NDManager manager) {
    return array(manager, labels, extents, count, classes);
  }

  static NDArray array(
      NDManager manager, float[] values, Extents extents, int count, int channels) {
    return manager.create(
        values, new Shape(count, channels, extents.x(), extents.y(), extents.z()));
  }
}
