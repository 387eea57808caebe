package org.wardfl.algo.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardfl.algo.AbortCause;
import org.wardfl.algo.AlgoContext;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.Metrics;
import org.wardfl.algo.ModelPayload;
import org.wardfl.algo.TaskContext;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.TrainSummary;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.WeightsRequest;
import org.wardfl.algo.fixture.Contexts;
import org.wardfl.algo.fixture.QuadraticAlgo;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;

/// Which calls an algorithm gets after an abort, and its shutdown.
@Timeout(60)
class AlgoRunnerCloseTest {

  private static final Grace NONE = new Grace(Duration.ZERO, Duration.ZERO);
  private static final AbortCause WHY = AbortCause.REQUESTED;

  @TempDir private Path folder;
  private Path model = Path.of("");

  @BeforeEach
  void writeModel() throws IOException {
    model = folder.resolve("model");
    ModelWriter.write(
        TensorMap.of(
            Tensor.floats("w", new float[16], 16), Tensor.longs("steps_done", new long[] {4})),
        model);
  }

  @ParameterizedTest
  @CsvSource({
    "initialize, 'initialize, shutdown'",
    "evaluate, 'initialize, evaluate, shutdown'",
    "train, 'initialize, evaluate, train, shutdown'",
    "getWeights, 'initialize, evaluate, train, getWeights, shutdown'"
  })
  void aCallThatOverlooksAnAbortIsTheLastOne(String at, String calls) {
    var algo = new Recording();
    try (var runner = runner(algo, Grace.DEFAULT)) {
      algo.before =
          call -> {
            if (call.equals(at)) {
              runner.abort(WHY);
            }
          };
      var request = train();
      assertThat(runner.run(request)).isEqualTo(new TaskResult.Aborted(WHY, false));
      assertThat(request.updateOut()).doesNotExist();
    }
    assertThat(String.join(", ", algo.calls)).isEqualTo(calls);
  }

  @Test
  void anAlgorithmThatWasNeverInitializedIsNotShutDown() {
    var unused = new Recording();
    runner(unused, Grace.DEFAULT).close();
    var aborted = new Recording();
    try (var runner = runner(aborted, Grace.DEFAULT)) {
      runner.abort(WHY);
    }
    assertThat(unused.calls).isEmpty();
    assertThat(aborted.calls).isEmpty();
  }

  @Test
  void noGraceIsTooShortForAShutdown() throws Exception {
    // Many, because it used to depend on which thread came first.
    for (int i = 0; i < 50; i++) {
      var algo = new Recording();
      try (var runner = runner(algo, NONE)) {
        assertThat(runner.run(train())).isInstanceOf(TaskResult.Trained.class);
      }
      assertThat(algo.shutDown.await(30, TimeUnit.SECONDS)).as("shutdown %d", i).isTrue();
    }
  }

  @Test
  void anInterruptedThreadStillWaitsForTheShutdown() {
    var algo = new Recording();
    var runner = runner(algo, Grace.DEFAULT);
    runner.run(train());
    Thread.currentThread().interrupt();
    runner.close();
    assertThat(algo.calls).endsWith("shutdown");
    assertThat(Thread.interrupted()).as("still interrupted").isTrue();
  }

  @Test
  void aSlowShutdownIsInterruptedAfterTheSoftGrace() throws Exception {
    var algo = new Recording();
    var interrupted = new CountDownLatch(1);
    algo.before =
        call -> {
          if (call.equals("shutdown")) {
            try {
              new CountDownLatch(1).await();
            } catch (InterruptedException _) {
              interrupted.countDown();
            }
          }
        };
    // Long enough for the shutdown to begin.
    try (var runner = runner(algo, new Grace(Duration.ofSeconds(1), Duration.ofSeconds(1)))) {
      runner.run(train());
    }
    assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void closingStopsARunningTask() throws Exception {
    var algo = new Recording();
    var training = new CountDownLatch(1);
    algo.before =
        call -> {
          if (call.equals("train")) {
            training.countDown();
            try {
              algo.told.await();
            } catch (InterruptedException _) {
              Thread.currentThread().interrupt();
            }
          }
        };
    var runner = runner(algo, Grace.DEFAULT);
    var task = new FutureTask<>(() -> runner.run(train()));
    Thread.ofVirtual().start(task);
    training.await();
    runner.close();
    assertThat(task.get()).isEqualTo(new TaskResult.Aborted(AbortCause.SHUTDOWN, false));
    assertThat(algo.calls).containsExactly("initialize", "evaluate", "train", "shutdown");
    runner.close();
    assertThat(algo.calls).as("closed twice").hasSize(4);
    assertThatThrownBy(() -> runner.run(train())).hasMessageContaining("CLOSED");
  }

  @Test
  void anAlgorithmThatWasGivenUpIsShutDownWhenItEndsAfterAll() throws Exception {
    var algo = new Recording();
    var goOn = new Semaphore(0);
    try (var runner = runner(algo, NONE)) {
      algo.before =
          call -> {
            if (call.equals("train")) {
              runner.abort(WHY);
              goOn.acquireUninterruptibly();
            }
          };
      assertThat(runner.run(train())).isEqualTo(new TaskResult.Aborted(WHY, true));
    }
    assertThat(algo.calls).doesNotContain("shutdown");
    goOn.release();
    assertThat(algo.shutDown.await(30, TimeUnit.SECONDS)).isTrue();
  }

  private AlgoRunner runner(Recording algo, Grace grace) {
    return new AlgoRunner(algo, Contexts.context("site-1", Map.of(), folder), grace);
  }

  private TaskRequest train() {
    return Contexts.request(TaskKind.TRAIN, 1, Optional.of(model), WeightType.DIFF, folder);
  }

  /// What is done as a call begins.
  private interface Hook {
    void call(String name);
  }

  /// Notes its calls, and never looks at the signal.
  private static final class Recording extends QuadraticAlgo {
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final CountDownLatch told = new CountDownLatch(1);
    private final CountDownLatch shutDown = new CountDownLatch(1);
    private volatile Hook before = _ -> {};

    private void begin(String call) {
      calls.add(call);
      before.call(call);
    }

    @Override
    public void initialize(AlgoContext context) throws AlgoException, InterruptedException {
      begin("initialize");
      super.initialize(context);
    }

    @Override
    public Metrics evaluate(ModelPayload global, TaskContext task)
        throws AlgoException, InterruptedException {
      begin("evaluate");
      return super.evaluate(global, task);
    }

    @Override
    public TrainSummary train(ModelPayload global, TaskContext task) {
      begin("train");
      return new TrainSummary(1, 1);
    }

    @Override
    public ModelPayload getWeights(WeightsRequest request, TaskContext task) {
      begin("getWeights");
      return full(new float[16]);
    }

    @Override
    public void abort(AbortCause cause) {
      told.countDown();
    }

    @Override
    public void shutdown() {
      begin("shutdown");
      shutDown.countDown();
    }
  }
}
