package org.wardfl.algo.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.tensor.DType;
import org.wardfl.algo.tensor.Role;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.algo.tensor.TensorSpec;

class ModelDifferenceTest {

  @TempDir private Path folder;

  @Test
  void aModelIsIdenticalToItselfInAFileAndInAnyOrder() throws Exception {
    var one = Tensor.floats("a", new float[] {1, Float.NaN, -0f}, 3);
    var two = Tensor.longs("b", new long[] {9}, 1);
    ModelWriter.write(TensorMap.of(one, two), folder.resolve("m"));
    try (var file = ModelFile.open(folder.resolve("m"))) {
      var difference = ModelDifference.between(file, TensorMap.of(two, one));
      assertThat(difference.isIdentical()).isTrue();
      assertThat(difference.maxAbsolute()).isZero();
      assertThat(difference.tensors()).hasSize(2);
    }
  }

  @Test
  void valuesAreComparedTensorByTensor() throws Exception {
    var first = TensorMap.of(floats("w", 3, 4, 0), floats("same", 1), floats("zero", 0));
    var second = TensorMap.of(floats("w", 3, 1, 4), floats("same", 1), floats("zero", 2));
    var difference = ModelDifference.between(first, second);
    assertThat(difference.isIdentical()).isFalse();
    assertThat(difference.maxAbsolute()).isEqualTo(4);
    assertThat(difference.tensors())
        .containsExactly(
            new TensorDifference("w", 2, 0, 4, 5, 5),
            new TensorDifference("same", 0, 0, 0, 0, 1),
            new TensorDifference("zero", 1, 0, 2, 2, 0));
    assertThat(difference.tensors().get(0).relative()).hasValue(1);
    assertThat(difference.tensors().get(1).relative()).hasValue(0);
    assertThat(difference.tensors().get(2).relative()).isEmpty();
  }

  @Test
  void namesAndDescriptionsAreCompared() throws Exception {
    var buffer = TensorSpec.of("role", DType.F32, 1).withRole(Role.BUFFER);
    var first =
        TensorMap.of(
            floats("left", 1), floats("shape", 1, 2), floats("type", 1), floats("role", 1));
    var second =
        TensorMap.of(
            floats("right", 1),
            Tensor.floats("shape", new float[] {1, 2}, 2, 1),
            Tensor.doubles("type", new double[] {1}, 1),
            Tensor.floats(buffer, new float[] {1}));
    var difference = ModelDifference.between(first, second);
    assertThat(difference.onlyInFirst()).containsExactly("left");
    assertThat(difference.onlyInSecond()).containsExactly("right");
    assertThat(difference.mismatches().stream().map(ModelDifference.Mismatch::name))
        .containsExactly("shape", "type", "role");
    assertThat(difference.mismatches().get(2).second()).isEqualTo(buffer);
    assertThat(difference.tensors()).containsExactly(new TensorDifference("role", 0, 0, 0, 0, 1));
    assertThat(difference.isIdentical()).isFalse();
  }

  @Test
  void eachPartAloneMakesModelsDiffer() throws Exception {
    var model = TensorMap.of(floats("w", 1));
    var buffer = TensorSpec.of("w", DType.F32, 1).withRole(Role.BUFFER);
    for (var other :
        List.of(
            TensorMap.of(),
            TensorMap.of(floats("w", 1), floats("more", 1)),
            TensorMap.of(Tensor.floats(buffer, new float[] {1})),
            TensorMap.of(floats("w", Math.nextUp(1f))))) {
      assertThat(ModelDifference.between(model, other).isIdentical()).isFalse();
      assertThat(ModelDifference.between(other, model).isIdentical()).isFalse();
    }
  }

  @Test
  void anAliasIsComparedLikeATensor() throws Exception {
    var once = TensorMap.builder().add(floats("a", 1, 2)).alias("b", "a").build();
    assertThat(
            ModelDifference.between(once, TensorMap.of(floats("a", 1, 2), floats("b", 1, 5)))
                .tensors())
        .containsExactly(
            new TensorDifference("a", 0, 0, 0, 0, Math.sqrt(5)),
            new TensorDifference("b", 1, 0, 3, 3, Math.sqrt(5)));
    assertThat(ModelDifference.between(TensorMap.of(floats("a", 1, 2)), once).onlyInSecond())
        .containsExactly("b");
  }

  @Test
  void tensorsThatAreTiedOtherwiseAreToldEvenIfTheirValuesAreEqual() throws Exception {
    var once = TensorMap.builder().add(floats("a", 1)).alias("b", "a").build();
    var twice = TensorMap.of(floats("a", 1), floats("b", 1));
    var difference = ModelDifference.between(once, twice);
    assertThat(difference.ties()).containsExactly(new ModelDifference.Tie("b", "a", "b"));
    assertThat(difference.tensors()).allMatch(TensorDifference::isIdentical);
    assertThat(difference.isIdentical()).isFalse();
    assertThat(ModelDifference.between(twice, once).ties())
        .containsExactly(new ModelDifference.Tie("b", "b", "a"));
    assertThat(ModelDifference.between(once, once).isIdentical()).isTrue();
  }

