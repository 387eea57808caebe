package org.wardfl.algo.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.ModelPayload;
import org.wardfl.algo.TaskContext;
import org.wardfl.algo.TrainSummary;
import org.wardfl.algo.fixture.MomentumAlgo;

/// Algorithms that break one of the [StateRules] each.
final class WrongStates {

  private WrongStates() {}

  /// Restores nothing.
  static final class ForgetsState extends MomentumAlgo {
    @Override
    public void restoreState(Path file) throws IOException, AlgoException {
      var now = file.resolveSibling("now");
      saveState(now);
      super.restoreState(file);
      super.restoreState(now);
    }
  }

  /// Puts into its state how often it was saved.
  static final class CountsSaves extends MomentumAlgo {
    private int saves;

    @Override
    public TrainSummary train(ModelPayload global, TaskContext task)
        throws AlgoException, InterruptedException {
      saves = 0;
      return super.train(global, task);
    }

    @Override
    public void saveState(Path file) throws IOException {
      super.saveState(file);
      if (saves++ > 0) {
        Files.writeString(file, "again", StandardOpenOption.APPEND);
      }
    }
  }

  /// Crashes over a file that it did not write.
  static final class TrustsState extends MomentumAlgo {
    @Override
    public void restoreState(Path file) throws IOException, AlgoException {
      if (Files.size(file) < 64) {
        throw new IllegalStateException("there must be 64 bytes");
      }
      super.restoreState(file);
    }
  }
}
