package org.wardfl.aggregator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.TrainSummary;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;

class UpdateCheckTest {

  private static final SiteName SITE = new SiteName("site-2");
  private static final TensorMap MODEL =
      TensorMap.of(Tensor.floats("w", new float[] {0, 0}, 2, 1), Tensor.longs("n", new long[] {0}));

  @Test
  void aGoodUpdateIsAcceptedWithItsNormAndCountersDoNotCount() throws IOException {
    assertThat(check(update(3, 4, 1_000_000))).isEqualTo(new UpdateCheck.Accepted(5));
  }

  @Test
  void whatTheJobExcludesDoesNotCountInTheNormButMustBeFinite() throws IOException {
    var check =
        new UpdateCheck(
            TensorMap.of(
                Tensor.floats("w", new float[2], 2), Tensor.floats("head", new float[1], 1)),
            4,
            WeightType.DIFF,
            _ -> false,
            "head"::equals,
            100,
            1000,
            500,
            Set.of());
    var summary = new TrainSummary(1, 1);
    assertThat(check.check(SITE, 4, WeightType.DIFF, summary, withHead(1e6f)))
        .isEqualTo(new UpdateCheck.Accepted(5));
    refused(
        check.check(SITE, 4, WeightType.DIFF, summary, withHead(Float.NaN)),
        UpdateCheck.Reason.NOT_FINITE,
        "tensor head from site-2 holds a value that is not finite");
  }

  @Test
  void everyReasonHasItsSentence() throws IOException {
    refused(
        check(update(Float.NaN, 0, 0)),
        UpdateCheck.Reason.NOT_FINITE,
        "tensor w from site-2 holds a value that is not finite");
    refused(
        check(update(0, Float.POSITIVE_INFINITY, 0)),
        UpdateCheck.Reason.NOT_FINITE,
        "tensor w from site-2 holds a value that is not finite");
    refused(
        check(update(300, 400, 0)),
        UpdateCheck.Reason.NORM,
        "update from site-2 has norm 500.0, expected at most 100.0");
    refused(
        check(TensorMap.of(Tensor.floats("w", new float[] {0, 0}, 2, 1))),
        UpdateCheck.Reason.MISSING_TENSOR,
        "update from site-2 lacks tensor n");
    refused(
        check(
            TensorMap.of(
                Tensor.floats("w", new float[] {0}, 1, 1), Tensor.longs("n", new long[] {0}))),
        UpdateCheck.Reason.SHAPE,
        "tensor w from site-2: shape [1, 1] expected [2, 1]");
    refused(
        check(
            TensorMap.of(
                Tensor.doubles("w", new double[] {0, 0}, 2, 1), Tensor.longs("n", new long[] {0}))),
        UpdateCheck.Reason.DTYPE,
        "tensor w from site-2: F64 expected F32");
    refused(
        check(TensorMap.of(Tensor.floats("x", new float[] {0}, 1))),
        UpdateCheck.Reason.UNKNOWN_TENSOR,
        "tensor x from site-2 is not in the model");
  }

  @Test
  void claimsAreCheckedBeforeValues() throws IOException {
    var good = update(1, 1, 1);
    refused(
        rule(Set.of()).check(SITE, 3, WeightType.DIFF, new TrainSummary(1, 1), good),
        UpdateCheck.Reason.ROUND,
        "update of round 3 from site-2, expected round 4");
    refused(
        rule(Set.of(SITE)).check(SITE, 4, WeightType.DIFF, new TrainSummary(1, 1), good),
        UpdateCheck.Reason.DUPLICATE,
        "second update from site-2 in round 4");
    refused(
        rule(Set.of()).check(SITE, 4, WeightType.FULL, new TrainSummary(1, 1), good),
        UpdateCheck.Reason.WEIGHT_TYPE,
        "site-2 sent FULL weights, expected DIFF");
    refused(
        rule(Set.of()).check(SITE, 4, WeightType.DIFF, new TrainSummary(1001, 1), good),
        UpdateCheck.Reason.ITERATIONS,
        "site-2 claims 1001 iterations, expected at most 1000");
    refused(
        rule(Set.of()).check(SITE, 4, WeightType.DIFF, new TrainSummary(1, Long.MAX_VALUE), good),
        UpdateCheck.Reason.SAMPLES,
        "site-2 claims 9223372036854775807 samples, expected at most 500");
  }

  private static UpdateCheck rule(Set<SiteName> answered) {
    return new UpdateCheck(
        MODEL, 4, WeightType.DIFF, _ -> false, _ -> false, 100, 1000, 500, answered);
  }

  private static UpdateCheck.Decision check(TensorMap update) throws IOException {
    return rule(Set.of()).check(SITE, 4, WeightType.DIFF, new TrainSummary(3, 12), update);
  }

  private static TensorMap update(float first, float second, long counter) {
    return TensorMap.of(
        Tensor.floats("w", new float[] {first, second}, 2, 1),
        Tensor.longs("n", new long[] {counter}));
  }

  private static TensorMap withHead(float head) {
    return TensorMap.of(
        Tensor.floats("w", new float[] {3, 4}, 2), Tensor.floats("head", new float[] {head}, 1));
  }

  private static void refused(
      UpdateCheck.Decision decision, UpdateCheck.Reason reason, String sentence) {
    assertThat(decision).isEqualTo(new UpdateCheck.Refused(reason, sentence));
  }
}
