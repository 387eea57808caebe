package org.wardfl.server.job;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wardfl.algo.WeightType;
import org.wardfl.proto.job.AggregationChoice;
import org.wardfl.proto.job.OptimizerChoice;
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
  /// @param optimizer how the model moves by it, remembering in the reduction's memory; empty adds
  ///   it
  /// @param sites how many sites the next model is for, whether they were asked or not
  record Combine(
      WeightType type,
      Weighting weighting,
      CounterRule counters,
      List<String> exclude,
      AggregationChoice aggregation,
      Optional<OptimizerChoice> optimizer,
      int sites)
      implements Recipe {

    /// Copies.
    public Combine {
      exclude = List.copyOf(exclude);
    }

    /// One site's own update.
    static Combine one(WeightType type, CounterRule counters, List<String> exclude) {
      return new Combine(
          type,
          new Weighting.Given(Map.of()),
          counters,
          exclude,
          new AggregationChoice.Mean(),
          Optional.empty(),
          1);
    }
  }
}
