package org.wardfl.gpu.network;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.ModelPayload;
import org.wardfl.algo.tensor.Role;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.algo.tensor.TensorSpec;
import org.wardfl.gpu.torch.Torch;

/// A [Script] as libtorch has loaded it, with the weights of a model.
///
/// What is read and written here is the memory that the script itself computes with. Tensors with
/// several names are learned once, under the name that the model has them by.
final class ScriptNetwork implements Network {

  private final Predictions predictions;
  private final NDManager memory;
  private final PtSymbolBlock module;
  private final Map<String, NDArray> arrays = new HashMap<>();
  private final SortedMap<String, NDArray> parameters = new TreeMap<>();
  private final List<TensorSpec> specs;
  private final Map<String, String> aliases;
  private boolean training;

  ScriptNetwork(Script.Prepared script, Predictions predictions, ModelPayload model, Torch torch)
      throws AlgoException {
    this.predictions = predictions;
    this.specs = List.copyOf(model.weights().specs());
    this.aliases = Map.copyOf(model.weights().aliases());
    this.memory = torch.manager().newSubManager();
    try {
      this.module = loaded(script, (PtNDManager) memory);
      for (var array : JniUtils.moduleGetParams(module, (PtNDManager) memory)) {
        arrays.put(array.getName(), array);
      }
      var received = new ScriptWeights(script, model);
      received.checkAgainst(arrays, torch);
      for (var spec : specs) {
        var array = array(spec.name());
        if (received.isFirst(spec)) {
          torch.assign(array, model.weights(), spec);
        } else {
          received.checkEqual(spec);
        }
        if (received.isFirst(spec)
            && received.role(spec) == Role.PARAMETER
            && array.hasGradient()) {
          parameters.put(spec.name(), array);
        }
      }
      if (parameters.isEmpty()) {
        throw new AlgoException.Configuration(
            "argument `network`: no parameter of the script requires a gradient, so there is"
                + " nothing to train; set requires_grad before torch.jit.script");
      }
      JniUtils.enableInferenceMode(module);
    } catch (AlgoException | RuntimeException e) {
      memory.close();
      throw e;
    }
  }

  private static PtSymbolBlock loaded(Script.Prepared script, PtNDManager memory)
      throws AlgoException.Configuration {
    try {
      return JniUtils.loadModule(memory, script.copy(), true, new String[0], new String[0], true);
    } catch (EngineException e) {
      var lines = String.valueOf(e.getMessage()).lines();
      var why = lines.filter(line -> !line.isBlank()).findFirst().orElse("");
      throw new AlgoException.Configuration(
          "argument `network`: libtorch does not load the script: "
              + why.replace(script.copy().toString(), "the file"));
    }
  }

  private NDArray array(String name) {
    return Objects.requireNonNull(arrays.get(name), name);
  }

  @Override
  public NDArray forward(NDArray batch, boolean training) throws AlgoException {
    if (training != this.training) {
      this.training = training;
      if (training) {
        JniUtils.enableTrainingMode(module);
      } else {
        JniUtils.enableInferenceMode(module);
      }
    }
    // A setting of the thread; what is optimized would be compiled anew for every shape.
    JniUtils.setGraphExecutorOptimize(false);
    NDList found;
    try {
      found = IValueUtils.forward(module, new NDList(batch), training);
    } catch (EngineException | UnsupportedOperationException e) {
      // Its words may quote what it computes with.
      throw new AlgoException.Failure(
          "the script fails on a batch of shape "
              + batch.getShape()
              + "; the reason is in the site's log",
          e);
    }
    var expected = predictions.shape(batch.getShape());
    if (found.size() != 1
        || !found.getFirst().getShape().equals(expected)
        || found.getFirst().getDataType() != DataType.FLOAT32) {
      throw new AlgoException.Configuration(
          "argument `network`: for a batch of shape "
              + batch.getShape()
              + " the script gives "
              + described(found)
              + ", expected one float32 tensor "
              + expected);
    }
    return found.getFirst();
  }

  private static String described(NDList found) {
    var tensors =
        found.stream()
            .map(array ->
                array.getDataType().name().toLowerCase(java.util.Locale.ROOT)
                    + " "
                    + array.getShape())
            .toList();
    return tensors.isEmpty() ? "nothing" : String.join(" and ", tensors);
  }

  @Override
  public SortedMap<String, NDArray> parameters() {
    return Collections.unmodifiableSortedMap(parameters);
  }

  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(arrays.keySet());
  }

  /// As the model was: the same tensors in the same order, the same aliases.
  @Override
  public TensorMap snapshot() {
    var model = TensorMap.builder();
    specs.forEach(spec -> model.add(Torch.snapshot(spec, array(spec.name()))));
    aliases.forEach(model::alias);
    return model.build();
  }

  @Override
  public void close() {
    memory.close();
  }
}
