package org.wardfl.gpu.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.loss.Loss;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.wardfl.algo.AlgoContext;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.ClientAlgo;
import org.wardfl.algo.Metrics;
import org.wardfl.algo.ModelPayload;
import org.wardfl.algo.StatefulAlgo;
import org.wardfl.algo.TaskContext;
import org.wardfl.algo.TrainSummary;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.WeightsRequest;
import org.wardfl.algo.fixture.Npz;
import org.wardfl.algo.model.ModelFile;
import org.wardfl.algo.model.ModelFileException;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.algo.tensor.DType;
import org.wardfl.algo.tensor.Role;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.algo.tensor.TensorSpec;
import org.wardfl.gpu.torch.Torch;

/// The small convolutional network that MONAI's client algorithm trained for the reference values:
/// Conv(1 to 4, 3x3, pad 1), BatchNorm, ReLU, AdaptiveAvgPool(2), Linear(16 to 3); SGD with
/// learning rate .1, momentum .9 and weight decay 5e-4 whose state lives on across rounds; batches
/// of 4, in order.
// Its fields are set by initialize and load, which come first in every life.
@SuppressWarnings("NullAway.Init")
final class TinyNet extends ClientAlgo implements StatefulAlgo {

  private static final int BATCH = 4;

  private final SortedMap<String, NDArray> parameters = new TreeMap<>();
  private final Sgd optimizer = new Sgd(0.1, 0.9, 5e-4);
  private Torch torch;
  private Npz data;
  private TensorMap state = TensorMap.of();
  private PtNDArray mean;
  private PtNDArray variance;
  private long batches;

  @Override
  public void initialize(AlgoContext context) throws AlgoException {
    torch = Torch.open(context);
    try {
      data = Npz.read(context.data().location().orElseThrow());
    } catch (IOException e) {
      throw new AlgoException.Failure("the data cannot be read", e);
    }
  }

  @Override
  public void shutdown() {
    torch.close();
  }

  private void load(ModelPayload model) throws AlgoException {
    parameters.clear();
    parameter(model, "conv.weight", 4, 1, 3, 3);
    parameter(model, "conv.bias", 4);
    parameter(model, "bn.weight", 4);
    parameter(model, "bn.bias", 4);
    parameter(model, "fc.weight", 3, 16);
    parameter(model, "fc.bias", 3);
    mean = (PtNDArray) torch.array(model.tensor("bn.running_mean", DType.F32, 4).toFloats(), 4);
    variance = (PtNDArray) torch.array(model.tensor("bn.running_var", DType.F32, 4).toFloats(), 4);
    batches = model.tensor("bn.num_batches_tracked", DType.I64).toLongs()[0];
  }

  private void parameter(ModelPayload model, String name, long... extents) throws AlgoException {
    parameters.put(name, torch.parameter(model, name, extents));
  }

  private NDArray logits(NDArray images, boolean training) {
    var convolved =
        JniUtils.convolution(
            (PtNDArray) images,
            get("conv.weight"),
            get("conv.bias"),
            new Shape(1, 1),
            new Shape(1, 1),
            new Shape(1, 1),
            1);
    var normalized =
        JniUtils.batchNorm(
            convolved, mean, variance, get("bn.weight"), get("bn.bias"), training, 0.1, 1e-5);
    var pooled = JniUtils.adaptiveAvgPool(JniUtils.relu(normalized), new Shape(2, 2));
    return JniUtils.linear(
        (PtNDArray) pooled.reshape(images.getShape().get(0), 16), get("fc.weight"), get("fc.bias"));
  }

  private PtNDArray get(String name) {
    return (PtNDArray) Objects.requireNonNull(parameters.get(name));
  }

  private NDArray images(NDManager manager, String set, int from, int to) {
    var values = data.array(set + "_x").values();
    var floats = new float[(to - from) * 64];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[from * 64 + i];
    }
    return manager.create(floats, new Shape(to - from, 1, 8, 8));
  }

  private int[] labels(String set, int from, int to) {
    return Arrays.stream(data.array(set + "_y").values(), from, to)
        .mapToInt(value -> (int) value)
        .toArray();
  }

  @Override
  public Metrics evaluate(ModelPayload global, TaskContext task) throws AlgoException {
    Torch.withoutGradients();
    load(global);
    int count = (int) data.array("val_x").shape()[0];
    try (var manager = torch.manager().newSubManager()) {
      var best = logits(images(manager, "val", 0, count), false).argMax(1).toLongArray();
      var labels = labels("val", 0, count);
      int right = 0;
      for (int i = 0; i < count; i++) {
        right += best[i] == labels[i] ? 1 : 0;
      }
      return new Metrics(new TreeMap<>(Map.of("val_accuracy", (double) right / count)), count);
    }
  }

  @Override
  public TrainSummary train(ModelPayload global, TaskContext task) throws AlgoException {
    Torch.withoutGradients();
    load(global);
    if (state.size() > 0) {
      optimizer.restore(state, parameters);
    }
    int count = (int) data.array("train_x").shape()[0];
    var order = Batches.inOrder(count, BATCH);
    long steps = order.perEpoch();
    new TrainingLoop(torch, parameters, optimizer).run(order, steps, this::loss, task);
    batches += steps;
    state = optimizer.state();
    return new TrainSummary(steps, count);
  }

  private NDArray loss(NDManager manager, int[] rows) {
    // In order, so a batch is one run of rows.
    int from = rows[0];
    int end = from + rows.length;
    return Loss.softmaxCrossEntropyLoss()
        .evaluate(
            new NDList(manager.create(labels("train", from, end))),
            new NDList(logits(images(manager, "train", from, end), true)));
  }

  @Override
  public ModelPayload getWeights(WeightsRequest request, TaskContext task) {
    var model = TensorMap.builder();
    parameters.forEach((name, array) -> model.add(Torch.snapshot(name, array)));
    model.add(buffer("bn.running_mean", mean));
    model.add(buffer("bn.running_var", variance));
    model.add(Tensor.longs("bn.num_batches_tracked", new long[] {batches}));
    return new ModelPayload(model.build(), WeightType.FULL);
  }

  private static Tensor buffer(String name, NDArray array) {
    return Tensor.floats(
        TensorSpec.of(name, DType.F32, 4).withRole(Role.BUFFER), array.toFloatArray());
  }

  @Override
  public void saveState(Path file) throws IOException {
    ModelWriter.write(state, file);
  }

  @Override
  public void restoreState(Path file) throws IOException, AlgoException {
    try (var kept = ModelFile.open(file)) {
      state = kept.load();
    } catch (ModelFileException e) {
      throw new AlgoException.Failure("damaged", e);
    }
  }
}
