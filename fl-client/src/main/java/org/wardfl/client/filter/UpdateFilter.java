package org.wardfl.client.filter;

import java.io.IOException;
import org.wardfl.algo.TrainSummary;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.tensor.TensorSource;

/// Changes an update before it leaves. A filter that cannot apply refuses; it never lets an update
/// pass as it is.
public interface UpdateFilter {

  /// The update as it may leave; read block by block, so it may be computed while it is read.
  ///
  /// @param type whether the update is a difference
  /// @param summary what the training did
  /// @throws FilterRefusalException if the filter cannot apply to this update
  /// @throws IOException if the update cannot be read
  TensorSource apply(TensorSource update, WeightType type, TrainSummary summary)
      throws FilterRefusalException, IOException;

  /// The filter with its settings, as results name it: `norm-clip(bound=1.0)`.
  String description();
}
