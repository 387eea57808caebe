package org.wardfl.aggregator;

import java.util.List;
import java.util.regex.Pattern;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.tensor.Role;
import org.wardfl.algo.tensor.TensorSpec;

/// How a round's contributions become the next model.
///
/// @param rule how values are combined
/// @param type whether contributions are differences to the base or full weights
/// @param counters what becomes of integer tensors
/// @param exclude tensors whose name matches anywhere keep the base's value, as FLARE's
///   `exclude_vars`
/// @param differences whether parameters are written as the combined difference to the base, in
///   F64, for a [ServerStep] to follow; everything else is written as ever
public record AggregationPlan(
    AggregationRule rule,
    WeightType type,
    CounterPolicy counters,
    List<Pattern> exclude,
    boolean differences) {

  /// Copies.
  ///
  /// @throws IllegalArgumentException if differences are wanted of full weights
  public AggregationPlan {
    exclude = List.copyOf(exclude);
    if (differences && type != WeightType.DIFF) {
      throw new IllegalArgumentException("a server optimizer needs differences, found " + type);
    }
  }

  /// A plan for the next model itself.
  public AggregationPlan(
      AggregationRule rule, WeightType type, CounterPolicy counters, List<Pattern> exclude) {
    this(rule, type, counters, exclude, false);
  }

  /// Federated averaging of differences, nothing excluded.
  public static AggregationPlan fedAvg() {
    return new AggregationPlan(new FedAvg(), WeightType.DIFF, CounterPolicy.MEAN, List.of());
  }

  /// Whether this tensor is written as a difference.
  boolean isDifference(TensorSpec spec) {
    return differences && isStepped(spec, exclude);
  }

  /// Whether a server optimizer steps a tensor: floating parameters, unless they are excluded.
  /// Buffers and counters are averaged, never stepped.
  static boolean isStepped(TensorSpec spec, List<Pattern> exclude) {
    return spec.role() == Role.PARAMETER
        && spec.dtype().isFloating()
        && exclude.stream().noneMatch(pattern -> pattern.matcher(spec.name()).find());
  }

  /// Whether a tensor counts where updates are measured as whole vectors: floating parameters and
  /// buffers, unless they are excluded. What cannot reach the model has no say about who does.
  boolean measures(TensorSpec spec) {
    return spec.dtype().isFloating() && spec.role() != Role.CONSTANT && !excludes(spec.name());
  }

  /// Whether a tensor of this name is left as it is.
  public boolean excludes(String name) {
    return exclude.stream().anyMatch(pattern -> pattern.matcher(name).find());
  }
}
