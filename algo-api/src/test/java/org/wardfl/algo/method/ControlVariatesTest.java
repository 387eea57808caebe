package org.wardfl.algo.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.ModelPayload;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.tensor.Role;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;

class ControlVariatesTest {

  private static final int STEPS = 10;
  private static final double RATE = 0.1;

  @Test
  void aTaskFollowsOptionTwo() throws Exception {
    var received =
        model(Tensor.floats("w", new float[] {1, 2}, 2), variate("w", new float[] {0.5f, -1}));
    var state = TensorMap.of(variate("w", new float[] {2, 3}));
    var variates = ControlVariates.of(received, List.of("w"), state);
    // c - c_i
    assertThat(variates.correction("w").toFloats()).containsExactly(-1.5f, -4);
    var trained = TensorMap.of(Tensor.floats("w", new float[] {0, 3}, 2));
    var changed = variates.after(received.weights(), trained, 4, 0.25);
    // (x - y) / (4 * .25) = {1, -1}; c_i' = c_i - c + that; c + (c_i' - c_i) leaves.
    assertThat(changed.kept().tensor("scaffold.w").toFloats()).containsExactly(2.5f, 3);
    assertThat(changed.sent().tensor("scaffold.w").toFloats()).containsExactly(1, -1);
  }

  @Test
  void sitesThatDisagreeReachTheCommonMinimumAndVariatesStayTheirMean() throws Exception {
    // f_i(w) = a_i / 2 (w - t_i)^2, weighted 1 : 3.
    var curvature = new double[] {1, 4};
    var target = new double[] {-1, 2};
    var share = new double[] {0.25, 0.75};
    double minimum = (0.25 * 1 * -1 + 0.75 * 4 * 2) / (0.25 * 1 + 0.75 * 4);
    double w = 0;
    double c = 0;
    double plain = 0;
    var states = new TensorMap[] {TensorMap.of(), TensorMap.of()};
    for (int round = 0; round < 60; round++) {
      double nextW = 0;
      double nextC = 0;
      double nextPlain = 0;
      double mean = 0;
      for (int site = 0; site < 2; site++) {
        var received = model(Tensor.doubles("w", new double[] {w}, 1), variate("w", c));
        var variates = ControlVariates.of(received, List.of("w"), states[site]);
        double correction = variates.correction("w").toDoubles()[0];
        double y = w;
        double z = plain;
        for (int step = 0; step < STEPS; step++) {
          y -= RATE * (curvature[site] * (y - target[site]) + correction);
          z -= RATE * curvature[site] * (z - target[site]);
        }
        var trained = TensorMap.of(Tensor.doubles("w", new double[] {y}, 1));
        var changed = variates.after(received.weights(), trained, STEPS, RATE);
        states[site] = changed.kept();
        mean += share[site] * changed.kept().tensor("scaffold.w").toDoubles()[0];
        nextW += share[site] * y;
        nextC += share[site] * changed.sent().tensor("scaffold.w").toDoubles()[0];
        nextPlain += share[site] * z;
      }
      w = nextW;
      c = nextC;
      plain = nextPlain;
      assertThat(c).isCloseTo(mean, within(1e-12));
    }
    assertThat(w).isCloseTo(minimum, within(1e-9));
    assertThat(Math.abs(plain - minimum)).isGreaterThan(0.1);
  }

  @Test
  void aModelWithoutVariatesIsRefused() {
    var bare = model(Tensor.floats("w", new float[2], 2));
    assertThatThrownBy(() -> ControlVariates.of(bare, List.of("w"), TensorMap.of()))
        .isInstanceOf(AlgoException.InvalidModel.class)
        .hasMessage(
            "the received model has no control variate scaffold.w, which SCAFFOLD needs; `ward"
                + " model convert --control-variates` adds them to a first model");
  }

  @Test
  void variatesOfAnotherModelAreRefused() {
    var received = model(Tensor.floats("w", new float[2], 2), variate("w", new float[3]));
    assertThatThrownBy(() -> ControlVariates.of(received, List.of("w"), TensorMap.of()))
        .isInstanceOf(AlgoException.InvalidModel.class)
        .hasMessage("tensor scaffold.w: F32[3], expected F32[2]");
    var good = model(Tensor.floats("w", new float[2], 2), variate("w", new float[2]));
    for (var state :
        List.of(
            TensorMap.of(variate("w", new float[3])), TensorMap.of(variate("v", new float[2])))) {
      assertThatThrownBy(() -> ControlVariates.of(good, List.of("w"), state))
          .isInstanceOf(AlgoException.Failure.class)
          .hasMessageMatching(
              "the kept control variates are of another model: scaffold.w is"
                  + " (F32\\[3]|not among them), expected F32\\[2]");
    }
  }

  @Test
  void variatesAreAddedAndTakenAway() throws Exception {
    var bare =
        TensorMap.of(
            Tensor.floats("w", new float[] {1, 2}, 2), Tensor.longs("count", new long[] {7}, 1));
    var with = ControlVariates.withZeros(bare);
    assertThat(with.specs())
        .extracting(spec -> spec.name())
        .containsExactly("w", "count", "scaffold.w");
    assertThat(ControlVariates.in(with)).isTrue();
    assertThat(ControlVariates.withZeros(with)).isSameAs(with);
    var payload = new ModelPayload(with, WeightType.FULL);
    assertThat(ControlVariates.of(payload, List.of("w"), TensorMap.of()).correction("w").toFloats())
        .containsExactly(0, 0);
    assertThat(ControlVariates.without(with).specs()).isEqualTo(bare.specs());
    assertThat(ControlVariates.without(bare)).isSameAs(bare);
  }

  @Test
  void aLayerOfThatNameIsNoVariate() {
    var model = TensorMap.of(Tensor.floats("scaffold.w", new float[2], 2), variate("x", 1.0));
    assertThat(ControlVariates.in(model)).isFalse();
  }

  private static ModelPayload model(Tensor... tensors) {
    return new ModelPayload(TensorMap.of(tensors), WeightType.FULL);
  }

  private static Tensor variate(String of, float[] values) {
    var tensor = Tensor.floats("scaffold." + of, values, values.length);
    return Tensor.of(tensor.spec().withRole(Role.BUFFER), tensor.data());
  }

  private static Tensor variate(String of, double value) {
    var tensor = Tensor.doubles("scaffold." + of, new double[] {value}, 1);
    return Tensor.of(tensor.spec().withRole(Role.BUFFER), tensor.data());
  }
}
