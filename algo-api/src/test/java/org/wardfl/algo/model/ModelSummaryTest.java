package org.wardfl.algo.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardfl.algo.tensor.DType;
import org.wardfl.algo.tensor.Elements;
import org.wardfl.algo.tensor.Role;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.algo.tensor.TensorSource;
import org.wardfl.algo.tensor.TensorSpec;

class ModelSummaryTest {

  @TempDir private Path folder;

  @Test
  void aFileIsSummedUp() throws Exception {
    var file = folder.resolve("m.safetensors");
    var mean =
        Tensor.floats(
            TensorSpec.of("bn.running_mean", DType.F32, 2).withRole(Role.BUFFER),
            new float[] {5, 5});
    var hash =
        ModelWriter.write(
            TensorMap.builder()
                .add(Tensor.floats("w", new float[] {1, -2, 3, 4}, 2, 2))
                .add(mean)
                .add(Tensor.longs("batches", new long[] {7}))
                .alias("tied", "w")
                .build(),
            file);
    var summary = summary(file);
    assertThat(summary.hash()).isEqualTo(hash);
    assertThat(summary.fileBytes()).isEqualTo(Files.size(file));
    assertThat(summary.parameters()).isEqualTo(4);
    assertThat(summary.elements()).isEqualTo(7);
    assertThat(summary.dataBytes()).isEqualTo(8 + 4 * 6);
    assertThat(summary.aliases()).isEqualTo(Map.of("tied", "w"));
    assertThat(summary.notFinite()).isZero();
    assertThat(summary.tensors().stream().map(tensor -> tensor.spec().name()))
        .containsExactly("batches", "bn.running_mean", "w");
    var weight = summary.tensors().get(2);
    assertThat(weight.spec()).isEqualTo(TensorSpec.of("w", DType.F32, 2, 2));
    var range = weight.range().orElseThrow();
    assertThat(range.min()).isEqualTo(-2);
    assertThat(range.max()).isEqualTo(4);
    assertThat(range.mean()).isEqualTo(1.5);
    assertThat(range.l2Norm()).isEqualTo(Math.sqrt(1 + 4 + 9 + 16));
    assertThat(summary.tensors().get(0).range()).contains(new TensorSummary.Range(7, 7, 7, 7));
    assertThat(summary.tensors().get(1).spec().role()).isEqualTo(Role.BUFFER);
  }

  @Test
  void valuesThatAreNotFiniteAreCountedAndLeftOut() throws Exception {
    var file = folder.resolve("m");
    ModelWriter.write(
        TensorMap.of(
            Tensor.floats(
                "some",
                new float[] {
                  Float.NaN, 3, Float.POSITIVE_INFINITY, 4, Float.NEGATIVE_INFINITY, Float.NaN
                },
                6),
            Tensor.doubles("none", new double[] {Double.NaN}, 1)),
        file);
    var summary = summary(file);
    assertThat(summary.notFinite()).isEqualTo(5);
    assertThat(summary.tensors())
        .containsExactly(
            new TensorSummary(TensorSpec.of("none", DType.F64, 1), Optional.empty(), 1, 0),
            new TensorSummary(
                TensorSpec.of("some", DType.F32, 6),
                Optional.of(new TensorSummary.Range(3, 4, 3.5, 5)),
                2,
                2));
  }

  @Test
  void anEmptyTensorHasNoRange() throws Exception {
    assertThat(summary(Tensor.floats("empty", new float[0], 0, 3)).range()).isEmpty();
  }

  @Test
  void veryLargeAndVerySmallValuesNeitherOverflowNorVanish() throws Exception {
    var large = summary(Tensor.doubles("x", new double[] {3e307, 4e307, 0}, 3)).range();
    assertThat(large.orElseThrow().l2Norm()).isCloseTo(5e307, within(1e293));
    assertThat(large.orElseThrow().mean()).isCloseTo(7e307 / 3, within(1e293));
    var highest = summary(Tensor.doubles("x", new double[] {1.7e308, 1.7e308}, 2)).range();
    assertThat(highest.orElseThrow().mean()).isEqualTo(1.7e308);
    var small = summary(Tensor.doubles("x", new double[] {3e-310, -4e-310}, 2)).range();
    assertThat(small.orElseThrow().l2Norm()).isCloseTo(5e-310, within(2 * Double.MIN_VALUE));
  }

  @Test
  void severalBlocksAreSummedUpAsOne() throws Exception {
    // Blocks of very different size of numbers, so that the scale changes in both directions.
    var random = new Random(3);
    var values = new double[100_003];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextGaussian() * (i / 20_000 % 2 == 0 ? 1e-200 : 1e200);
    }
    double sum = Arrays.stream(values).sum();
    double norm = Math.sqrt(Arrays.stream(values).map(x -> x * 1e-200 * x * 1e-200).sum()) * 1e200;
    var range = summary(Tensor.doubles("x", values, values.length)).range().orElseThrow();
    // Rounding of 1e5 additions.
    assertThat(range.mean()).isCloseTo(sum / values.length, within(1e188));
    assertThat(range.l2Norm()).isCloseTo(norm, within(norm * 1e-13));
    assertThat(range.min()).isEqualTo(Arrays.stream(values).min().orElseThrow());
    assertThat(range.max()).isEqualTo(Arrays.stream(values).max().orElseThrow());
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void everyTypeIsSummedUp(DType dtype) throws Exception {
    double high = dtype == DType.BOOL ? 1 : 3;
    var data = Arena.ofAuto().allocate(2L * dtype.sizeBytes());
    new Elements(dtype, 2).encode(new double[] {0, high}, data);
    assertThat(summary(Tensor.of(TensorSpec.of("x", dtype, 2), data)).range())
        .contains(new TensorSummary.Range(0, high, high / 2, high));
  }

  @Test
  void aTensorIsNeverAskedForAsAWhole() throws Exception {
    var spec = TensorSpec.of("x", DType.U8, 1 << 20);
    var source = new LargestRead(spec);
    assertThat(TensorSummary.of(source, spec).range())
        .contains(new TensorSummary.Range(0, 0, 0, 0));
    assertThat(source.largest).isBetween(1L, 1L << 17);
  }

  private static ModelSummary summary(Path file) throws Exception {
    try (var model = ModelFile.open(file)) {
      return ModelSummary.of(model);
    }
  }

  private static TensorSummary summary(Tensor tensor) throws Exception {
    return TensorSummary.of(TensorMap.of(tensor), tensor.spec());
  }

  /// A tensor of zeros that remembers the largest piece asked for.
  private static final class LargestRead implements TensorSource {
    private final TensorSpec spec;
    private long largest;

    LargestRead(TensorSpec spec) {
      this.spec = spec;
    }

    @Override
    public List<TensorSpec> specs() {
      return List.of(spec);
    }

    @Override
    public Map<String, String> aliases() {
      return Map.of();
    }

    @Override
    public void read(TensorSpec of, long firstByte, MemorySegment into) {
      largest = Math.max(largest, into.byteSize());
      into.fill((byte) 0);
    }
  }
}
