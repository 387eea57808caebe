package org.wardfl.algo.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardfl.algo.AbortCause;
import org.wardfl.algo.ClientAlgo;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.fixture.Contexts;
import org.wardfl.algo.fixture.FaultyAlgo;
import org.wardfl.algo.fixture.QuadraticAlgo;
import org.wardfl.algo.model.ModelFile;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.algo.tensor.Combination;
import org.wardfl.algo.tensor.DType;
import org.wardfl.algo.tensor.Role;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.algo.tensor.TensorSpec;

class AlgoRunnerTest {

  private static final Grace SHORT = new Grace(Duration.ofMillis(100), Duration.ofMillis(300));

  @TempDir private Path folder;
  private Path model;

  @BeforeEach
  void makeModel() {
    try (var runner = runner(new QuadraticAlgo(), Map.of())) {
      var request =
          Contexts.request(TaskKind.INITIAL, 0, Optional.empty(), WeightType.FULL, folder);
      assertThat(runner.run(request)).isInstanceOf(TaskResult.Initialized.class);
      model = request.updateOut();
    }
  }

  @Test
  void trainingReturnsScoresOfTheReceivedModelAndADifference() throws Exception {
    try (var runner = runner(new QuadraticAlgo(), Map.of())) {
      var diffRequest = train(WeightType.DIFF, 1);
      var trained = (TaskResult.Trained) runner.run(diffRequest);
      assertThat(trained.summary().iterations()).isEqualTo(4);
      assertThat(trained.received().values()).containsKey("distance");
      var fullRequest = train(WeightType.FULL, 1);
      var other = new TaskRequestCopy(fullRequest).to(folder.resolve("full"));
      assertThat(runner.run(other)).isInstanceOf(TaskResult.Trained.class);
      try (var base = ModelFile.open(model);
          var diff = ModelFile.open(diffRequest.updateOut());
          var full = ModelFile.open(folder.resolve("full"))) {
        var sum = Combination.sum(base, diff.load());
        var bytes = java.lang.foreign.Arena.ofAuto().allocate(64);
        var spec = sum.spec("w").orElseThrow();
        sum.read(spec, 0, bytes);
        var expected = full.load().tensor("w").toFloats();
        var found = Tensor.of(spec, bytes).toFloats();
        var start = base.load().tensor("w").toFloats();
        for (int i = 0; i < expected.length; i++) {
          // One rounding in the difference and one in the sum, each of the larger operand's size.
          float ulp = Math.ulp(Math.max(Math.abs(expected[i]), Math.abs(start[i])));
          assertThat(found[i]).isCloseTo(expected[i], org.assertj.core.data.Offset.offset(ulp));
        }
      }
    }
  }

