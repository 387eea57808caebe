package org.wardfl.aggregator;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.model.ModelHash;

/// How an aggregation ended.
public sealed interface AggregationResult {

  /// The next model is written.
  ///
  /// @param model its hash
  /// @param weights what the sites counted by, all positive
  /// @param keysAggregated tensors that at least one site contributed to
  /// @param keysPartial those of them that not every contributor sent
  record Aggregated(
      ModelHash model, SortedMap<SiteName, Double> weights, int keysAggregated, int keysPartial)
      implements AggregationResult {

    /// Copies.
    public Aggregated {
      weights = Collections.unmodifiableSortedMap(new TreeMap<>(weights));
    }

    /// The sites that counted, in order.
    public List<SiteName> contributors() {
      return List.copyOf(weights.keySet());
    }
  }

  /// There is no next model.
  ///
  /// @param reason one sentence
  record Refused(String reason) implements AggregationResult {}
}
