package org.wardfl.aggregator;

import java.util.List;
import java.util.regex.Pattern;
import org.wardfl.algo.WeightType;

/// How a round's contributions become the next model.
///
/// @param rule how values are combined
/// @param type whether contributions are differences to the base or full weights
/// @param counters what becomes of integer tensors
/// @param exclude tensors whose name matches anywhere keep the base's value, as FLARE's
///   `exclude_vars`
public record AggregationPlan(
    AggregationRule rule, WeightType type, CounterPolicy counters, List<Pattern> exclude) {

  /// Copies.
  public AggregationPlan {
    exclude = List.copyOf(exclude);
  }

  /// Federated averaging of differences, nothing excluded.
  public static AggregationPlan fedAvg() {
    return new AggregationPlan(new FedAvg(), WeightType.DIFF, CounterPolicy.MEAN, List.of());
  }

  /// Whether a tensor of this name is left as it is.
  public boolean excludes(String name) {
    return exclude.stream().anyMatch(pattern -> pattern.matcher(name).find());
  }
}
