package org.wardfl.aggregator;

import java.util.List;
import java.util.Optional;
import org.wardfl.algo.tensor.TensorSource;

/// For every element the median over the sites; with an even number the mean of the two in the
/// middle.
///
/// **Bears** fewer bad sites than good ones: `b` of at least `2b + 1`. Where good sites differ
/// much, a bad one can still move an element anywhere between them. Weights do not count: what a
/// site claims about itself must not buy it influence.
///
/// Source: Yin et al., "Byzantine-Robust Distributed Learning: Towards Optimal Statistical Rates"
/// (ICML 2018), definition 1.
///
/// @param badSites how many sites may be bad, at least 1
public record CoordinateMedian(int badSites) implements AggregationRule {

  /// Checks.
  ///
  /// @throws IllegalArgumentException if no site may be bad
  public CoordinateMedian {
    Robust.checkBadSites(badSites);
  }

  @Override
  public Worker worker(int capacity) {
    return new MiddleWorker(capacity, sites -> (sites - 1) / 2);
  }

  @Override
  public Optional<String> refuses(int sites) {
    return Robust.refusal("median", badSites, 2L * badSites + 1, sites);
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
