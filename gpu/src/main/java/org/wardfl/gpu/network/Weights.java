package org.wardfl.gpu.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import java.util.Collections;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.ModelPayload;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.gpu.torch.Torch;

/// An [Architecture] with the tensors of a model, in torch's own memory until this is closed.
public final class Weights implements Network {

  private final Architecture architecture;
  private final SortedMap<String, NDArray> parameters = new TreeMap<>();
  private final NDManager memory;

  /// Copies a model.
  ///
  /// @throws AlgoException.NonFinite if a weight is not finite
  /// @throws AlgoException.InvalidModel if the model is that of another network
  public Weights(Architecture architecture, ModelPayload model, Torch torch) throws AlgoException {
    this.architecture = architecture;
    var expected = architecture.parameters();
    model.only(expected.stream().map(Architecture.Parameter::name).toArray(String[]::new));
    memory = torch.manager().newSubManager();
    try {
      for (var parameter : expected) {
        var array = torch.parameter(model, parameter.name(), parameter.shape());
        array.attach(memory);
        parameters.put(parameter.name(), array);
      }
    } catch (AlgoException e) {
      memory.close();
      throw e;
    }
  }

  /// An untrained model.
  ///
  /// @param seed the same seed gives the same model
  public static ModelPayload initial(Architecture architecture, long seed) {
    var random = new Random(seed);
    var model = TensorMap.builder();
    for (var parameter : architecture.parameters()) {
      var values = new float[Math.toIntExact(parameter.size())];
      for (int i = 0; i < values.length; i++) {
        values[i] =
            (float)
                (parameter.centre()
                    + (parameter.spread() == 0
                        ? 0
                        : (2 * random.nextDouble() - 1) * parameter.spread()));
      }
      model.add(Tensor.floats(parameter.name(), values, parameter.shape()));
    }
    return new ModelPayload(model.build(), WeightType.FULL);
  }

  /// One tensor.
  ///
  /// @throws IllegalArgumentException if the architecture does not name it
  public PtNDArray get(String name) {
    if (parameters.get(name) instanceof PtNDArray array) {
      return array;
    }
    throw new IllegalArgumentException("no tensor " + name);
  }

  @Override
  public NDArray forward(NDArray batch, boolean training) {
    return architecture.forward(this, batch);
  }

  @Override
  public SortedMap<String, NDArray> parameters() {
    return Collections.unmodifiableSortedMap(parameters);
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
