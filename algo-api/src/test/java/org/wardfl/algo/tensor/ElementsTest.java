package org.wardfl.algo.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ElementsTest {

  @ParameterizedTest
  @EnumSource(DType.class)
  void smallWholeNumbersSurviveEveryType(DType dtype) {
    double[] values = dtype == DType.BOOL ? new double[] {0, 1, 1, 0} : new double[] {0, 1, 100, 7};
    assertThat(roundTrip(dtype, values)).containsExactly(values);
  }

  @Test
  void integersAreTruncatedTowardZeroWithinTheirRange() {
    assertThat(roundTrip(DType.I64, 3.8, -3.8)).containsExactly(3, -3);
    assertThat(roundTrip(DType.I8, 300, -300, -3.9)).containsExactly(127, -128, -3);
    assertThat(roundTrip(DType.U8, 300, -1, 255.9)).containsExactly(255, 0, 255);
    assertThat(roundTrip(DType.U64, 0x1p63, 0x1.fffffffffffffp63))
        .containsExactly(0x1p63, 0x1.fffffffffffffp63);
    assertThat(roundTrip(DType.U32, 0x1p40, -5)).containsExactly(0xffffffffp0, 0);
  }

  @Test
  void halfPrecisionRoundsOnce() {
    // Just above the middle of two neighbours: rounding to float first would hit the middle and go
    // to even.
    double middle = 1 + 0x1p-11;
    assertThat(roundTrip(DType.F16, middle, Math.nextUp(middle), Math.nextDown(middle)))
        .containsExactly(1, 1 + 0x1p-10, 1);
    assertThat(roundTrip(DType.F16, 65504, 1e9, -1e-12))
        .containsExactly(65504, Double.POSITIVE_INFINITY, -0.0);
  }

  @Test
  void bfloatRoundsToNearestEven() {
    assertThat(
            roundTrip(DType.BF16, 1 + 0x1p-8, 1 + 3 * 0x1p-8, Double.NaN, Double.NEGATIVE_INFINITY))
        .containsExactly(1, 1 + 0x1p-6, Double.NaN, Double.NEGATIVE_INFINITY);
  }

  @Test
  void floatDifferencesEqualFloatArithmetic() throws Exception {
    var random = new Random(11);
    float[] left = new float[40_000];
    float[] right = new float[left.length];
    for (int i = 0; i < left.length; i++) {
      left[i] = Float.intBitsToFloat(random.nextInt() & 0xbfffffff);
      right[i] =
          i % 3 == 0 ? left[i] * 1.0000001f : Float.intBitsToFloat(random.nextInt() & 0xbfffffff);
    }
    var difference =
        Combination.difference(
            TensorMap.of(Tensor.floats("w", left, left.length)),
            TensorMap.of(Tensor.floats("w", right, left.length)));
    try (var arena = Arena.ofConfined()) {
      var bytes = arena.allocate(4L * left.length);
      difference.read(difference.specs().getFirst(), 0, bytes);
      var result = Tensor.of(difference.specs().getFirst(), bytes).toFloats();
      for (int i = 0; i < left.length; i++) {
        assertThat(Float.floatToIntBits(result[i]))
            .isEqualTo(Float.floatToIntBits(left[i] - right[i]));
      }
    }
  }

  @Test
  void aDifferenceToNothingIsLeftOutAndNotZero() {
    var trained =
        TensorMap.of(
            Tensor.floats("a", new float[] {1}, 1), Tensor.floats("b", new float[] {2}, 1));
    var base = TensorMap.of(Tensor.floats("a", new float[] {1}, 1));
    assertThat(Combination.difference(trained, base).specs().stream().map(TensorSpec::name))
        .containsExactly("a");
  }

  private static double[] roundTrip(DType dtype, double... values) {
    var elements = new Elements(dtype, values.length);
    try (var arena = Arena.ofConfined()) {
      var block = arena.allocate((long) values.length * dtype.sizeBytes());
      elements.encode(values, block);
      var back = new double[values.length];
      elements.decode(block, back);
      return Arrays.copyOf(back, values.length);
    }
  }
}