  @Test
  void aRepeatedTaskGivesTheSameBytes() {
    TaskResult first;
    try (var runner = runner(new QuadraticAlgo(), Map.of())) {
      first = runner.run(train(WeightType.DIFF, 2));
    }
    try (var runner = runner(new QuadraticAlgo(), Map.of())) {
      assertThat(runner.run(train(WeightType.DIFF, 2))).isEqualTo(first);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "initialize, INITIALIZE, there are no rows in the dataset",
    "evaluate, EVALUATE, the algorithm threw java.lang.IllegalStateException",
    "throw, TRAIN, the algorithm threw java.lang.IllegalStateException",
    "stack, TRAIN, the algorithm threw java.lang.StackOverflowError",
    "nan, GET_WEIGHTS, tensor w holds NaN",
    "infinity, GET_WEIGHTS, tensor w holds -Infinity",
    "shape, GET_WEIGHTS, 'tensor w: F32[17], expected F32[16]'",
    "missing, GET_WEIGHTS, the algorithm did not return tensor w",
    "unknown, GET_WEIGHTS, tensor smuggled is not in the received model",
    "null, GET_WEIGHTS, the algorithm returned null"
  })
  void aFailureIsAValueWithItsPhaseAndLeavesNoFile(String fault, Phase phase, String message)
      throws IOException {
    try (var runner = runner(new FaultyAlgo(), Map.of("fault", fault))) {
      var result = runner.run(train(WeightType.DIFF, 1));
      assertThat(result).isInstanceOf(TaskResult.Failed.class);
      var failed = (TaskResult.Failed) result;
      assertThat(failed.phase()).isEqualTo(phase);
      assertThat(failed.message()).isEqualTo(message).doesNotContain("Jane Doe");
      assertThatThrownBy(() -> runner.run(train(WeightType.DIFF, 1)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("this one is TAINTED");
    }
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(model);
    }
  }

  @Test
  void aHangingAlgorithmIsInterruptedAfterTheSoftGrace() {
    try (var runner = runner(new FaultyAlgo(), Map.of("fault", "hang"))) {
      abortSoon(runner);
      assertThat(runner.run(train(WeightType.DIFF, 1)))
          .isEqualTo(new TaskResult.Aborted(AbortCause.REQUESTED, false));
    }
  }

  @Test
  void anAlgorithmThatIgnoresEverythingIsGivenUp() {
    try (var runner = runner(new FaultyAlgo(), Map.of("fault", "ignore_abort"))) {
      abortSoon(runner);
      assertThat(runner.run(train(WeightType.DIFF, 1)))
          .isEqualTo(new TaskResult.Aborted(AbortCause.REQUESTED, true));
      assertThatThrownBy(() -> runner.run(train(WeightType.DIFF, 1)))
          .hasMessageContaining("TAINTED");
    }
  }

  @Test
  void anAbortBeforeATaskForbidsIt() {
    try (var runner = runner(new QuadraticAlgo(), Map.of())) {
      runner.abort(AbortCause.SHUTDOWN);
      assertThatThrownBy(() -> runner.run(train(WeightType.DIFF, 1)))
          .hasMessageContaining("TAINTED");
    }
  }

  @Test
  void anUpdateHasTheRolesOfTheReceivedModel() throws Exception {
    var buffer = TensorSpec.of("w", DType.F32, 16).withRole(Role.BUFFER);
    var constant = TensorSpec.of("steps_done", DType.I64).withRole(Role.CONSTANT);
    model = folder.resolve("with-roles");
    ModelWriter.write(
        TensorMap.of(
            Tensor.floats(buffer, new float[16]),
            Tensor.of(constant, Tensor.longs("steps_done", new long[] {4}).data())),
        model);
    for (var wanted : WeightType.values()) {
      var seen = new ArrayList<TensorSpec>();
      var request =
          new TaskRequestCopy(train(wanted, 1))
              .to(
                  folder.resolve("update-" + wanted),
                  (update, _, _) -> {
                    seen.addAll(update.specs());
                    return update;
                  });
      // The algorithm calls `w` a parameter and `steps_done` a counter.
      try (var runner = runner(new QuadraticAlgo(), Map.of())) {
        assertThat(runner.run(request)).isInstanceOf(TaskResult.Trained.class);
      }
      assertThat(seen).as("what filters see").containsExactlyInAnyOrder(buffer, constant);
      try (var update = ModelFile.open(request.updateOut())) {
        assertThat(update.specs()).containsExactlyInAnyOrder(buffer, constant);
      }
    }
  }

  private AlgoRunner runner(ClientAlgo algo, Map<String, Object> arguments) {
    return new AlgoRunner(algo, Contexts.context("site-1", arguments, folder), SHORT);
  }

  private TaskRequest train(WeightType wanted, int round) {
    return Contexts.request(TaskKind.TRAIN, round, Optional.of(model), wanted, folder);
  }

  private static void abortSoon(AlgoRunner runner) {
    Thread.ofVirtual()
        .start(() -> {
          java.util.concurrent.locks.LockSupport.parkNanos(50_000_000);
          runner.abort(AbortCause.REQUESTED);
        });
  }

  /// The same request with another file to write, and another filter.
  private record TaskRequestCopy(TaskRequest of) {
    TaskRequest to(Path updateOut) {
      return to(updateOut, of.transform());
    }

    TaskRequest to(Path updateOut, UpdateTransform transform) {
      return new TaskRequest(
          of.kind(),
          of.round(),
          of.totalRounds(),
          of.jobSeed(),
          of.seedSite(),
          of.model(),
          of.wanted(),
          of.mayOmit(),
          of.stateIn(),
          updateOut,
          of.stateOut(),
          transform,
          of.progress());
    }
  }
}
