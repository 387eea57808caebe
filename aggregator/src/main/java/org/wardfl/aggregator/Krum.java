package org.wardfl.aggregator;

import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.wardfl.algo.tensor.TensorSource;

/// The updates that lie closest to the others, or their mean: Krum and multi-Krum.
///
/// With `n` updates and `b` bad sites, an update's score is the sum of its squared distances to the
/// `n - b - 2` updates nearest to it. The `keep` updates of the smallest scores are averaged, all
/// alike; equal scores go in the order of the sites' names.
///
/// **Bears** `b` bad sites of at least `2b + 3`. Every good site that is unlike the others is left
/// out as well: with sites whose patients differ, prefer multi-Krum or the trimmed mean.
///
/// Source: Blanchard et al., "Machine Learning with Adversaries: Byzantine Tolerant Gradient
/// Descent" (NeurIPS 2017), section 4 (Krum) and section 5 (multi-Krum).
///
/// @param badSites how many sites may be bad, at least 1
/// @param keep how many updates are averaged: 1 is Krum; 0 means `n - b`, all that cannot be bad
public record Krum(int badSites, int keep) implements AggregationRule {

  /// Checks.
  ///
  /// @throws IllegalArgumentException on a number out of range
  public Krum {
    Robust.checkBadSites(badSites);
    if (keep < 0) {
      throw new IllegalArgumentException("keep: found " + keep + ", expected at least 1");
    }
  }

  @Override
  public Worker worker(int capacity) {
    return new FedAvg().worker(capacity);
  }

  @Override
  public Optional<String> refuses(int sites) {
    return Robust.refusal(
        keep == 1 ? "krum" : "multi-krum",
        badSites,
        Math.max(2L * badSites + 3, (long) badSites + keep),
        sites);
  }

  @Override
  public List<Contribution.Plain> weighed(
      TensorSource base, AggregationPlan plan, List<Contribution.Plain> updates, Workers workers)
      throws IOException, InterruptedException {
    return Robust.weighing(
        updates, selected(UpdateDistances.squared(base, plan, updates, workers)));
  }

  /// Which updates are averaged.
  ///
  /// @param squared their squared distances
  /// @return 1 for those, 0 for the others
  double[] selected(double[][] squared) {
    int updates = squared.length;
    var scores = new double[updates];
    for (int i = 0; i < updates; i++) {
      // The first is the distance to itself.
      var nearest = squared[i].clone();
      nearest[i] = -1;
      Arrays.sort(nearest);
      for (int j = 1; j <= updates - badSites - 2; j++) {
        scores[i] += nearest[j];
      }
    }
    var selected = new double[updates];
    IntStream.range(0, updates)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> scores[i]).thenComparing(i -> i))
        .limit(keep == 0 ? updates - badSites : keep)
        .forEach(i -> selected[i] = 1);
    return selected;
  }
}
