import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.wardfl.algo.AlgoContext;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.ClientAlgo;
import org.wardfl.algo.Metrics;
import org.wardfl.algo.ModelPayload;
import org.wardfl.algo.TaskContext;
import org.wardfl.algo.TrainSummary;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.WeightsRequest;
import org.wardfl.algo.tensor.DType;
import org.wardfl.algo.tensor.TensorSource;
import org.wardfl.algo.tensor.TensorSpec;

/// A model of any size that is trained in no time and no memory: what is left is the platform's own.
public final class BigModel extends ClientAlgo {

  private static final int TENSORS = 16;

  private Constant diff;
  private Path marks;
  private String site;

  @Override
  public void initialize(AlgoContext context) throws AlgoException {
    var arguments = context.arguments().only("bytes", "marks");
    diff = new Constant(arguments.integer("bytes"), 0.001f);
    marks = Path.of(arguments.string("marks", "/dev/null"));
    site = context.site().value();
  }

  @Override
  public TrainSummary train(ModelPayload global, TaskContext task) throws AlgoException {
    try {
      Files.writeString(
          marks,
          task.round() + " " + site + " " + Instant.now() + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new AlgoException.Failure("cannot write " + marks + ": " + e.getMessage(), e);
    }
    return new TrainSummary(1, 1);
  }

  @Override
  public ModelPayload getWeights(WeightsRequest request, TaskContext task) {
    return request instanceof WeightsRequest.Initial
        ? new ModelPayload(new Constant(diff.bytes, 1), WeightType.FULL)
        : new ModelPayload(diff, WeightType.DIFF);
  }

  @Override
  public Metrics evaluate(ModelPayload global, TaskContext task) {
    return new Metrics(new TreeMap<>(Map.of("zero", 0.0)), 1);
  }

  /// One value everywhere, computed while it is read.
  private static final class Constant implements TensorSource {

    private final long bytes;
    private final float value;
    private final List<TensorSpec> specs = new ArrayList<>();

    Constant(long bytes, float value) {
      this.bytes = bytes;
      this.value = value;
      for (int i = 0; i < TENSORS; i++) {
        specs.add(TensorSpec.of("layer" + i, DType.F32, bytes / TENSORS / 4));
      }
    }

    @Override
    public List<TensorSpec> specs() {
      return specs;
    }

    @Override
    public Map<String, String> aliases() {
      return Map.of();
    }

    @Override
    public void read(TensorSpec spec, long firstByte, MemorySegment into) {
      for (long i = 0; i < into.byteSize(); i += 4) {
        into.set(ValueLayout.JAVA_FLOAT_UNALIGNED, i, value);
      }
    }
  }
}
