package org.wardfl.gpu.training;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.Map;
import java.util.SortedMap;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.gpu.torch.Torch;

/// Stochastic gradient descent with momentum and L2 weight decay.
///
/// For each parameter w with gradient g: g += decay w; m = g at the first step, else momentum m +
/// g; w -= rate m. Source: `torch.optim.SGD` (dampening 0, no Nesterov), float32, in that order, so
/// results equal torch's to about one unit in the last place.
public final class Sgd implements Optimizer {

  private final float rate;
  private final float momentum;
  private final float decay;
  private final Moments moments = new Moments("momentum.");

  /// An optimizer that has done no step.
  ///
  /// @param rate learning rate, positive
  /// @param momentum 0 to below 1; 0 remembers nothing
  /// @param decay L2 penalty added to the gradient, at least 0
  public Sgd(double rate, double momentum, double decay) {
    this.rate = (float) rate;
    this.momentum = (float) momentum;
    this.decay = (float) decay;
  }

  @Override
  public void step(SortedMap<String, NDArray> parameters) {
    boolean first = moments.isEmpty();
    parameters.forEach((name, weight) -> {
      try (var gradient = weight.getGradient()) {
        if (decay != 0 && Torch.hasGradient(weight)) {
          try (var penalty = weight.mul(decay)) {
            gradient.addi(penalty);
          }
        }
        if (momentum == 0) {
          // In place: nobody needs the gradient after this, and a large one costs memory twice.
          weight.subi(gradient.muli(rate));
        } else {
          var moment = moments.of(name, weight);
          if (!first) {
            moment.muli(momentum);
          }
          moment.addi(gradient);
          try (var change = moment.mul(rate)) {
            weight.subi(change);
          }
        }
      }
      JniUtils.zeroGrad((PtNDArray) weight);
    });
  }

  @Override
  public TensorMap state() {
    var state = TensorMap.builder();
    moments.save(state);
    return state.build();
  }

  @Override
  public void restore(TensorMap state, Map<String, NDArray> parameters)
      throws AlgoException.Failure {
    if (momentum != 0) {
      moments.restore(state, parameters);
    }
  }
}
