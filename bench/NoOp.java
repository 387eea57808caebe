import java.util.TreeMap;
import org.wardfl.algo.ClientAlgo;
import org.wardfl.algo.Metrics;
import org.wardfl.algo.ModelPayload;
import org.wardfl.algo.TaskContext;
import org.wardfl.algo.TrainSummary;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.WeightsRequest;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;

/// Does nothing with a model of 1 KiB: what is left is the platform's own time.
public final class NoOp extends ClientAlgo {

  private static final ModelPayload MODEL =
      new ModelPayload(TensorMap.of(Tensor.floats("w", new float[256], 256)), WeightType.FULL);

  @Override
  public TrainSummary train(ModelPayload global, TaskContext task) {
    return new TrainSummary(1, 1);
  }

  @Override
  public ModelPayload getWeights(WeightsRequest request, TaskContext task) {
    return MODEL;
  }

  @Override
  public Metrics evaluate(ModelPayload global, TaskContext task) {
    return new Metrics(new TreeMap<>(java.util.Map.of("zero", 0.0)), 1);
  }
}
