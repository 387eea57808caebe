package org.wardfl.algo.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardfl.algo.AbortCause;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.run.AlgoRunner;
import org.wardfl.algo.run.Phase;
import org.wardfl.algo.run.TaskResult;

/// An abort aborts.
interface AbortRules extends ConformanceRules {

  /// `abort` comes from another thread, more than once, and returns within a second.
  @Test
  default void abortReturnsAtOnceAndMayBeRepeated() throws Exception {
    try (var trial = bench().start()) {
      var quickest = Duration.ofDays(1);
      for (var cause : AbortCause.values()) {
        long start = System.nanoTime();
        assertTimeoutPreemptively(
            grace().hard(),
            () -> trial.algo().abort(cause),
            () -> "abort(" + cause + ") did not return within " + grace().hard());
        var took = Duration.ofNanos(System.nanoTime() - start);
        quickest = took.compareTo(quickest) < 0 ? took : quickest;
      }
      // The quickest: on a busy machine one call may wait for its turn.
      assertThat(quickest).as("time that abort takes").isLessThan(Duration.ofSeconds(1));
    }
  }

  /// Whatever call an abort falls into ends within the grace; an aborted training throws.
  @ParameterizedTest
  @EnumSource(names = {"INITIALIZE", "EVALUATE", "TRAIN", "GET_WEIGHTS"})
  default void anAbortEndsEveryCall(Phase phase) throws Exception {
    var observed = ObservedAlgo.of(factory().create(), phase, grace());
    var result = abortedTask(observed);
    assertThat(result)
        .as("a task aborted in %s, which has %s to end", phase.word(), grace().hard())
        .isEqualTo(new TaskResult.Aborted(AbortCause.REQUESTED, false));
    if (phase == Phase.TRAIN) {
      assertThat(observed.ending("train").orElseThrow())
          .as("an aborted training throws AlgoException.Aborted or InterruptedException")
          .matches(ObservedAlgo.Ending::isAbort);
    }
    assertThat(observed.ending("shutdown").flatMap(ObservedAlgo.Ending::thrown))
        .as("what shutdown throws after an abort in %s", phase.word())
        .isEmpty();
  }

  /// A training that is under way stops when the signal is set: it is asked at least once a batch.
  @Test
  default void anAbortStopsARunningTraining() throws Exception {
    var asked = new AtomicInteger();
    var task = ConformanceTask.ofRound(1);
    long iterations;
    try (var trial = bench().start()) {
      iterations =
          trial
              .train(
                  bench().model(),
                  new ConformanceTask(
                      1,
                      task.jobSeed(),
                      task.seedSite(),
                      () -> {
                        asked.incrementAndGet();
                        return Optional.empty();
                      }))
              .iterations();
    }
    int times = asked.get();
    assumeTrue(times > 0, "the training listens to abort() instead of asking the signal");
    assumeTrue(iterations > 1, "the training has a single step: choose arguments with more");
    if (times == 1) {
      fail("a training of %d steps asked the signal once; ask at least once a batch", iterations);
    }
    asked.set(0);
    try (var trial = bench().start()) {
      assertThatThrownBy(() ->
              trial.train(
                  bench().model(),
                  new ConformanceTask(
                      1,
                      task.jobSeed(),
                      task.seedSite(),
                      () ->
                          asked.incrementAndGet() > times / 2
                              ? Optional.of(AbortCause.REQUESTED)
                              : Optional.empty())))
          .as("a training whose signal is set after half of the %d times it asks", times)
          .isInstanceOfAny(AlgoException.Aborted.class, InterruptedException.class);
    }
  }

  /// The platform never uses an aborted instance again; a new one knows nothing of it.
  @Test
  default void anAbortLeavesNothingBehind() throws Exception {
    var task = ConformanceTask.ofRound(1);
    var before = bench().trainedAlone(WeightType.FULL, task);
    abortedTask(ObservedAlgo.of(factory().create(), Phase.TRAIN, grace()));
    bench()
        .requireAsAlone(
            before, WeightType.FULL, task, "a new instance trains otherwise after an abort");
  }

  private TaskResult abortedTask(ObservedAlgo observed) throws Exception {
    var context =
        Trial.context(this, data(), Trial.SITE, Path.of("").toAbsolutePath(), bench().folder());
    var request =
        PlatformRun.request(
            TaskKind.TRAIN,
            1,
            bench().newFile("update"),
            Optional.of(bench().modelFile()),
            bench().newFile("state"));
    try (var runner = new AlgoRunner(observed, context, grace())) {
      observed.onAbort(() -> runner.abort(AbortCause.REQUESTED));
      var result = runner.run(request);
      assertThat(request.updateOut()).as("an update of an aborted task").doesNotExist();
      assertThatThrownBy(() -> runner.run(request))
          .as("a further task for an aborted instance")
          .isInstanceOf(IllegalStateException.class);
      return result;
    }
  }
}
