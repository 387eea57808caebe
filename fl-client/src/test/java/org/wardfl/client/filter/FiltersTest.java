package org.wardfl.client.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.TrainSummary;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.model.ModelFile;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.proto.job.FilterDefinition;

class FiltersTest {

  private static final TensorMap UPDATE =
      TensorMap.of(
          Tensor.floats("a", new float[] {3, -0.5f, 0}, 3),
          Tensor.floats("b", new float[] {-4, 1}, 2),
          Tensor.longs("count", new long[] {1000}, 1));

  @TempDir private Path folder;

  @Test
  void normClipScalesEverythingButCounters() throws Exception {
    double norm = Math.sqrt(9 + 0.25 + 16 + 1);
    var clipped = apply("norm-clip", Map.of("bound", 1.0), UPDATE, WeightType.DIFF, 5);
    assertThat(clipped.tensor("a").toFloats()[0]).isCloseTo((float) (3 / norm), within(1e-7f));
    assertThat(clipped.tensor("count").toLongs()).containsExactly(1000);
    var whole = apply("norm-clip", Map.of("bound", 100.0), UPDATE, WeightType.DIFF, 5);
    assertThat(whole.tensor("b").toFloats()).containsExactly(-4, 1);
  }

  @Test
  void percentilePrivacyIsThatOfTheDefinition() throws Exception {
    var random = new Random(4);
    var values = new float[10_001];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    double steps = 7;
    var sorted = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      sorted[i] = Math.abs((float) (values[i] / steps));
    }
    Arrays.sort(sorted);
    double rank = 0.35 * (values.length - 1);
    int below = (int) rank;
    double cutOff = sorted[below] + (sorted[below + 1] - sorted[below]) * (rank - below);
    var filtered =
        apply(
                "percentile-privacy",
                Map.of("percentile", 35.0, "gamma", 0.1),
                TensorMap.of(Tensor.floats("w", values, values.length)),
                WeightType.DIFF,
                7)
            .tensor("w")
            .toFloats();
    int zeros = 0;
    for (int i = 0; i < values.length; i++) {
      double perStep = values[i] / steps;
      double expected =
          Math.abs((float) perStep) < cutOff ? 0 : Math.clamp(perStep, -0.1, 0.1) * steps;
      assertThat(filtered[i]).isCloseTo((float) expected, within(1e-6f));
      zeros += filtered[i] == 0 ? 1 : 0;
    }
    assertThat(zeros).isEqualTo(3500);
  }

  @Test
  void excludedTensorsDoNotLeave() throws Exception {
    var kept =
        apply(
            "exclude-variables",
            Map.of("patterns", List.of("^b$", "cou")),
            UPDATE,
            WeightType.FULL,
            1);
    assertThat(kept.specs()).extracting(spec -> spec.name()).containsExactly("a");
  }

  @Test
  void aFilterThatCannotApplyRefuses() {
    refused("norm-clip", Map.of("bound", 1.0), WeightType.FULL, 5, "weight differences only");
    refused("percentile-privacy", Map.of(), WeightType.FULL, 5, "weight differences only");
    refused("percentile-privacy", Map.of(), WeightType.DIFF, 0, "no step to divide by");
    refused(
        "exclude-variables",
        Map.of("patterns", List.of("typo")),
        WeightType.DIFF,
        5,
        "no tensor matches 'typo'");
    refused(
        "exclude-variables",
        Map.of("patterns", List.of(".")),
        WeightType.DIFF,
        5,
        "nothing would be left");
  }

  @Test
  void settingsThatFlaresFiltersLetPassAreRefused() {
    wrong("percentile-privacy", Map.of("percentile", 101L), "expected 0 to 100");
    wrong("percentile-privacy", Map.of("gamma", 0L), "expected a positive number");
    wrong("norm-clip", Map.of("bound", -1L), "expected a positive number");
    wrong("norm-clip", Map.of("bond", 1L), "unknown argument `bond`");
    wrong("norm_clip", Map.of(), "unknown filter `norm_clip`");
  }

  private TensorMap apply(
      String type, Map<String, Object> arguments, TensorMap update, WeightType form, long steps)
      throws Exception {
    var filter = Filters.of(new FilterDefinition(type, new Arguments(arguments)));
    var file = folder.resolve("filtered");
    ModelWriter.write(filter.apply(update, form, new TrainSummary(steps, 10)), file);
    try (var model = ModelFile.open(file)) {
      return model.load();
    }
  }

  private void refused(
      String type, Map<String, Object> arguments, WeightType form, long steps, String expected) {
    assertThatThrownBy(() -> apply(type, arguments, UPDATE, form, steps))
        .isInstanceOf(FilterRefusalException.class)
        .hasMessageContaining(expected);
  }

  private static void wrong(String type, Map<String, Object> arguments, String expected) {
    assertThatThrownBy(() -> Filters.of(new FilterDefinition(type, new Arguments(arguments))))
        .isInstanceOf(AlgoException.Configuration.class)
        .hasMessageContaining(expected);
  }
}
