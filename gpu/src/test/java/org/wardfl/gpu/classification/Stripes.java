package org.wardfl.gpu.classification;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;

/// A site whose pictures show stripes: lying (class 0) or standing (class 1).
public final class Stripes {

  private static final int SIZE = 16;

  private Stripes() {}

  /// Writes pictures, half of them of each class, and their list.
  public static Path write(Path folder, int train, int test) throws IOException {
    Files.createDirectories(folder);
    var lines = new ArrayList<String>();
    lines.add("image,label,split");
    var random = new Random(5);
    for (int i = 0; i < train + test; i++) {
      var picture = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_BYTE_GRAY);
      int offset = random.nextInt(4);
      for (int row = 0; row < SIZE; row++) {
        for (int column = 0; column < SIZE; column++) {
          int along = (i % 2 == 0 ? row : column) + offset;
          int value = 60 * (along / 2 % 2) + random.nextInt(60);
          picture.getRaster().setSample(column, row, 0, value);
        }
      }
      ImageIO.write(picture, "png", folder.resolve(i + ".png").toFile());
      lines.add(i + ".png," + i % 2 + "," + (i < train ? "train" : "test"));
    }
    Files.write(folder.resolve("images.csv"), lines);
    return folder;
  }

  /// Arguments of a small network.
  public static Map<String, Object> arguments() {
    return Map.of(
        "network",
        Map.of("channels", List.of(4L, 8L), "groups", 2L, "grid", 2L),
        "size",
        List.of(16L, 16L),
        "augmentation",
        Map.of("flip", List.of("x", "y"), "shift", 0.1),
        "learning_rate",
        0.05,
        "momentum",
        0.9,
        "local_epochs",
        2L,
        "batch_size",
        8L);
  }
}
