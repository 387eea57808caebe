package org.wardfl.gpu.statistics;

import java.util.Optional;
import org.wardfl.algo.AbortSignal;
import org.wardfl.algo.TaskContext;

/// A task that nobody aborts.
public record DescriptionTask() implements TaskContext {

  @Override
  public int round() {
    return 1;
  }

  @Override
  public int totalRounds() {
    return 0;
  }

  @Override
  public long seed(String purpose) {
    return 0;
  }

  @Override
  public AbortSignal abort() {
    return Optional::empty;
  }

  @Override
  public void progress(double fraction, String note) {}
}
