package org.wardfl.aggregator;

import java.util.List;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.model.ModelHash;

/// How an aggregation ended.
public sealed interface AggregationResult {

  /// The next model is written.
  ///
  /// @param model its hash
  /// @param contributors the sites that counted, in order
  /// @param keysAggregated tensors that at least one site contributed to
  /// @param keysPartial those of them that not every contributor sent
  record Aggregated(
      ModelHash model, List<SiteName> contributors, int keysAggregated, int keysPartial)
      implements AggregationResult {

    /// Copies.
    public Aggregated {
      contributors = List.copyOf(contributors);
    }
  }

  /// There is no next model.
  ///
  /// @param reason one sentence
  record Refused(String reason) implements AggregationResult {}
}
