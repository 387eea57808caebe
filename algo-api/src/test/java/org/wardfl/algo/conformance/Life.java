package org.wardfl.algo.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.wardfl.algo.AbortCause;
import org.wardfl.algo.AbortSignal;
import org.wardfl.algo.AlgoContext;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.ClientAlgo;
import org.wardfl.algo.ModelPayload;
import org.wardfl.algo.Seed;
import org.wardfl.algo.TaskContext;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.WeightsRequest;
import org.wardfl.algo.model.ModelFile;
import org.wardfl.algo.model.ModelFileException;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.algo.tensor.Combination;
import org.wardfl.algo.tensor.TensorMap;

/// One initialized instance of an algorithm, and the task that it believes to be working on.
final class Life implements AutoCloseable {

  private static final long JOB_SEED = 11;

  private final ClientAlgo algo;
  private final AlgoContext context;
  private volatile @Nullable AbortCause cause;

  Life(ClientAlgo algo, AlgoContext context) throws AlgoException, InterruptedException {
    this.algo = algo;
    this.context = context;
    algo.initialize(context);
  }

  ClientAlgo algo() {
    return algo;
  }

  /// The task of a round; an INITIAL one for round 0.
  TaskContext task(int round) {
    return new TaskContext() {
      @Override
      public int round() {
        return round;
      }

      @Override
      public int totalRounds() {
        return 3;
      }

      @Override
      public long seed(String purpose) {
        var site = round == 0 ? "" : context.site().value();
        return Seed.derive(JOB_SEED, round, site, purpose);
      }

      @Override
      public AbortSignal abort() {
        return () -> Optional.ofNullable(cause);
      }

      @Override
      public void progress(double fraction, String note) {}
    };
  }

  void signalAbort() {
    cause = AbortCause.REQUESTED;
  }

  TensorMap initial() throws AlgoException, InterruptedException, IOException {
    return copy(algo.getWeights(new WeightsRequest.Initial(), task(0)));
  }

  /// Evaluates and trains as the platform does; the full weights as a copy.
  TensorMap round(int round, TensorMap model)
      throws AlgoException, InterruptedException, IOException {
    var payload = new ModelPayload(model, WeightType.FULL);
    algo.evaluate(payload, task(round));
    algo.train(payload, task(round));
    return full(model);
  }

  /// The weights after a training, as a copy.
  TensorMap full(TensorMap received) throws AlgoException, InterruptedException, IOException {
    var payload = algo.getWeights(new WeightsRequest.Current(WeightType.FULL), task(1));
    return switch (payload.type()) {
      case FULL -> copy(payload);
      case DIFF ->
          copy(new ModelPayload(Combination.sum(received, payload.weights()), WeightType.FULL));
    };
  }

  TensorMap copy(ModelPayload payload) throws IOException {
    var file = Files.createTempFile("ward-conformance", "");
    try {
      Files.delete(file);
      ModelWriter.write(payload.weights(), file);
      return load(file);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  static TensorMap load(Path file) throws IOException {
    try (var model = ModelFile.open(file)) {
      return model.load();
    } catch (ModelFileException e) {
      throw new IOException(e);
    }
  }

  @Override
  public void close() throws AlgoException {
    algo.shutdown();
  }
}
