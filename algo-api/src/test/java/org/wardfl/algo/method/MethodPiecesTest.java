package org.wardfl.algo.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.Metrics;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;

/// The small pieces that methods are made of.
class MethodPiecesTest {

  @Test
  void aProximalTermPullsTowardTheStart() {
    var gradient = new float[] {1, 1};
    new Proximal(0.5).addTo(gradient, new float[] {3, -1}, new float[] {1, 1});
    assertThat(gradient).containsExactly(2, 0);
    var doubles = new double[] {1, 1};
    new Proximal(0.5).addTo(doubles, new double[] {3, -1}, new double[] {1, 1});
    assertThat(doubles).containsExactly(2, 0);
  }

  @Test
  void aPullOfZeroChangesNoBit() {
    var gradient = new float[] {-0.0f, Float.MIN_VALUE};
    new Proximal(0).addTo(gradient, new float[] {1, 1}, new float[] {0, 0});
    assertThat(Float.floatToRawIntBits(gradient[0])).isEqualTo(Float.floatToRawIntBits(-0.0f));
    assertThat(gradient[1]).isEqualTo(Float.MIN_VALUE);
    assertThatThrownBy(() -> new Proximal(-1)).hasMessageContaining("-1.0");
    assertThatThrownBy(() -> new Proximal(Double.NaN)).hasMessageContaining("NaN");
  }

  @Test
  void theNormalizerIsThatOfThePaper() {
    assertThat(Normalizer.sum(7, 0, 0)).isEqualTo(7);
    assertThat(Normalizer.sum(0, 0.9, 0)).isZero();
    double rho = 0.9;
    double momentum = (20 - rho * (1 - Math.pow(rho, 20)) / (1 - rho)) / (1 - rho);
    assertThat(Normalizer.sum(20, rho, 0)).isCloseTo(momentum, within(1e-9));
    double alpha = 0.01;
    double proximal = (1 - Math.pow(1 - alpha, 20)) / alpha;
    assertThat(Normalizer.sum(20, 0, alpha)).isCloseTo(proximal, within(1e-9));
  }

  @Test
  void theNormalizerOfMomentumAndPullTogetherIsThatOfTheStepsThemselves() {
    assertThat(Normalizer.sum(50, 0.9, 0.005)).isCloseTo(202.837004, within(1e-6));
    assertThat(Normalizer.sum(100, 0.9, 0.005)).isCloseTo(200.705015, within(1e-6));
    // SGD as it is done, on a gradient of one: for every start and rate it moves by rate times
    // that.
    double rate = 0.05;
    double mu = 0.1;
    double start = 3;
    double weight = start;
    double buffer = 0;
    for (int step = 1; step <= 200; step++) {
      var gradient = new double[] {1};
      new Proximal(mu).addTo(gradient, new double[] {weight}, new double[] {start});
      buffer = 0.9 * buffer + gradient[0];
      weight -= rate * buffer;
      assertThat(Normalizer.sum(step, 0.9, rate * mu))
          .isCloseTo((start - weight) / rate, within(1e-9));
    }
  }

  @Test
  void whateverIsAcceptedAddsUpToWhatTheServerTakes() {
    for (double momentum : new double[] {0, 0.1, 0.5, 0.9, 0.99}) {
      for (double share : new double[] {0, 0.01, 0.5, 1}) {
        for (int steps = 1; steps <= 300; steps++) {
          assertThat(Normalizer.sum(steps, momentum, share * (1 - momentum)))
              .isBetween(1 - 1e-12, steps * (steps + 1) / 2.0);
        }
      }
    }
  }

  @Test
  void patternsIncludeAndExclude() throws Exception {
    var list = NamePatterns.of(new Arguments(Map.of("freeze", List.of("norm"))), "freeze");
    assertThat(list.matches("blocks.0.norm.weight")).isTrue();
    assertThat(list.matches("blocks.0.conv.weight")).isFalse();
    var both =
        NamePatterns.of(
            new Arguments(
                Map.of("freeze", Map.of("include", List.of(""), "exclude", List.of("^head")))),
            "freeze");
    assertThat(both.matches("blocks.0.norm.weight")).isTrue();
    assertThat(both.matches("head.weight")).isFalse();
    assertThat(NamePatterns.of(Arguments.none(), "freeze").isEmpty()).isTrue();
  }

  @Test
  void aPatternThatIsWrongOrMatchesNothingIsRefused() throws Exception {
    assertThatThrownBy(
            () -> NamePatterns.of(new Arguments(Map.of("freeze", List.of("("))), "freeze"))
        .isInstanceOf(AlgoException.Configuration.class)
        .hasMessageContaining("`freeze`: '(' is no regular expression");
    var nrom = NamePatterns.of(new Arguments(Map.of("freeze", List.of("nrom"))), "freeze");
    assertThatThrownBy(() -> nrom.checkAgainst("freeze", List.of("norm.weight")))
        .hasMessage("argument `freeze`: no tensor of the model matches 'nrom'");
  }

  @Test
  void aLocalTensorStaysAndWhatLeavesDoesNotShowIt() throws Exception {
    var local =
        new LocalTensors(
            NamePatterns.of(new Arguments(Map.of("keep_local", List.of("norm"))), "keep_local"));
    var received = model(1, 2);
    var trained = model(10, 20);
    var state = TensorMap.builder();
    local.save(trained, state);
    var leaving = local.leaving(trained, received, _ -> false);
    assertThat(leaving.tensor("conv").toFloats()).containsExactly(10);
    assertThat(leaving.tensor("norm").toFloats()).containsExactly(2);
    assertThat(local.leaving(trained, received, _ -> true).contains("norm")).isFalse();
    var merged = local.merged(model(100, 200), state.build());
    try (var arena = java.lang.foreign.Arena.ofConfined()) {
      var bytes = arena.allocate(4);
      merged.read(merged.spec("norm").orElseThrow(), 0, bytes);
      assertThat(bytes.get(java.lang.foreign.ValueLayout.JAVA_FLOAT, 0)).isEqualTo(20);
      merged.read(merged.spec("conv").orElseThrow(), 0, bytes);
      assertThat(bytes.get(java.lang.foreign.ValueLayout.JAVA_FLOAT, 0)).isEqualTo(100);
    }
  }

  @Test
  void keptLayersOfAnotherModelAreRefused() throws Exception {
    var local = new LocalTensors(NamePatterns.none());
    var state = TensorMap.of(Tensor.floats("local.norm", new float[3], 3));
    assertThatThrownBy(() -> local.merged(model(1, 2), state))
        .isInstanceOf(AlgoException.Failure.class)
        .hasMessage("the kept layers are of another model: tensor norm: F32[3], expected F32[1]");
  }

  @Test
  void personalScoresStandBesideTheOthers() {
    var federated = new Metrics(new TreeMap<>(Map.of("accuracy", 0.5)), 10);
    var personal = new Metrics(new TreeMap<>(Map.of("accuracy", 0.75)), 10);
    assertThat(PersonalModel.scores(federated, personal).values())
        .containsOnly(Map.entry("accuracy", 0.5), Map.entry("personal.accuracy", 0.75));
  }

  private static TensorMap model(float conv, float norm) {
    return TensorMap.of(
        Tensor.floats("conv", new float[] {conv}, 1), Tensor.floats("norm", new float[] {norm}, 1));
  }
}
