package org.wardfl.gpu.segmentation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.wardfl.gpu.imaging.Affine;
import org.wardfl.gpu.imaging.Extents;
import org.wardfl.gpu.imaging.Image;
import org.wardfl.gpu.imaging.nifti.NiftiWriter;

/// A site whose volumes show a bright ball in noise.
public final class Spheres {

  static final Extents EXTENTS = new Extents(16, 18, 20);

  private Spheres() {}

  /// Writes volumes and their list.
  public static Path write(Path folder, int train, int test) throws IOException {
    Files.createDirectories(folder);
    var lines = new ArrayList<String>();
    lines.add("image,label,split");
    for (int i = 0; i < train + test; i++) {
      write(folder, "volume-" + i, i);
      lines.add(
          "volume-%d.nii.gz,volume-%d-label.nii,%s".formatted(i, i, i < train ? "train" : "test"));
    }
    Files.write(folder.resolve("images.csv"), lines);
    return folder;
  }

  private static void write(Path folder, String name, int seed) throws IOException {
    var random = new Random(seed);
    double[] centre = {
      6 + 4 * random.nextDouble(), 7 + 4 * random.nextDouble(), 8 + 4 * random.nextDouble()
    };
    var image = new float[EXTENTS.voxels()];
    var label = new float[EXTENTS.voxels()];
    for (int i = 0; i < image.length; i++) {
      int row = i / EXTENTS.z();
      int plane = row / EXTENTS.y();
      double x = plane - centre[0];
      double y = row % EXTENTS.y() - centre[1];
      double z = i % EXTENTS.z() - centre[2];
      label[i] = x * x + y * y + z * z < 25 ? 1 : 0;
      image[i] = (float) (100 + 80 * label[i] + 20 * random.nextGaussian());
    }
    NiftiWriter.write(
        new Image(1, EXTENTS, image, Affine.identity()), folder.resolve(name + ".nii.gz"));
    NiftiWriter.write(
        new Image(1, EXTENTS, label, Affine.identity()), folder.resolve(name + "-label.nii"));
  }

  /// Arguments of a small network.
  public static Map<String, Object> arguments() {
    return Map.of(
        "network",
        Map.of("channels", List.of(4L, 8L), "strides", List.of(2L), "residual_units", 1L),
        "patch",
        List.of(8L, 8L, 8L),
        "patches",
        4L,
        "augmentation",
        Map.of("flip", List.of("x", "z"), "scale", 0.1, "noise", 0.05),
        "optimizer",
        "adam",
        "learning_rate",
        0.01,
        "optimizer_state",
        "keep",
        "local_epochs",
        1L,
        "batch_size",
        4L);
  }
}
