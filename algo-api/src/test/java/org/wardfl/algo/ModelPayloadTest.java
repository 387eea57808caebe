package org.wardfl.algo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardfl.algo.tensor.DType;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.algo.tensor.TensorSpec;

class ModelPayloadTest {

  @Test
  void aTensorIsACopyThatOutlivesThePayload() throws Exception {
    Tensor kept;
    try (var arena = Arena.ofConfined()) {
      var view = Tensor.of(TensorSpec.of("n", DType.I64, 2), arena.allocate(16));
      kept = payload(view).tensor("n", DType.I64, 2);
    }
    assertThat(kept.toLongs()).containsExactly(0, 0);
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void aTensorThatIsNotFiniteIsRefused(float value) {
    var payload = payload(Tensor.floats("w", new float[] {1, value}, 2));
    assertThatExceptionOfType(AlgoException.NonFinite.class)
        .isThrownBy(() -> payload.tensor("w", DType.F32, 2))
        .withMessage("tensor w of the received model holds NaN or infinity");
  }

  @Test
  void aTensorThatDoesNotFitIsRefused() {
    var payload = payload(Tensor.floats("w", new float[] {1, 2}, 2));
    assertThatExceptionOfType(AlgoException.InvalidModel.class)
        .isThrownBy(() -> payload.tensor("v", DType.F32, 2))
        .withMessage("tensor v is not in the received model");
    assertThatExceptionOfType(AlgoException.InvalidModel.class)
        .isThrownBy(() -> payload.tensor("w", DType.F32, 2, 1))
        .withMessage("tensor w: F32[2], expected F32[2, 1]");
    assertThatExceptionOfType(AlgoException.InvalidModel.class)
        .isThrownBy(() -> payload.tensor("w", DType.F64, 2))
        .withMessage("tensor w: F32[2], expected F64[2]");
  }

  @Test
  void aTensorThatNobodyReadsIsRefused() throws Exception {
    var payload = payload(Tensor.floats("w", new float[] {1, 2}, 2));
    assertThat(payload.only("v", "w")).isSameAs(payload);
    assertThatExceptionOfType(AlgoException.InvalidModel.class)
        .isThrownBy(() -> payload.only("v", "u"))
        .withMessage("the received model has a tensor w, expected v, u and no other");
  }

  private static ModelPayload payload(Tensor tensor) {
    return new ModelPayload(TensorMap.of(tensor), WeightType.FULL);
  }
}
