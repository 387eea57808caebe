package org.wardfl.gpu.tabular;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.loss.Loss;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.ModelPayload;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.gpu.torch.Torch;
import org.wardfl.gpu.training.LearnedWeights;

/// Linear layers with ReLU between them; without hidden layers a logistic regression.
///
/// Tensors: `layers.N.weight` [out, in] and `layers.N.bias` [out], float32. The last layer gives
/// one logit per class, or a single one (the second class against the first).
final class Perceptron implements LearnedWeights {

  private static final long MOST_WEIGHTS = 1 << 28;

  private final List<Integer> sizes;
  private final SortedMap<String, NDArray> parameters = new TreeMap<>();
  private final NDManager memory;

  /// A network with the weights of a model, copied into torch's memory, where they stay until this
  /// is closed.
  ///
  /// @throws AlgoException.NonFinite if a weight is not finite
  /// @throws AlgoException.InvalidModel if the model is that of another network
  Perceptron(List<Integer> sizes, ModelPayload model, Torch torch) throws AlgoException {
    this.sizes = sizes;
    this.memory = torch.manager().newSubManager();
    for (int layer = 0; layer < sizes.size() - 1; layer++) {
      int in = sizes.get(layer);
      int out = sizes.get(layer + 1);
      add(torch, model, weight(layer), out, in);
      add(torch, model, bias(layer), out);
    }
    if (model.weights().specs().size() != parameters.size()) {
      throw new AlgoException.InvalidModel(
          "the received model has "
              + model.weights().specs().size()
              + " tensors, expected the "
              + parameters.size()
              + " of a network "
              + sizes);
    }
  }

  private void add(Torch torch, ModelPayload model, String name, long... extents)
      throws AlgoException {
    var parameter = torch.parameter(model, name, extents);
    parameter.attach(memory);
    parameters.put(name, parameter);
  }

  /// Units per layer, from the input to the output.
  ///
  /// @throws AlgoException.Configuration if a layer would have more than 2^28 weights
  static List<Integer> sizes(int inputs, TabularOptions options)
      throws AlgoException.Configuration {
    var sizes = new ArrayList<Integer>();
    sizes.add(inputs);
    sizes.addAll(options.layers());
    sizes.add(options.outputs());
    for (int layer = 0; layer < sizes.size() - 1; layer++) {
      if ((long) sizes.get(layer) * sizes.get(layer + 1) > MOST_WEIGHTS) {
        throw new AlgoException.Configuration(
            "argument `layers`: a layer of "
                + sizes.get(layer)
                + " times "
                + sizes.get(layer + 1)
                + " weights, expected at most "
                + MOST_WEIGHTS);
      }
    }
    return sizes;
  }

  /// An untrained model: weights and biases uniform in ±1/sqrt(inputs), as torch's Linear draws
  /// them.
  static ModelPayload initial(List<Integer> sizes, long seed) {
    var random = new Random(seed);
    var model = TensorMap.builder();
    for (int layer = 0; layer < sizes.size() - 1; layer++) {
      int in = sizes.get(layer);
      int out = sizes.get(layer + 1);
      double bound = 1 / StrictMath.sqrt(in);
      model.add(Tensor.floats(weight(layer), uniform(random, in * out, bound), out, in));
      model.add(Tensor.floats(bias(layer), uniform(random, out, bound), out));
    }
    return new ModelPayload(model.build(), WeightType.FULL);
  }

  private static float[] uniform(Random random, int count, double bound) {
    var values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) ((2 * random.nextDouble() - 1) * bound);
    }
    return values;
  }

  private static String weight(int layer) {
    return "layers." + layer + ".weight";
  }

  private static String bias(int layer) {
    return "layers." + layer + ".bias";
  }

  @Override
  public SortedMap<String, NDArray> parameters() {
    return Collections.unmodifiableSortedMap(parameters);
  }

  /// The logits [rows, outputs] of rows [rows, inputs], in the rows' manager.
  NDArray logits(NDArray rows) {
    var value = (PtNDArray) rows;
    for (int layer = 0; layer < sizes.size() - 1; layer++) {
      if (layer > 0) {
        value = JniUtils.relu(value);
      }
      value =
          JniUtils.linear(
              value,
              (PtNDArray) java.util.Objects.requireNonNull(parameters.get(weight(layer))),
              (PtNDArray) java.util.Objects.requireNonNull(parameters.get(bias(layer))));
    }
    return value;
  }

  /// The mean cross-entropy of rows, a scalar in the rows' manager.
  ///
  /// @param labels classes, one per row
  NDArray loss(NDArray rows, int[] labels) {
    var manager = rows.getManager();
    var logits = logits(rows);
    return sizes.getLast() == 1
        ? binary(logits, labels, manager)
        : Loss.softmaxCrossEntropyLoss()
            .evaluate(new NDList(manager.create(labels)), new NDList(logits));
  }

  // softplus(x) - x y, the numerically stable form of the binary cross-entropy on logits.
  private static NDArray binary(NDArray logits, int[] labels, NDManager manager) {
    var targets = new float[labels.length];
    for (int i = 0; i < labels.length; i++) {
      targets[i] = labels[i];
    }
    var x = logits.flatten();
    var softplus = x.maximum(0f).add(x.abs().neg().exp().add(1f).log());
    return softplus.sub(x.mul(manager.create(targets))).mean();
  }

  @Override
  public TensorMap snapshot() {
    var model = TensorMap.builder();
    parameters.forEach((name, array) -> model.add(Torch.snapshot(name, array)));
    return model.build();
  }

  @Override
  public void close() {
    memory.close();
  }
}
