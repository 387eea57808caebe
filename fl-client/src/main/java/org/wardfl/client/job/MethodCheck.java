package org.wardfl.client.job;

import java.util.List;
import java.util.Optional;
import org.wardfl.algo.method.MethodNeed;
import org.wardfl.proto.job.AggregationChoice;
import org.wardfl.proto.job.WorkflowDefinition;

/// Refuses a federated method in a workflow that combines updates in a way that its formulas do not
/// hold for.
final class MethodCheck {

  private MethodCheck() {}

  /// What is wrong with the first workflow that does not fit.
  static Optional<String> objection(MethodNeed need, List<WorkflowDefinition> workflows) {
    for (int i = 0; i < workflows.size(); i++) {
      var key = workflows.size() == 1 ? "workflow" : "workflow[" + i + "]";
      var found = misfit(need.combining(), workflows.get(i));
      if (found.isPresent()) {
        return Optional.of(
            "`"
                + need.method()
                + "` needs "
                + switch (need.combining()) {
                  case MEAN ->
                      "the mean of the sites' updates, `type: fedavg` with `aggregation: mean`";
                  case NORMALIZED -> "`weights: normalized`";
                }
                + " in every workflow that trains; "
                + key
                + " has "
                + found.get());
      }
    }
    return Optional.empty();
  }

  private static Optional<String> misfit(
      MethodNeed.Combining combining, WorkflowDefinition workflow) {
    return switch (workflow) {
      case WorkflowDefinition.Cyclic _ -> Optional.of("`type: cyclic`");
      case WorkflowDefinition.FedAvg fedAvg ->
          switch (combining) {
            case MEAN -> misfit(fedAvg.aggregation());
            case NORMALIZED ->
                fedAvg.isNormalized() ? Optional.empty() : Optional.of(found(fedAvg.weighting()));
          };
      case WorkflowDefinition.CrossSite _,
          WorkflowDefinition.Evaluate _,
          WorkflowDefinition.Statistics _ ->
          Optional.empty();
    };
  }

  private static Optional<String> misfit(AggregationChoice aggregation) {
    return switch (aggregation) {
      case AggregationChoice.Mean _ -> Optional.empty();
      case AggregationChoice.Clipped _ -> Optional.of("`clip`");
      case AggregationChoice.Median _,
          AggregationChoice.TrimmedMean _,
          AggregationChoice.Krum _,
          AggregationChoice.MultiKrum _,
          AggregationChoice.GeometricMedian _ ->
          Optional.of("`aggregation: " + aggregation.type() + "`");
    };
  }

  private static String found(WorkflowDefinition.Weighting weighting) {
    return switch (weighting) {
      case WorkflowDefinition.Weighting.Iterations _ -> "`weights: iterations`";
      case WorkflowDefinition.Weighting.Samples _ -> "`weights: samples`";
      case WorkflowDefinition.Weighting.Given _ -> "a factor for each site";
      case WorkflowDefinition.Weighting.Normalized _ -> "`weights: normalized`";
    };
  }
}
