package org.wardfl.algo.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.StatefulAlgo;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.model.ModelDifference;

/// The state of an algorithm that keeps one is all of it.
interface StateRules extends ConformanceRules {

  /// A new instance with the restored state trains on as the old one does, and ends in the same
  /// state.
  @Test
  default void aRestoredStateGoesOn() throws Exception {
    var model = bench().model();
    var second = ConformanceTask.ofRound(2);
    var afterFirst = bench().newFile("state-1");
    try (var trial = bench().start();
        var restored = bench().start()) {
      var old = stateful(trial);
      trial.train(model, ConformanceTask.ofRound(1));
      old.saveState(afterFirst);
      assumeTrue(Files.exists(afterFirst), "with these arguments it keeps nothing");
      stateful(restored).restoreState(afterFirst);
      trial.train(Models.nudged(model), second);
      restored.train(Models.nudged(model), second);
      var difference =
          ModelDifference.between(
              trial.update(WeightType.FULL, model, second),
              restored.update(WeightType.FULL, model, second));
      assertThat(difference.isIdentical())
          .as("training goes on otherwise from a restored state: %s", Bench.describe(difference))
          .isTrue();
      var went = bench().newFile("state-2");
      var came = bench().newFile("state-2");
      old.saveState(went);
      stateful(restored).saveState(came);
      assertThat(Files.readAllBytes(came))
          .as("the state after that")
          .isEqualTo(Files.readAllBytes(went));
    }
  }

  /// Equal states give equal bytes.
  @Test
  default void equalStatesAreEqualBytes() throws Exception {
    try (var trial = bench().start()) {
      var algo = stateful(trial);
      trial.train(bench().model(), ConformanceTask.ofRound(1));
      var first = bench().newFile("state");
      var second = bench().newFile("state");
      algo.saveState(first);
      assumeTrue(Files.exists(first), "with these arguments it keeps nothing");
      algo.saveState(second);
      assertThat(Files.readAllBytes(second))
          .as("the same state, saved again")
          .isEqualTo(Files.readAllBytes(first));
    }
  }

  /// A file that is no state of this algorithm is refused.
  @Test
  default void aForeignStateIsRefused() throws Exception {
    var foreign = Files.writeString(bench().newFile("state"), "this is no state");
    try (var trial = bench().start()) {
      var algo = stateful(trial);
      assertThat(catchThrowable(() -> algo.restoreState(foreign)))
          .as("restoreState of a foreign file")
          .isInstanceOfAny(AlgoException.class, IOException.class);
    }
  }

  private static StatefulAlgo stateful(Trial trial) {
    assumeTrue(trial.stateful().isPresent(), "it keeps no state");
    return trial.stateful().get();
  }
}
