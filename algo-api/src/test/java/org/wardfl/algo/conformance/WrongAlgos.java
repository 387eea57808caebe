package org.wardfl.algo.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.wardfl.algo.AbortCause;
import org.wardfl.algo.AlgoContext;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.ClientAlgo;
import org.wardfl.algo.Metrics;
import org.wardfl.algo.ModelPayload;
import org.wardfl.algo.TaskContext;
import org.wardfl.algo.TrainSummary;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.WeightsRequest;
import org.wardfl.algo.fixture.QuadraticAlgo;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;

/// Algorithms with one mistake each, and the test of the kit that must find it. Public, and each
/// with the kit as a test class of its own, as JUnit wants them.
final class WrongAlgos {

  private WrongAlgos() {}

  /// The kit on one of them.
  abstract static class Kit extends ClientAlgoConformance {}

  static final class Right extends Kit {
    @Override
    protected ClientAlgo create() {
      return new QuadraticAlgo();
    }
  }

  /// Draws without a seed.
  static final class Unseeded extends Kit {
    @Override
    protected ClientAlgo create() {
      return new QuadraticAlgo() {
        @Override
        public ModelPayload getWeights(WeightsRequest request, TaskContext task)
            throws AlgoException, InterruptedException {
          var weights = weights(super.getWeights(request, task));
          if (request instanceof WeightsRequest.Current) {
            weights[0] += new Random().nextFloat();
          }
          return full(weights);
        }
      };
    }
  }

  /// Makes another first model at every site.
  static final class InitialBySite extends Kit {
    @Override
    protected ClientAlgo create() {
      return new QuadraticAlgo() {
        private String site = "";

        @Override
        public void initialize(AlgoContext context) throws AlgoException, InterruptedException {
          super.initialize(context);
          site = context.site().value();
        }

        @Override
        public ModelPayload getWeights(WeightsRequest request, TaskContext task)
            throws AlgoException, InterruptedException {
          var weights = weights(super.getWeights(request, task));
          if (request instanceof WeightsRequest.Initial) {
            weights[0] += site.charAt(site.length() - 1);
          }
          return full(weights);
        }
      };
    }
  }

  /// Returns memory that it goes on writing to.
  static final class Aliasing extends Kit {
    @Override
    protected ClientAlgo create() {
      return new QuadraticAlgo() {
        private final java.lang.foreign.MemorySegment live =
            java.lang.foreign.Arena.ofAuto().allocate(64, 8);

        @Override
        public ModelPayload getWeights(WeightsRequest request, TaskContext task)
            throws AlgoException, InterruptedException {
          var payload = super.getWeights(request, task);
          if (request instanceof WeightsRequest.Initial) {
            return payload;
          }
          copy(payload);
          return new ModelPayload(
              TensorMap.of(
                  Tensor.of(payload.weights().spec("w").orElseThrow(), live),
                  Tensor.longs("steps_done", new long[] {4})),
              WeightType.FULL);
        }

        @Override
        public TrainSummary train(ModelPayload global, TaskContext task)
            throws AlgoException, InterruptedException {
          var summary = super.train(global, task);
          copy(super.getWeights(new WeightsRequest.Current(WeightType.FULL), task));
          return summary;
        }

        private void copy(ModelPayload payload) throws AlgoException {
          var weights = weights(payload);
          for (int i = 0; i < weights.length; i++) {
            live.setAtIndex(java.lang.foreign.ValueLayout.JAVA_FLOAT, i, weights[i]);
          }
        }
      };
    }
  }

  /// Trains on when told to stop.
  static final class DeafToAbort extends Kit {
    @Override
    protected ClientAlgo create() {
      return new QuadraticAlgo() {
        @Override
        public TrainSummary train(ModelPayload global, TaskContext task)
            throws AlgoException, InterruptedException {
          try {
            return super.train(global, task);
          } catch (AlgoException.Aborted _) {
            return new TrainSummary(0, 0);
          }
        }
      };
    }
  }

  /// Takes its time to abort.
  static final class SlowAbort extends Kit {
    @Override
    protected ClientAlgo create() {
      return new QuadraticAlgo() {
        @Override
        public void abort(AbortCause cause) {
          try {
            Thread.sleep(3000);
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          }
        }
      };
    }
  }

