package org.wardfl.algo.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.AbortCause;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.ModelPayload;
import org.wardfl.algo.TaskContext;
import org.wardfl.algo.TrainSummary;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.fixture.Contexts;
import org.wardfl.algo.fixture.QuadraticAlgo;
import org.wardfl.algo.run.Grace;
import org.wardfl.algo.run.Phase;
import org.wardfl.algo.tensor.TensorMap;

class ObservedAlgoTest {

  @TempDir private Path folder;

  /// On a busy machine the soft grace is over, and the thread interrupted, before `abort` was
  /// called.
  @Test
  void aCallIsMadeAlthoughTheInterruptionCameFirst() throws Exception {
    var algo = new Interrupted();
    var observed = ObservedAlgo.of(algo, Phase.TRAIN, Grace.DEFAULT);
    observed.initialize(Contexts.context("site-1", java.util.Map.of(), folder));
    observed.onAbort(() -> {
      Thread.currentThread().interrupt();
      Thread.ofVirtual().start(() -> observed.abort(AbortCause.REQUESTED));
    });
    var model = new ModelPayload(TensorMap.of(), WeightType.FULL);
    var thrown = catchThrowable(() -> observed.train(model, ConformanceTask.ofRound(1)));
    assertThat(thrown).isInstanceOf(InterruptedException.class).hasMessage("in the algorithm");
    assertThat(algo.toldBefore).as("abort came before the call").isTrue();
    assertThat(observed.ending("train").flatMap(ObservedAlgo.Ending::thrown)).containsSame(thrown);
    assertThat(observed.endings().stream().map(ObservedAlgo.Ending::call))
        .isEqualTo(List.of("initialize", "abort", "train"));
    assertThat(observed.ending("shutdown")).isEqualTo(Optional.empty());
  }

  /// Ends by the interruption that it finds.
  private static final class Interrupted extends QuadraticAlgo {
    private volatile boolean told;
    private boolean toldBefore;

    @Override
    public void abort(AbortCause cause) {
      told = true;
    }

    @Override
    public TrainSummary train(ModelPayload global, TaskContext task)
        throws AlgoException, InterruptedException {
      toldBefore = told;
      if (Thread.interrupted()) {
        throw new InterruptedException("in the algorithm");
      }
      return super.train(global, task);
    }
  }
}
