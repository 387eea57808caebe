package org.wardfl.server.job;

import java.util.List;
import org.wardfl.algo.WeightType;
import org.wardfl.proto.job.AggregationChoice;
import org.wardfl.proto.job.WorkflowDefinition.CounterRule;
import org.wardfl.proto.job.WorkflowDefinition.Weighting;

/// How a track's next model is made of accepted answers.
public sealed interface Recipe {

  /// The one answer's own file is the model.
  record Take() implements Recipe {}

  /// The updates become one, which is added to the model that they start from, or takes its place.
  ///
  /// @param type whether updates are differences to that model or full weights
  /// @param weighting what a site's update counts by
  /// @param counters what becomes of integer tensors
  /// @param exclude regular expressions; tensors that match anywhere in the name keep their value
  /// @param aggregation how the updates become one
  record Combine(
      WeightType type,
      Weighting weighting,
      CounterRule counters,
      List<String> exclude,
      AggregationChoice aggregation)
      implements Recipe {

    /// Copies.
    public Combine {
      exclude = List.copyOf(exclude);
    }
  }
}