  /// Leaves a file in the working directory.
  static final class Litter extends Kit {
    @Override
    protected ClientAlgo create() {
      return new QuadraticAlgo() {
        @Override
        public TrainSummary train(ModelPayload global, TaskContext task)
            throws AlgoException, InterruptedException {
          try {
            Files.writeString(jobFolder().resolve("best-" + System.nanoTime()), "x");
          } catch (IOException e) {
            throw new AlgoException.Failure("no file", e);
          }
          return super.train(global, task);
        }
      };
    }
  }

  /// Reads numbers as the machine's language writes them.
  static final class Localized extends Kit {
    @Override
    protected ClientAlgo create() {
      return new QuadraticAlgo() {
        @Override
        public ModelPayload getWeights(WeightsRequest request, TaskContext task)
            throws AlgoException, InterruptedException {
          var weights = weights(super.getWeights(request, task));
          weights[0] += "title".toUpperCase(Locale.getDefault()).charAt(1);
          return full(weights);
        }
      };
    }
  }

  /// Trains within evaluate, as if nobody would notice.
  static final class EvaluateTrains extends Kit {
    @Override
    protected ClientAlgo create() {
      return new QuadraticAlgo() {
        private int evaluations;

        @Override
        public Metrics evaluate(ModelPayload global, TaskContext task)
            throws AlgoException, InterruptedException {
          evaluations++;
          return super.evaluate(global, task);
        }

        @Override
        public ModelPayload getWeights(WeightsRequest request, TaskContext task)
            throws AlgoException, InterruptedException {
          var weights = weights(super.getWeights(request, task));
          if (request instanceof WeightsRequest.Current) {
            weights[0] += evaluations;
          }
          return full(weights);
        }
      };
    }
  }

  /// Accepts a model that it does not know.
  static final class TakesAnyShape extends Kit {
    @Override
    protected ClientAlgo create() {
      return new QuadraticAlgo() {
        @Override
        public TrainSummary train(ModelPayload global, TaskContext task)
            throws AlgoException, InterruptedException {
          kept = global;
          return new TrainSummary(1, 1);
        }

        @Override
        public Metrics evaluate(ModelPayload global, TaskContext task) {
          return Metrics.none();
        }

        @Override
        public ModelPayload getWeights(WeightsRequest request, TaskContext task)
            throws AlgoException, InterruptedException {
          return request instanceof WeightsRequest.Initial || kept == null
              ? super.getWeights(request, task)
              : kept;
        }

        private @org.jspecify.annotations.Nullable ModelPayload kept;
      };
    }
  }

  /// Every one of them with the tests that must fail, and no other.
  static final List<Expectation> ALL =
      List.of(
          new Expectation(Right.class, List.of()),
          new Expectation(
              Unseeded.class,
              List.of(
                  "sameSeedGivesTheSameBytes",
                  "evaluationChangesNothing",
                  "instancesDoNotDisturbEachOther",
                  "differenceAndWeightsAgree",
                  "languageAndTimeZoneOfTheMachineDoNotMatter")),
          new Expectation(InitialBySite.class, List.of("initialModelIsTheSameAtEverySite")),
          new Expectation(Aliasing.class, List.of("returnedWeightsAreASnapshot")),
          new Expectation(DeafToAbort.class, List.of("anAbortedTrainingDoesNotReturn")),
          new Expectation(SlowAbort.class, List.of("abortReturnsAtOnceAndMayBeRepeated")),
          new Expectation(Litter.class, List.of("nothingIsWrittenOutsideTheScratchFolder")),
          new Expectation(Localized.class, List.of("languageAndTimeZoneOfTheMachineDoNotMatter")),
          new Expectation(EvaluateTrains.class, List.of("evaluationChangesNothing")),
          new Expectation(
              TakesAnyShape.class,
              List.of(
                  "aMissingTensorIsRefused",
                  "anUnknownTensorIsRefused",
                  "anotherShapeIsRefused",
                  "anAbortedTrainingDoesNotReturn")));

  /// The kit on one algorithm.
  record Expectation(Class<? extends Kit> kit, List<String> failing) {
    @Override
    public String toString() {
      return kit.getSimpleName();
    }
  }
}
