package org.wardfl.algo.run;

import org.wardfl.algo.AlgoException;
import org.wardfl.algo.TrainSummary;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.tensor.TensorSource;

/// What happens to an update between the algorithm and the file: the job's own filters.
@FunctionalInterface
public interface UpdateTransform {

  /// The update as it is to be written.
  ///
  /// @throws AlgoException if it cannot be applied; then there is no update
  TensorSource apply(TensorSource update, WeightType type, TrainSummary summary)
      throws AlgoException;

  /// Leaves the update as it is.
  static UpdateTransform none() {
    return (update, _, _) -> update;
  }
}
