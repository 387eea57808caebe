package org.wardfl.algo.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.wardfl.algo.AlgoContext;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.ModelKind;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.WeightsRequest;
import org.wardfl.algo.run.TaskResult;
import org.wardfl.algo.statistics.StatisticsRequest;

/// From the factory to the shutdown.
interface LifecycleRules extends ConformanceRules {

  /// The factory accepts the arguments and makes a new instance each time.
  @Test
  default void theFactoryMakesTheAlgorithm() {
    assertThat(factory().id()).as("the word in algorithm.type").matches("[a-z0-9][a-z0-9._-]*");
    assertThat(factory().supports()).contains(TaskKind.TRAIN, TaskKind.EVALUATE);
    assertThatCode(() -> factory().check(arguments(), data().settings()))
        .as("the factory's check of the arguments")
        .doesNotThrowAnyException();
    assertThat(factory().create()).as("a second instance").isNotSameAs(factory().create());
  }

  /// INITIAL, two rounds of training, evaluation, as the platform runs them.
  @Test
  default void theAlgorithmRunsAsThePlatformRunsIt() throws Exception {
    var run = PlatformRun.of(this, Path.of("").toAbsolutePath(), bench().folder());
    assertThat(run.results())
        .as("tasks: %s", String.join(System.lineSeparator(), run.facts()))
        .hasSize(initialModel().isPresent() ? 3 : 4)
        .allMatch(result ->
            result instanceof TaskResult.Initialized
                || result instanceof TaskResult.Trained
                || result instanceof TaskResult.Evaluated);
  }

  /// What the factory promises is there, what it does not is refused as unsupported.
  @Test
  default void theAlgorithmOffersWhatItsFactorySays() throws Exception {
    try (var trial = bench().start()) {
      var initial = catchThrowable(() -> trial.initial(ConformanceTask.SEED));
      requireOffer(TaskKind.INITIAL, initial);
      var statistics =
          catchThrowable(
              () -> trial.algo().getDataStats(StatisticsRequest.all(), ConformanceTask.ofRound(1)));
      requireOffer(TaskKind.DATA_STATS, statistics);
      for (var kind : ModelKind.values()) {
        var request = new WeightsRequest.Stored(kind);
        var stored =
            catchThrowable(() ->
                assertThat(trial.algo().getWeights(request, ConformanceTask.ofRound(1)).type())
                    .as("a stored model")
                    .isEqualTo(WeightType.FULL));
        if (stored != null) {
          assertThat(stored).as("%s model", kind).isInstanceOf(AlgoException.Unsupported.class);
        }
      }
    }
  }

  private void requireOffer(TaskKind kind, @org.jspecify.annotations.Nullable Throwable thrown) {
    if (factory().supports().contains(kind)) {
      assertThat(thrown).as("the factory supports %s", kind).isNull();
    } else {
      assertThat(thrown)
          .as("the factory does not support %s", kind)
          .isInstanceOf(AlgoException.Unsupported.class);
    }
  }

  /// There is nothing to return before a training: not zeros, not null, no crash.
  @Test
  default void weightsBeforeATrainingAreRefused() throws Exception {
    try (var trial = bench().start()) {
      for (var wanted : WeightType.values()) {
        assertThatThrownBy(() -> trial.weights(wanted, ConformanceTask.ofRound(1)))
            .as("getWeights(%s) before train", wanted)
            .isInstanceOf(AlgoException.class);
      }
    }
  }

  /// Shutdown does no harm twice, after a training or without any.
  @Test
  default void shutdownMayBeRepeated() throws Exception {
    var unused = bench().start();
    var used = bench().start();
    used.train(bench().model(), ConformanceTask.ofRound(1));
    for (int time = 1; time <= 2; time++) {
      assertThatCode(unused::close)
          .as("shutdown %d of an instance without tasks", time)
          .doesNotThrowAnyException();
      assertThatCode(used::close)
          .as("shutdown %d of an instance that trained", time)
          .doesNotThrowAnyException();
    }
  }

  /// A dataset that is not there is refused in a sentence that may leave the site; then there still
  /// is a shutdown.
  @Test
  default void missingDataIsRefusedWithoutItsPath() throws Exception {
    assumeTrue(data().location().isPresent(), "the algorithm reads no data");
    var missing = bench().folder().resolve("not-there").resolve("dataset");
    var binding =
        new AlgoContext.DataBinding(data().dataset(), Optional.of(missing), data().settings());
    var context =
        Trial.context(this, binding, Trial.SITE, Path.of("").toAbsolutePath(), bench().folder());
    var algo = factory().create();
    var model = new GivenModel(bench().model());
    var thrown =
        catchThrowable(() -> {
          algo.initialize(context);
          algo.train(model.payload(), ConformanceTask.ofRound(1));
        });
    assertThat(thrown).as("missing data").isInstanceOf(AlgoException.class);
    assertThat(thrown.getMessage())
        .as("the message, which may leave the site")
        .doesNotContain(bench().folder().toString());
    assertThatCode(algo::shutdown).as("shutdown after the failure").doesNotThrowAnyException();
  }
}
