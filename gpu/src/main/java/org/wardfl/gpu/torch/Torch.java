package org.wardfl.gpu.torch;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.engine.StandardCapabilities;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.wardfl.algo.AlgoContext;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.ModelPayload;
import org.wardfl.algo.tensor.DType;
import org.wardfl.algo.tensor.Elements;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorSource;
import org.wardfl.algo.tensor.TensorSpec;

/// PyTorch on one device, through DJL.
///
/// Torch has settings, a random generator and a gradient mode for the whole process, so a process
/// runs one algorithm at a time, on one thread. Everything made here is freed when this is closed.
/// Nothing is ever downloaded.
///
/// Torch's libraries come from the folder in the system property `PYTORCH_LIBRARY_PATH`, as in an
/// installation, or else from the jars on the class path, which are unpacked once into
/// `DJL_CACHE_DIR`.
///
/// What runs on the CPU is tested. **Nothing has run on a CUDA device yet.** On a machine that has
/// one, with CUDA 12.4 or later and its runtime library, this compares both (2.5 GB are
/// downloaded):
///
/// ```
/// ./build -Pcuda verify -pl gpu -am -Dtest=CudaTest -Dsurefire.failIfNoSpecifiedTests=false
/// ```
public final class Torch implements AutoCloseable {

  private static final String ENGINE = "PyTorch";
  private static final long BLOCK_BYTES = 1 << 18;

  private final NDManager manager;

  private Torch(NDManager manager) {
    this.manager = manager;
  }

  /// Starts torch if this process has not, on the first GPU that the context names, else on the
  /// CPU.
  ///
  /// @throws AlgoException.Resource if torch's libraries or the GPU are missing
  public static Torch open(AlgoContext context) throws AlgoException.Resource {
    return open(context.cpuThreads(), context.gpus());
  }

