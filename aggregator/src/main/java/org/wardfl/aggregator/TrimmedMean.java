package org.wardfl.aggregator;

import java.util.List;
import java.util.Optional;
import org.wardfl.algo.tensor.TensorSource;

/// For every element the mean of the values that are left when the `b` largest and the `b` smallest
/// are taken away.
///
/// **Bears** `b` bad sites of at least `2b + 1`. With exactly that many it is the median. Weights
/// do not count, as for [CoordinateMedian].
///
/// Source: Yin et al., "Byzantine-Robust Distributed Learning: Towards Optimal Statistical Rates"
/// (ICML 2018), definition 2, with `b` of `m` sites where it has a share beta.
///
/// @param badSites how many values are taken away at either end, at least 1
public record TrimmedMean(int badSites) implements AggregationRule {

  /// Checks.
  ///
  /// @throws IllegalArgumentException if no site may be bad
  public TrimmedMean {
    Robust.checkBadSites(badSites);
  }

  @Override
  public Worker worker(int capacity) {
    return new MiddleWorker(capacity, _ -> badSites);
  }

  @Override
  public Optional<String> refuses(int sites) {
    return Robust.refusal("trimmed-mean", badSites, 2L * badSites + 1, sites);
  }

  @Override
  public List<Contribution.Plain> weighed(
      TensorSource base, AggregationPlan plan, List<Contribution.Plain> updates, Workers workers) {
    return Robust.alike(updates);
  }

  @Override
  public int blockElements(int sites) {
    return Robust.blockElements(sites);
  }
}
