package org.wardfl.gpu.bundle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.wardfl.gpu.imaging.Affine;
import org.wardfl.gpu.imaging.Extents;
import org.wardfl.gpu.imaging.Image;
import org.wardfl.gpu.imaging.nifti.NiftiWriter;

/// Volumes with bright cubes in the middle, as the example's bundle lists them.
final class Cubes {

  private Cubes() {}

  static void write(Path site, int count, int extent) throws IOException {
    Files.createDirectories(site.resolve("images"));
    Files.createDirectories(site.resolve("labels"));
    for (int i = 0; i < count; i++) {
      write(site, i, extent, 1);
    }
  }

  /// @param inside the class of the cube
  static void write(Path site, int number, int extent, int inside) throws IOException {
    var extents = new Extents(extent, extent, extent);
    var image = new float[extents.voxels()];
    var label = new float[image.length];
    for (int i = 0; i < image.length; i++) {
      int x = Math.abs(i / (extent * extent) - extent / 2);
      int y = Math.abs(i / extent % extent - extent / 2);
      int z = Math.abs(i % extent - extent / 2);
      label[i] = Math.max(x, Math.max(y, z)) < 3 + number % 3 ? inside : 0;
      image[i] = 10 + 5 * label[i] + i * 31 % 7 / 7f;
    }
    file(site, "images", number, new Image(1, extents, image, Affine.identity()));
    file(site, "labels", number, new Image(1, extents, label, Affine.identity()));
  }

  private static void file(Path site, String kind, int number, Image image) throws IOException {
    var file = site.resolve(kind).resolve("case-" + number + ".nii");
    Files.deleteIfExists(file);
    NiftiWriter.write(image, file);
  }
}
