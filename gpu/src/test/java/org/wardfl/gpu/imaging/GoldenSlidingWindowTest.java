package org.wardfl.gpu.imaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.wardfl.algo.fixture.Npz;

/// What MONAI's sliding windows gave with one convolution as the network; equal to 2e-6, the
/// rounding of the convolution's float32 sums.
class GoldenSlidingWindowTest {

  private static final String FOLDER = "sliding_window/";
  private static final Pattern NAME =
      Pattern.compile("(\\d)d roi\\((\\d+), (\\d+)(?:, (\\d+))?\\) (\\w+) overlap([\\d.]+)");

  @TestFactory
  Stream<DynamicTest> equalsMonai() throws Exception {
    var arrays = Golden.arrays(FOLDER + "sliding.npz");
    var json = Golden.json(FOLDER + "sliding.json");
    return arrays.arrays().keySet().stream()
        .map(NAME::matcher)
        .filter(Matcher::matches)
        .map(name -> DynamicTest.dynamicTest(name.group(), () -> compare(name, arrays, json)));
  }

  private static void compare(Matcher name, Npz arrays, String json) {
    var dimensions = name.group(1);
    var window =
        new Extents(
            Integer.parseInt(name.group(2)),
            Integer.parseInt(name.group(3)),
            name.group(4) == null ? 1 : Integer.parseInt(name.group(4)));
    var blend = SlidingWindow.Blend.valueOf(name.group(5).toUpperCase(java.util.Locale.ROOT));
    var sliding = new SlidingWindow(window, Double.parseDouble(name.group(6)), blend, 3);
    var input = arrays.array("x" + dimensions);
    var expected = arrays.array(name.group());
    int count = (int) input.shape()[0];
    for (int i = 0; i < count; i++) {
      var image = Golden.image(part(input, i, count));
      var network =
          new Convolution(arrays.array("w" + dimensions), arrays.array("b" + dimensions), window);
      Golden.assertClose(sliding.predict(image, network).values(), part(expected, i, count), 2e-6);
      if (dimensions.equals("3")) {
        assertThat(json).matches(text -> text.contains(windows(name, sliding, image)), "windows");
      }
    }
  }

  private static String windows(Matcher name, SlidingWindow sliding, Image image) {
    var window = sliding.window();
    var found = image.extents();
    var extents =
        new Extents(
            Math.max(found.x(), window.x()),
            Math.max(found.y(), window.y()),
            Math.max(found.z(), window.z()));
    var starts = sliding.starts(extents).stream().map(Arrays::toString).toList();
    return "\"%s\":{\"scan_interval\":%s,\"n_windows\":%d,\"starts\":%s"
        .formatted(name.group(), Arrays.toString(sliding.interval(extents)), starts.size(), starts)
        .replace(" ", "");
  }

  private static Npz.Array part(Npz.Array array, int i, int count) {
    int size = array.values().length / count;
    return new Npz.Array(
        array.type(),
        Arrays.copyOfRange(array.shape(), 1, array.shape().length),
        Arrays.copyOfRange(array.values(), i * size, (i + 1) * size));
  }

  @Test
  void importanceEqualsMonai() throws Exception {
    var arrays = Golden.arrays(FOLDER + "sliding.npz");
    for (int length : new int[] {8, 16}) {
      var window = new Extents(length, length, length);
      var name = "importance gaussian (%d, %d, %d) sigma0.125".formatted(length, length, length);
      Golden.assertClose(
          new SlidingWindow(window, 0, SlidingWindow.Blend.GAUSSIAN, 1).importance(),
          arrays.array(name),
          1e-6);
    }
  }

  /// 3x3(x3), one channel to two, padded with zeros, as a plain loop in float64.
  private record Convolution(Npz.Array weight, Npz.Array bias, Extents window)
      implements SlidingWindow.Predictor<RuntimeException> {

    @Override
    public float[] predict(float[] windows, int count) {
      int voxels = window.voxels();
      var result = new float[count * 2 * voxels];
      for (int i = 0; i < count; i++) {
        var own = Arrays.copyOfRange(windows, i * voxels, (i + 1) * voxels);
        var image = new Image(1, window, own, Affine.identity());
        for (int output = 0; output < 2; output++) {
          for (int voxel = 0; voxel < voxels; voxel++) {
            result[(i * 2 + output) * voxels + voxel] = (float) value(image, output, voxel);
          }
        }
      }
      return result;
    }

    private double value(Image image, int output, int voxel) {
      int x = voxel / (window.y() * window.z());
      int y = voxel / window.z() % window.y();
      int z = voxel % window.z();
      int depth = weight.shape().length == 5 ? 3 : 1;
      double sum = bias.values()[output];
      for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++) {
          for (int k = 0; k < depth; k++) {
            int atX = x + i - 1;
            int atY = y + j - 1;
            int atZ = z + k - depth / 2;
            if (atX >= 0
                && atX < window.x()
                && atY >= 0
                && atY < window.y()
                && atZ >= 0
                && atZ < window.z()) {
              sum +=
                  weight.values()[((output * 3 + i) * 3 + j) * depth + k]
                      * image.at(0, atX, atY, atZ);
            }
          }
        }
      }
      return sum;
    }
  }
}
