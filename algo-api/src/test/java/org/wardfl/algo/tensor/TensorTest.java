package org.wardfl.algo.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TensorTest {

  @Test
  void aTensorIsACopyInLittleEndianRowMajorOrder() {
    var values = new float[] {1, 2, 3, 4, 5, 6};
    var tensor = Tensor.floats("w", values, 2, 3);
    values[0] = 9;
    assertThat(tensor.spec()).isEqualTo(TensorSpec.of("w", DType.F32, 2, 3));
    assertThat(tensor.toFloats()).containsExactly(1, 2, 3, 4, 5, 6);
    var little = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    assertThat(tensor.data().get(little, 4 * 3)).isEqualTo(4);
    assertThat(tensor).hasToString("w F32[2, 3]");
  }

  @Test
  void aViewShowsItsSegmentAndIsReadOnly() {
    var memory = MemorySegment.ofArray(new byte[8]);
    var tensor = Tensor.of(TensorSpec.of("n", DType.I64), memory);
    memory.set(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0, 5);
    assertThat(tensor.toLongs()).containsExactly(5);
    assertThat(tensor.data().isReadOnly()).isTrue();
    assertThatThrownBy(() -> tensor.data().set(ValueLayout.JAVA_BYTE, 0, (byte) 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theSizeMustFit() {
    var spec = TensorSpec.of("w", DType.F32, 3);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Tensor.of(spec, MemorySegment.ofArray(new byte[11])))
        .withMessage("tensor w: 11 bytes, expected 12");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Tensor.floats("w", new float[2], 3))
        .withMessage("tensor w: 2 F32 values, expected [3] of F32");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Tensor.floats(TensorSpec.of("w", DType.F64, 2), new float[2]))
        .withMessage("tensor w: 2 F32 values, expected [2] of F64");
    assertThatIllegalArgumentException().isThrownBy(() -> Tensor.longs("n", new long[2], 3));
    assertThatIllegalArgumentException().isThrownBy(() -> Tensor.doubles("d", new double[2], 3));
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void valuesAreConvertedFromEveryType(DType dtype) {
    var tensor = encoded(dtype, 0, 1);
    assertThat(tensor.toDoubles()).containsExactly(0, 1);
    if (dtype.isFloating()) {
      assertThat(tensor.toFloats()).containsExactly(0, 1);
      assertThatIllegalStateException().isThrownBy(tensor::toLongs);
    } else {
      assertThat(tensor.toLongs()).containsExactly(0, 1);
      assertThatIllegalStateException()
          .isThrownBy(tensor::toFloats)
          .withMessage("tensor x is " + dtype + ", expected a floating type");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F16", "BF16", "F32", "F64"})
  void valuesThatAreNotFiniteAreFoundWhereverTheyStand(DType dtype) {
    assertThat(encoded(dtype).isFinite()).isTrue();
    // Longer than two blocks, so that the first, an inner and the last block count.
    for (int at : new int[] {0, 1 << 14, 40_000}) {
      for (double value :
          new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
        var values = new double[40_001];
        assertThat(encoded(dtype, values).isFinite()).isTrue();
        values[at] = value;
        assertThat(encoded(dtype, values).isFinite()).as("%s at %d", value, at).isFalse();
      }
    }
  }

  @Test
  void integersAreAlwaysFinite() {
    // The bits of a float NaN.
    assertThat(Tensor.longs("n", new long[] {-1, 0x7fc00000}, 2).isFinite()).isTrue();
  }

  @Test
  void aScalarHasOneElementAndAnEmptyTensorNone() {
    assertThat(Tensor.floats("s", new float[] {3}).toFloats()).containsExactly(3);
    assertThat(Tensor.floats("e", new float[0], 4, 0).toDoubles()).isEmpty();
  }

  @Test
  void shapesAreChecked() {
    assertThat(Shape.of(2, 3, 4).elements()).isEqualTo(24);
    assertThat(Shape.of().elements()).isEqualTo(1);
    assertThat(Shape.of(1L << 40, 0).elements()).isZero();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Shape.of(2, -1))
        .withMessage("negative extent in shape [2, -1]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Shape.of(1L << 32, 1L << 32))
        .withMessageContaining("more than 2^63 - 1 elements");
    var ranks = new long[Shape.MAX_RANK + 1];
    Arrays.fill(ranks, 1);
    assertThatIllegalArgumentException().isThrownBy(() -> Shape.of(ranks));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "__metadata__", "a\nb", "a\u0000"})
  void namesAreChecked(String name) {
    assertThatIllegalArgumentException().isThrownBy(() -> TensorSpec.of(name, DType.F32, 1));
  }

  @Test
  void sizesAreChecked() {
    assertThat(TensorSpec.of("x".repeat(1024), DType.F16, 3).sizeBytes()).isEqualTo(6);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TensorSpec.of("x".repeat(1025), DType.F16, 3));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TensorSpec.of("x", DType.F64, 1L << 60))
        .withMessageContaining("exceeds 2^63 - 1 bytes");
  }

  @Test
  void theTypeSuggestsTheRole() {
    assertThat(TensorSpec.of("w", DType.BF16, 1).role()).isEqualTo(Role.PARAMETER);
    assertThat(TensorSpec.of("n", DType.U8, 1).role()).isEqualTo(Role.COUNTER);
    assertThat(TensorSpec.of("w", DType.F32, 1).withRole(Role.CONSTANT).role())
        .isEqualTo(Role.CONSTANT);
  }

  private static Tensor encoded(DType dtype, double... values) {
    var data = Arena.ofAuto().allocate((long) values.length * dtype.sizeBytes());
    new Elements(dtype, values.length).encode(values, data);
    return Tensor.of(TensorSpec.of("x", dtype, values.length), data);
  }
}
