package org.wardfl.gpu.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.wardfl.gpu.torch.Torch;

/// On f(w) = w1^2 + 3 w2^2 from (1, -2), against the formulas in double precision; tolerance 1e-6,
/// a few units in the last place of float32.
class OptimizerTest {

  private static final int STEPS = 5;

  @Test
  void sgdFollowsItsFormula() throws Exception {
    var w = new double[] {1, -2};
    var moment = new double[2];
    for (int step = 0; step < STEPS; step++) {
      for (int i = 0; i < 2; i++) {
        double gradient = (i == 0 ? 2 : 6) * w[i] + 0.01 * w[i];
        moment[i] = 0.9 * moment[i] + gradient;
        w[i] -= 0.05 * moment[i];
      }
    }
    check(() -> new Sgd(0.05, 0.9, 0.01), w);
  }

  @Test
  void adamFollowsItsFormula() throws Exception {
    var w = new double[] {1, -2};
    var first = new double[2];
    var second = new double[2];
    for (int step = 1; step <= STEPS; step++) {
      for (int i = 0; i < 2; i++) {
        double gradient = (i == 0 ? 2 : 6) * w[i];
        first[i] = 0.9 * first[i] + 0.1 * gradient;
        second[i] = 0.999 * second[i] + 0.001 * gradient * gradient;
        double m = first[i] / (1 - Math.pow(0.9, step));
        double v = second[i] / (1 - Math.pow(0.999, step));
        w[i] -= 0.05 * m / (Math.sqrt(v) + 1e-8);
      }
    }
    check(() -> new Adam(0.05, 0), w);
  }

  /// Runs the steps at once, then with the state carried to a second optimizer after each.
  private static void check(Supplier<Optimizer> make, double[] expected) throws Exception {
    try (var torch = Torch.open(1, List.of())) {
      Torch.withoutGradients();
      var scale = torch.array(new float[] {1, 3}, 2);
      var whole = new TreeMap<String, NDArray>();
      whole.put("w", torch.parameter(new float[] {1, -2}, 2));
      var inParts = new TreeMap<String, NDArray>();
      inParts.put("w", torch.parameter(new float[] {1, -2}, 2));
      var one = make.get();
      var state = make.get().state();
      for (int step = 0; step < STEPS; step++) {
        gradient(whole, scale);
        one.step(whole);
        gradient(inParts, scale);
        var next = make.get();
        if (state.size() > 0) {
          next.restore(state, inParts);
        }
        next.step(inParts);
        state = next.state();
      }
      var found = value(whole);
      assertThat((double) found[0]).isCloseTo(expected[0], within(1e-6));
      assertThat((double) found[1]).isCloseTo(expected[1], within(1e-6));
      assertThat(value(inParts)).containsExactly(found);
    }
  }

  private static void gradient(Map<String, NDArray> parameters, NDArray scale) {
    var w = java.util.Objects.requireNonNull(parameters.get("w"));
    Torch.backward(() -> w.square().mul(scale).sum());
  }

  private static float[] value(Map<String, NDArray> parameters) {
    return java.util.Objects.requireNonNull(parameters.get("w")).toFloatArray();
  }
}
