package org.wardfl.gpu.training;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.Map;
import java.util.SortedMap;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.gpu.torch.Torch;

/// Adam with L2 weight decay.
///
/// For each parameter w with gradient g at step t: g += decay w; m = .9 m + .1 g; v = .999 v + .001
/// g g; w -= rate / (1 - .9^t) m / (sqrt(v) / sqrt(1 - .999^t) + 1e-8). Source: Kingma and Ba 2015,
/// algorithm 1, with the order of operations of `torch.optim.Adam` in float32.
public final class Adam implements Optimizer {

  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double EPSILON = 1e-8;
  private static final String STEPS = "steps";

  private final double rate;
  private final float decay;
  private final Moments first = new Moments("first.");
  private final Moments second = new Moments("second.");
  private long steps;

  /// An optimizer that has done no step.
  ///
  /// @param rate learning rate, positive
  /// @param decay L2 penalty added to the gradient, at least 0
  public Adam(double rate, double decay) {
    this.rate = rate;
    this.decay = (float) decay;
  }

  @Override
  public void step(SortedMap<String, NDArray> parameters) {
    steps++;
    double stepSize = rate / (1 - StrictMath.pow(BETA1, (double) steps));
    double correction = StrictMath.sqrt(1 - StrictMath.pow(BETA2, (double) steps));
    parameters.forEach((name, weight) -> {
      try (var gradient = weight.getGradient()) {
        if (decay != 0 && Torch.hasGradient(weight)) {
          try (var penalty = weight.mul(decay)) {
            gradient.addi(penalty);
          }
        }
        descend(weight, gradient, moment(name, weight, gradient), name, stepSize, correction);
      }
      JniUtils.zeroGrad((PtNDArray) weight);
    });
  }

  private NDArray moment(String name, NDArray weight, NDArray gradient) {
    var m = first.of(name, weight);
    // torch: m.lerp_(g, 1 - beta1)
    try (var difference = gradient.sub(m);
        var change = difference.mul((float) (1 - BETA1))) {
      m.addi(change);
    }
    return m;
  }

  private void descend(
      NDArray weight,
      NDArray gradient,
      NDArray m,
      String name,
      double stepSize,
      double correction) {
    var v = second.of(name, weight);
    try (var square = gradient.square();
        var part = square.mul((float) (1 - BETA2))) {
      v.muli((float) BETA2).addi(part);
    }
    try (var root = v.sqrt()) {
      root.divi((float) correction).addi((float) EPSILON);
      try (var ratio = m.div(root)) {
        ratio.muli((float) stepSize);
        weight.subi(ratio);
      }
    }
  }

  @Override
  public TensorMap state() {
    var state = TensorMap.builder();
    first.save(state);
    second.save(state);
    if (steps > 0) {
      state.add(Tensor.longs(STEPS, new long[] {steps}, 1));
    }
    return state.build();
  }

  @Override
  public void restore(TensorMap state, Map<String, NDArray> parameters)
      throws AlgoException.Failure {
    if (!state.contains(STEPS)) {
      throw new AlgoException.Failure("the kept state is not one of Adam: no " + STEPS);
    }
    first.restore(state, parameters);
    second.restore(state, parameters);
    steps = state.tensor(STEPS).toLongs()[0];
  }
}
