package org.wardfl.algo.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TensorMapTest {

  private static final Tensor A = Tensor.floats("a", new float[] {1, 2}, 2);
  private static final Tensor B = Tensor.longs("b", new long[] {7});

  @Test
  void tensorsKeepTheirOrder() {
    assertThat(TensorMap.of(B, A).specs()).containsExactly(B.spec(), A.spec());
    assertThat(TensorMap.of(A, B).specs()).containsExactly(A.spec(), B.spec());
    assertThat(TensorMap.of(A, B).sizeBytes()).isEqualTo(8 + 8);
  }

  @Test
  void anAliasIsAnotherNameForAStoredTensor() {
    var map = TensorMap.builder().add(A).alias("tied", "a").build();
    assertThat(map.tensor("tied")).isSameAs(A);
    assertThat(map.contains("tied")).isTrue();
    assertThat(map.spec("tied")).contains(A.spec());
    assertThat(map.size()).isEqualTo(1);
    assertThat(map.sizeBytes()).isEqualTo(8);
    assertThat(map.aliases()).isEqualTo(Map.of("tied", "a"));
  }

  @Test
  void whatIsNotThereIsNamed() {
    var map = TensorMap.of(A, B);
    assertThat(map.contains("c")).isFalse();
    assertThat(map.spec("c")).isEmpty();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> map.tensor("c"))
        .withMessage("no tensor c; there are [a, b]");
  }

  @Test
  void namesAreUnique() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TensorMap.of(A, A))
        .withMessage("tensor a is given twice");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TensorMap.builder().add(A).add(B).alias("b", "a").build())
        .withMessage("alias b is also a tensor's name");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TensorMap.builder().add(A).alias("t", "a").alias("t", "a"))
        .withMessage("alias t is given twice");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TensorMap.builder().add(A).alias("t", "c").build())
        .withMessage("alias t names no tensor: c");
  }

  @Test
  void aBuilderThatGoesOnLeavesItsMapAlone() {
    var builder = TensorMap.builder().add(A);
    var map = builder.build();
    builder.add(B).alias("tied", "a");
    assertThat(map.specs()).containsExactly(A.spec());
    assertThat(map.aliases()).isEmpty();
  }

  @Test
  void pieceOfATensorIsRead() throws Exception {
    var into = MemorySegment.ofArray(new byte[4]);
    TensorMap.of(A, B).read(A.spec(), 4, into);
    assertThat(into.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 0)).isEqualTo(2);
  }

  @Test
  void readingDoesNotLeaveTheTensor() {
    var into = MemorySegment.ofArray(new byte[8]);
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> TensorMap.of(A, B).read(A.spec(), 4, into));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TensorMap.of(A).read(B.spec(), 0, into))
        .withMessage("no tensor b");
  }

  @Test
  void aSelectionHasItsTensorsAndTheirAliasesOnly() throws Exception {
    var map = TensorMap.builder().add(A).add(B).alias("tied", "a").alias("count", "b").build();
    var selection = Selection.of(map, spec -> spec.dtype().isFloating());
    assertThat(selection.specs()).containsExactly(A.spec());
    assertThat(selection.aliases()).isEqualTo(Map.of("tied", "a"));
    assertThat(selection.spec("tied")).contains(A.spec());
    assertThat(selection.spec("b")).isEmpty();
    assertThat(selection.sizeBytes()).isEqualTo(8);
    var into = MemorySegment.ofArray(new byte[8]);
    selection.read(A.spec(), 0, into);
    assertThat(into.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4)).isEqualTo(2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> selection.read(B.spec(), 0, into))
        .withMessage("no tensor b");
  }
}
