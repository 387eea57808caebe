package org.wardfl.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardfl.aggregator.AggregationPlan;
import org.wardfl.aggregator.ServerOptimizer;
import org.wardfl.aggregator.ServerStep;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.model.ModelFile;
import org.wardfl.algo.model.ModelFileException;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.proto.job.OptimizerChoice;
import org.wardfl.server.job.Command;
import org.wardfl.server.job.Effect;
import org.wardfl.server.store.BlobStore;

/// Moves a model by what a round's updates say together, with what the server remembers of the
/// rounds before.
final class Stepper {

  private static final Logger LOG = LoggerFactory.getLogger(Stepper.class);

  private final BlobStore blobs;
  private final ServerConfig config;

  Stepper(BlobStore blobs, ServerConfig config) {
    this.blobs = blobs;
    this.config = config;
  }

  /// Carries out the second half of a reduction.
  ///
  /// @param base the model that the updates start from
  /// @param differences what they say together; deleted when it was used
  /// @throws IOException if a file cannot be read or written
  Reducer.Reduced step(
      Effect.Reduce effect,
      OptimizerChoice choice,
      AggregationPlan plan,
      ModelFile base,
      Path differences,
      SortedMap<SiteName, Double> weights)
      throws IOException {
    var name = differences.getFileName().toString();
    var model = blobs.incoming(name + "-model");
    var remembered = blobs.incoming(name + "-memory");
    var step = new ServerStep(optimizer(choice), plan.exclude());
    try (var combined = ModelFile.open(differences);
        var memory = memory(effect)) {
      var stepped =
          step.write(base, combined, memory.file(), model, remembered, config.durability());
      var claim = blobs.claim(stepped.model());
      blobs.adopt(model, stepped.model());
      var kept = stepped.memory().map(blobs::claim).orElse(() -> {});
      if (stepped.memory().isPresent()) {
        blobs.adopt(remembered, stepped.memory().get());
      }
      return new Reducer.Reduced(
          Reducer.ready(effect, stepped.model(), weights, stepped.memory()),
          () -> {
            claim.close();
            kept.close();
          });
    } catch (ModelFileException | LostException e) {
      LOG.atError().setCause(e).log("a stored file is missing or damaged");
      return Reducer.Reduced.of(
          new Command.ReductionFailed(
              effect.round(),
              effect.track(),
              "a stored file is missing or damaged; the server's log names it"));
    } finally {
      Files.deleteIfExists(differences);
    }
  }

  /// What was remembered cannot be read.
  private static final class LostException extends Exception {
    private static final long serialVersionUID = 1L;

    LostException(Exception cause) {
      super(cause);
    }
  }

  private record Memory(Optional<ModelFile> file) implements AutoCloseable {

    @Override
    public void close() throws IOException {
      if (file.isPresent()) {
        file.get().close();
      }
    }
  }

  private Memory memory(Effect.Reduce effect) throws LostException {
    if (effect.memory().isEmpty()) {
      return new Memory(Optional.empty());
    }
    try {
      ModelHash hash = effect.memory().get();
      return new Memory(Optional.of(ModelFile.open(blobs.require(hash))));
    } catch (IOException | ModelFileException e) {
      throw new LostException(e);
    }
  }

  private static ServerOptimizer optimizer(OptimizerChoice choice) {
    return new ServerOptimizer(
        switch (choice.method()) {
          case FEDAVGM -> ServerOptimizer.Method.FEDAVGM;
          case FEDADAGRAD -> ServerOptimizer.Method.FEDADAGRAD;
          case FEDADAM -> ServerOptimizer.Method.FEDADAM;
          case FEDYOGI -> ServerOptimizer.Method.FEDYOGI;
        },
        choice.learningRate(),
        choice.beta1(),
        choice.beta2(),
        choice.tau());
  }
}
