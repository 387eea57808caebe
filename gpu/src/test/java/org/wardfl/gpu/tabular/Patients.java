package org.wardfl.gpu.tabular;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;

/// Made-up patients of three columns, two classes that a line nearly separates, and a split.
final class Patients {

  private Patients() {}

  /// Writes a table; the same seed gives the same one.
  static Path write(Path file, int rows, long seed) throws IOException {
    var random = new Random(seed);
    var text = new StringBuilder("age,dose,marker,ill,split\n");
    for (int row = 0; row < rows; row++) {
      int ill = random.nextInt(2);
      text.append(
          String.format(
              Locale.ROOT,
              "%.3f,%.3f,%.3f,%d,%s%n",
              50 + 10 * random.nextGaussian(),
              random.nextDouble(),
              2 * ill + random.nextGaussian(),
              ill,
              row % 4 == 3 ? "test" : "train"));
    }
    return Files.writeString(file, text);
  }
}
