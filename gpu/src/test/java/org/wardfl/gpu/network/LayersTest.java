package org.wardfl.gpu.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.wardfl.gpu.torch.Torch;

/// The composed layers against their definitions as plain loops in float64, and their gradients
/// against differences of the loss. Values agree to 1e-5 (float32 sums of some hundred terms),
/// gradients to 2 % or .02 (differences of float32 losses).
class LayersTest {

  private static final double CLOSE = 1e-5;

  private final Random random = new Random(3);
  private Torch torch;

  @BeforeEach
  void open() throws Exception {
    torch = Torch.open(1, List.of());
    Torch.withoutGradients();
  }

  @AfterEach
  void close() {
    torch.close();
  }

  @Test
  void aTransposedConvolutionScattersEveryValue() {
    int n = 3;
    int in = 2;
    int out = 3;
    int stride = 2;
    var batch = numbers(in * n * n * n);
    var weight = numbers(in * out * 27);
    var bias = numbers(out);
    int m = n * stride;
    var expected = new double[out * m * m * m];
    for (int o = 0; o < out; o++) {
      for (int i = 0; i < m * m * m; i++) {
        expected[o * m * m * m + i] = bias[o];
      }
      for (int c = 0; c < in; c++) {
        for (int voxel = 0; voxel < n * n * n; voxel++) {
          for (int k = 0; k < 27; k++) {
            int x = voxel / (n * n) * stride - 1 + k / 9;
            int y = voxel / n % n * stride - 1 + k / 3 % 3;
            int z = voxel % n * stride - 1 + k % 3;
            if (x >= 0 && y >= 0 && z >= 0 && x < m && y < m && z < m) {
              expected[((o * m + x) * m + y) * m + z] +=
                  (double) batch[c * n * n * n + voxel] * weight[(c * out + o) * 27 + k];
            }
          }
        }
      }
    }
    var found =
        Layers.transposedConvolution(
            torch.array(batch, 1, in, n, n, n),
            pt(torch.array(weight, in, out, 3, 3, 3)),
            pt(torch.array(bias, out)),
            stride);
    assertThat(found.getShape().getShape()).containsExactly(1, out, m, m, m);
    assertClose(found, expected);
  }

  @Test
  void anInstanceHasMeanZeroAndVarianceOne() {
    int voxels = 4 * 3 * 2;
    var batch = numbers(2 * 3 * voxels);
    assertClose(Layers.instanceNorm(torch.array(batch, 2, 3, 4, 3, 2)), normalized(batch, voxels));
  }

  @Test
  void aGroupIsNormalizedAndItsChannelsScaled() {
    int voxels = 5 * 2;
    var batch = numbers(2 * 6 * voxels);
    var scale = numbers(6);
    var shift = numbers(6);
    var expected = normalized(batch, 3 * voxels);
    for (int i = 0; i < expected.length; i++) {
      int channel = i / voxels % 6;
      expected[i] = expected[i] * scale[channel] + shift[channel];
    }
    assertClose(
        Layers.groupNorm(
            torch.array(batch, 2, 6, 5, 2), 2, torch.array(scale, 6), torch.array(shift, 6)),
        expected);
  }

  @Test
  void whatIsNegativeIsMultiplied() {
    var found =
        Layers.prelu(
            torch.array(new float[] {-2, 0, 3}, 1, 3), pt(torch.array(new float[] {.25f}, 1)));
    assertThat(found.toFloatArray()).containsExactly(-.5f, 0, 3);
  }

  @Test
  void gradientsReachBatchWeightAndFactor() {
    var batch = torch.parameter(numbers(2 * 2 * 2 * 2), 1, 2, 2, 2, 2);
    var weight = torch.parameter(numbers(2 * 2 * 27), 2, 2, 3, 3, 3);
    var bias = torch.parameter(numbers(2), 2);
    // 1, because a difference across the bend at 0 is no gradient.
    var factor = torch.parameter(new float[] {1}, 1);
    var target = torch.array(numbers(2 * 64), 1, 2, 4, 4, 4);
    Torch.Loss<RuntimeException> loss =
        () -> {
          var up = Layers.transposedConvolution(batch, pt(weight), pt(bias), 2);
          return Layers.prelu(Layers.instanceNorm(up), pt(factor)).mul(target).sum();
        };
    Torch.backward(loss);
    for (var parameter : List.of(batch, weight, factor)) {
      assertGradient(parameter, loss);
    }
  }

  private void assertGradient(NDArray parameter, Torch.Loss<RuntimeException> loss) {
    float[] gradient;
    try (var own = parameter.getGradient()) {
      gradient = own.toFloatArray();
    }
    float step = 1e-3f;
    for (int i = 0; i < Math.min(5, gradient.length); i++) {
      double difference =
          (shifted(parameter, i, step, loss) - shifted(parameter, i, -step, loss)) / (2 * step);
      assertThat((double) gradient[i])
          .isCloseTo(difference, within(Math.max(0.02 * Math.abs(difference), 2e-2)));
    }
  }

  private double shifted(
      NDArray parameter, int index, float step, Torch.Loss<RuntimeException> loss) {
    var memory = parameter.toByteBuffer(true).asFloatBuffer();
    float old = memory.get(index);
    memory.put(index, old + step);
    try (var value = loss.compute()) {
      return value.getFloat();
    } finally {
      memory.put(index, old);
    }
  }

  private static double[] normalized(float[] values, int group) {
    var result = new double[values.length];
    for (int from = 0; from < values.length; from += group) {
      double mean = 0;
      for (int i = from; i < from + group; i++) {
        mean += values[i] / (double) group;
      }
      double variance = 0;
      for (int i = from; i < from + group; i++) {
        variance += (values[i] - mean) * (values[i] - mean) / group;
      }
      for (int i = from; i < from + group; i++) {
        result[i] = (values[i] - mean) / Math.sqrt(variance + 1e-5);
      }
    }
    return result;
  }

  private float[] numbers(int count) {
    var numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return numbers;
  }

  private static void assertClose(NDArray found, double[] expected) {
    var values = found.toFloatArray();
    assertThat(values).hasSize(expected.length);
    for (int i = 0; i < values.length; i++) {
      assertThat((double) values[i]).isCloseTo(expected[i], within(CLOSE));
    }
  }

  private static PtNDArray pt(NDArray array) {
    return JniUtils.reshape((PtNDArray) array, array.getShape().getShape());
  }
}
