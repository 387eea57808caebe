package org.wardfl.gpu.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.wardfl.algo.fixture.Npz;

/// Reference values that MONAI gave.
public final class Golden {

  private Golden() {}

  /// A file of them; the test is skipped where they are absent.
  public static Path file(String name) {
    var file = Path.of(System.getProperty("ward.shared"), "golden", name);
    assumeThat(file).as("reference values").exists();
    return file;
  }

  /// Arrays of them.
  public static Npz arrays(String name) throws IOException {
    return Npz.read(file(name));
  }

  /// What the JSON says, without blanks.
  public static String json(String name) throws IOException {
    return Files.readString(file(name)).replaceAll("\\s", "");
  }

  /// An array as an image: `[channels, x, y, z]`, or a picture `[channels, rows, columns]`.
  public static Image image(Npz.Array array) {
    var shape = array.shape();
    var extents =
        new Extents((int) shape[1], (int) shape[2], shape.length > 3 ? (int) shape[3] : 1);
    return new Image((int) shape[0], extents, floats(array), Affine.identity());
  }

  /// An array's values.
  public static float[] floats(Npz.Array array) {
    var floats = new float[array.values().length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) array.values()[i];
    }
    return floats;
  }

  /// Compares values one by one.
  ///
  /// @param tolerance the largest difference, as a part of the larger of 1 and the expected value
  public static void assertClose(float[] found, Npz.Array expected, double tolerance) {
    assertThat(found).hasSize(expected.values().length);
    double worst = 0;
    for (int i = 0; i < found.length; i++) {
      double value = expected.values()[i];
      worst = Math.max(worst, Math.abs(found[i] - value) / Math.max(1, Math.abs(value)));
    }
    assertThat(worst).isLessThanOrEqualTo(tolerance);
  }
}
