package org.wardfl.gpu.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.SortedMap;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.TaskContext;
import org.wardfl.gpu.torch.Torch;

/// Steps along the gradient of a loss, batch after batch, until a task's steps are done.
///
/// @param torch where it runs
/// @param parameters what is learned, by name
/// @param optimizer how
public record TrainingLoop(
    Torch torch, SortedMap<String, NDArray> parameters, Optimizer optimizer) {

  /// The loss of some rows under the parameters as they are.
  @FunctionalInterface
  public interface BatchLoss {

    /// A scalar, computed in the manager, with which everything made on the way is freed.
    ///
    /// @param rows numbers of rows
    NDArray of(NDManager manager, int[] rows) throws AlgoException;
  }

  /// Does the steps; the task's abort is asked before each.
  ///
  /// @param steps how many, at least 1
  /// @return the mean of the batches' losses, each taken before its step
  /// @throws AlgoException.NonFinite if a loss is not finite
  /// @throws AlgoException.Aborted if the task was told to stop
  public double run(Batches batches, long steps, BatchLoss loss, TaskContext task)
      throws AlgoException {
    Torch.withoutGradients();
    double sum = 0;
    for (long step = 1; step <= steps; step++) {
      task.abort().throwIfSet();
      float value = step(batches.next(), loss);
      if (!Float.isFinite(value)) {
        throw new AlgoException.NonFinite(
            "the training loss is " + value + " at step " + step + " of " + steps);
      }
      sum += value;
      task.progress((double) step / steps, "step " + step);
    }
    return sum / steps;
  }

  private float step(int[] rows, BatchLoss loss) throws AlgoException {
    try (var manager = torch.manager().newSubManager()) {
      float value = Torch.backward(() -> loss.of(manager, rows));
      optimizer.step(parameters);
      return value;
    }
  }
}