  /// Starts torch if this process has not.
  ///
  /// @param cpuThreads threads for arithmetic; results are repeatable for the same number only
  /// @param gpus CUDA devices; empty means the CPU
  /// @throws AlgoException.Resource if torch's libraries or the GPU are missing
  public static synchronized Torch open(int cpuThreads, List<Integer> gpus)
      throws AlgoException.Resource {
    // DJL reads these once, when its engine starts.
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(cpuThreads));
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    System.setProperty("ai.djl.pytorch.graph_optimizer", "false");
    try {
      var engine = Engine.getEngine(ENGINE);
      if (JniUtils.getNumThreads() != cpuThreads) {
        JniUtils.setNumThreads(cpuThreads);
      }
      return new Torch(engine.newBaseManager(device(engine, gpus)));
    } catch (EngineException | UnsatisfiedLinkError e) {
      throw new AlgoException.Resource(
          "torch's libraries cannot be loaded on this machine ("
              + reason(e)
              + "); expected them in the folder that the property PYTORCH_LIBRARY_PATH names, or in"
              + " jars on the class path");
    }
  }

  // DJL wraps what happened in sentences about what it tried.
  private static String reason(Throwable failure) {
    var deepest = failure;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    return String.valueOf(deepest.getMessage());
  }

  private static Device device(Engine engine, List<Integer> gpus) throws AlgoException.Resource {
    if (gpus.isEmpty()) {
      return Device.cpu();
    }
    int wanted = gpus.getFirst();
    boolean cuda = engine.hasCapability(StandardCapabilities.CUDA);
    int found = cuda ? engine.getGpuCount() : 0;
    if (wanted >= found) {
      throw new AlgoException.Resource(absent(wanted, cuda, found));
    }
    return Device.gpu(wanted);
  }

  /// Why there is no such device, and what was looked for.
  ///
  /// @param cuda whether torch's libraries are a build for CUDA
  /// @param found devices that they see
  static String absent(int device, boolean cuda, int found) {
    return "CUDA device "
        + device
        + " is not there: "
        + (cuda
            ? "torch sees "
                + found
                + " devices; it counts them with the CUDA runtime library libcudart, which must be"
                + " on the linker's path or on jna.library.path"
            : "torch's libraries here are built for the CPU; expected those for CUDA 12.4");
  }

  /// Sets the random generator of the process, from which dropout and the like draw.
  ///
  /// @param seed the task's own, so that a task draws the same after whatever ran before
  public void seed(long seed) {
    Engine.getEngine(ENGINE).setRandomSeed(Long.hashCode(seed));
  }

  /// Owns what is made through it until this is closed.
  public NDManager manager() {
    return manager;
  }

  /// A float array of this shape in torch's own memory, row-major.
  public NDArray array(float[] values, long... extents) {
    // What DJL creates from Java shares Java's buffer; the duplicate does not.
    try (var shared = manager.create(values, new Shape(extents))) {
      return shared.duplicate();
    }
  }

  /// The same, with a gradient.
  public NDArray parameter(float[] values, long... extents) {
    var array = array(values, extents);
    array.setRequiresGradient(true);
    return array;
  }

  /// A tensor of a received model, float32, with a gradient; read block by block into torch's own
  /// memory, so that the model is there once and not three times. At most 2 GiB.
  ///
  /// @throws AlgoException.InvalidModel if there is no such tensor, or it has another type or shape
  /// @throws AlgoException.NonFinite if a number of it is not finite
  /// @throws AlgoException.Failure if it cannot be read
  public NDArray parameter(ModelPayload model, String name, long... extents) throws AlgoException {
    var spec = model.spec(name, DType.F32, extents);
    var array = manager.zeros(new Shape(extents), DataType.FLOAT32, Device.cpu());
    try {
      fill(memory(array), model.weights(), spec);
    } catch (IOException e) {
      throw new AlgoException.Failure("tensor " + name + " cannot be read", e);
    }
    if (manager.getDevice().isGpu()) {
      try (var onCpu = array) {
        array = onCpu.toDevice(manager.getDevice(), true);
        array.attach(manager);
      }
    }
    array.setRequiresGradient(true);
    return array;
  }

  /// Sets an array that others compute with to the values of a tensor, in place.
  ///
  /// @param array of the tensor's type and shape, row-major
  /// @throws AlgoException.NonFinite if a number of it is not finite
  /// @throws AlgoException.Failure if it cannot be read
  public void assign(NDArray array, TensorSource source, TensorSpec spec) throws AlgoException {
    try {
      if (!manager.getDevice().isGpu()) {
        fill(memory(array), source, spec);
        return;
      }
      try (var onCpu = manager.zeros(array.getShape(), array.getDataType(), Device.cpu())) {
        fill(memory(onCpu), source, spec);
        try (var copy = onCpu.toDevice(manager.getDevice(), true)) {
          array.subi(array).addi(copy);
        }
      }
    } catch (IOException e) {
      throw new AlgoException.Failure("tensor " + spec.name() + " cannot be read", e);
    }
  }

  private static void fill(MemorySegment memory, TensorSource source, TensorSpec spec)
      throws IOException, AlgoException.NonFinite {
    int width = spec.dtype().sizeBytes();
    var elements = new Elements(spec.dtype(), (int) (BLOCK_BYTES / width));
    var values = new double[(int) Math.min(BLOCK_BYTES / width, spec.shape().elements())];
    for (long at = 0; at < spec.sizeBytes(); at += BLOCK_BYTES) {
      var block = memory.asSlice(at, Math.min(BLOCK_BYTES, spec.sizeBytes() - at));
      source.read(spec, at, block);
      elements.decode(block, values);
      int count = (int) (block.byteSize() / width);
      for (int i = 0; i < count; i++) {
        // An infinite bias may hide behind a ReLU and give finite scores.
        if (!Double.isFinite(values[i])) {
          throw new AlgoException.NonFinite(
              "tensor "
                  + spec.name()
                  + " of the received model holds "
                  + values[i]
                  + ", expected finite numbers");
        }
      }
    }
  }

  /// A copy of a float32 array in memory of Java's, which later changes do not reach.
  public static Tensor snapshot(String name, NDArray array) {
    return snapshot(TensorSpec.of(name, DType.F32, array.getShape().getShape()), array);
  }

  /// A copy of an array of any type in memory of Java's, which later changes do not reach.
  ///
  /// @param spec of the array's type and shape
  public static Tensor snapshot(TensorSpec spec, NDArray array) {
    var data = Arena.ofAuto().allocate(spec.sizeBytes(), 64);
    return Tensor.of(spec, data.copyFrom(memory(array)));
  }

  /// The memory of a row-major array on the CPU; a copy of it on a device.
  public static MemorySegment memory(NDArray array) {
    return MemorySegment.ofBuffer(array.toByteBuffer(true));
  }

  /// Runs a computation whose gradients are recorded, then computes those of its result.
  ///
  /// @param <X> how the computation may fail
  /// @param loss gives a scalar
  /// @return its value
  public static <X extends Exception> float backward(Loss<X> loss) throws X {
    JniUtils.setGradMode(true);
    try (var value = loss.compute()) {
      JniUtils.backward((PtNDArray) value, (PtNDArray) value.onesLike(), false, false);
      return value.getFloat();
    } finally {
      JniUtils.setGradMode(false);
    }
  }

  /// Whether a backward pass has ever reached this array.
  public static boolean hasGradient(NDArray array) {
    try (var gradient = JniUtils.getGradient((PtNDArray) array)) {
      return gradient != null;
    }
  }

  /// Makes sure that nothing on this thread is recorded until [#backward].
  public static void withoutGradients() {
    // A new thread of torch records by default.
    JniUtils.setGradMode(false);
  }

  /// A computation that ends in a scalar.
  ///
  /// @param <X> how it may fail
  @FunctionalInterface
  public interface Loss<X extends Exception> {

    /// The scalar; closed by the caller.
    NDArray compute() throws X;
  }

  @Override
  public void close() {
    manager.close();
  }
}