  @Test
  void modelsAreIdenticalExactlyIfTheirFilesHaveTheSameBytes() throws Exception {
    var buffer = TensorSpec.of("a", DType.F32, 1).withRole(Role.BUFFER);
    var models =
        List.of(
            TensorMap.of(floats("a", 1), floats("b", 1)),
            TensorMap.of(floats("b", 1), floats("a", 1)),
            TensorMap.builder().add(floats("a", 1)).alias("b", "a").build(),
            TensorMap.builder().add(floats("b", 1)).alias("a", "b").build(),
            TensorMap.of(floats("a", 1)),
            TensorMap.of(Tensor.floats(buffer, new float[] {1}), floats("b", 1)),
            TensorMap.of(Tensor.floats("a", new float[] {1}, 1, 1), floats("b", 1)),
            TensorMap.of(floats("a", -0f), floats("b", 1)),
            TensorMap.of(floats("a", 0f), floats("b", 1)));
    int same = 0;
    for (var one : models) {
      for (var other : models) {
        boolean bytes =
            ModelWriter.write(one, folder.resolve("one"))
                .equals(ModelWriter.write(other, folder.resolve("other")));
        assertThat(ModelDifference.between(one, other).isIdentical())
            .as("%s and %s", one.specs(), other.specs())
            .isEqualTo(bytes);
        same += bytes ? 1 : 0;
      }
    }
    // Each with itself, and the first two with each other.
    assertThat(same).isEqualTo(models.size() + 2);
  }

  @Test
  void nonFiniteValuesAreCountedAndLeftOut() throws Exception {
    float infinity = Float.POSITIVE_INFINITY;
    var difference =
        ModelDifference.between(
            TensorMap.of(floats("w", Float.NaN, infinity, 1, Float.NaN, 0f)),
            TensorMap.of(floats("w", Float.NaN, -infinity, 3, 7, -0f)));
    assertThat(difference.tensors()).containsExactly(new TensorDifference("w", 4, 2, 2, 2, 1));
  }

  @Test
  void aDifferenceBeyondFloat64IsInfinite() throws Exception {
    var difference =
        ModelDifference.between(
                TensorMap.of(Tensor.doubles("w", new double[] {1e308, 1}, 2)),
                TensorMap.of(Tensor.doubles("w", new double[] {-1e308, 1}, 2)))
            .tensors()
            .getFirst();
    assertThat(difference.maxAbsolute()).isInfinite();
    assertThat(difference.l2()).isInfinite();
    assertThat(difference.nonFinite()).isZero();
  }

  @Test
  void largeIntegersDifferByOne() throws Exception {
    long large = (1L << 62) + 1;
    var signed =
        ModelDifference.between(
            TensorMap.of(Tensor.longs("n", new long[] {large, Long.MIN_VALUE}, 2)),
            TensorMap.of(Tensor.longs("n", new long[] {large + 1, Long.MIN_VALUE}, 2)));
    assertThat(signed.maxAbsolute()).isEqualTo(1);
    var apart =
        ModelDifference.between(
            TensorMap.of(Tensor.longs("n", new long[] {Long.MIN_VALUE}, 1)),
            TensorMap.of(Tensor.longs("n", new long[] {Long.MAX_VALUE}, 1)));
    assertThat(apart.maxAbsolute()).isEqualTo(0x1p64);
    var spec = TensorSpec.of("n", DType.U64, 1);
    var unsigned =
        ModelDifference.between(
            TensorMap.of(unsigned(spec, -1)), TensorMap.of(unsigned(spec, Long.MAX_VALUE)));
    assertThat(unsigned.maxAbsolute()).isEqualTo(0x1p63);
  }

  @Test
  void severalBlocksAreComparedAsOne() throws Exception {
    var left = new float[50_000];
    var right = left.clone();
    right[3] = 3;
    right[49_999] = 4;
    assertThat(
            ModelDifference.between(
                    TensorMap.of(Tensor.floats("w", left, left.length)),
                    TensorMap.of(Tensor.floats("w", right, right.length)))
                .tensors())
        .containsExactly(new TensorDifference("w", 2, 0, 4, 5, 0));
  }

  private static Tensor unsigned(TensorSpec spec, long bits) {
    return Tensor.of(spec, Tensor.longs("n", new long[] {bits}, 1).data());
  }

  private static Tensor floats(String name, float... values) {
    return Tensor.floats(name, values, values.length);
  }
}
