package org.wardfl.aggregator;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.wardfl.algo.tensor.TensorSource;

/// The point whose distances to all updates, as whole vectors, add up to the least.
///
/// Weiszfeld's iteration, smoothed: the mean of the updates, each weighed by one over its distance
/// to the last such mean. Every such mean is known by its weights, and its distances follow from
/// those between the updates, so the iteration needs one pass over the inputs, and the mean by the
/// last weights another. It ends when the sum of the distances falls by less than 1e-12 of itself,
/// or after 1,000 steps. The measure is the usual distance: the median one to the update in the
/// middle. A distance below 1e-9 of it counts as that; an update a million times as far away counts
/// for nothing, as its pull would be lost in rounding.
///
/// **Bears** fewer bad sites than good ones: `b` of at least `2b + 1`. What sites claim about
/// themselves does not count.
///
/// Source: Pillutla et al., "Robust Aggregation for Federated Learning" (IEEE Transactions on
/// Signal Processing 2022), algorithm 2 (smoothed Weiszfeld), with equal weights.
///
/// @param badSites how many sites may be bad, at least 1
public record GeometricMedian(int badSites) implements AggregationRule {

  private static final int STEPS = 1000;
  private static final double TOLERANCE = 1e-12;
  private static final double SMOOTHING = 1e-9;
  private static final double FAR = 1e6;

  /// Checks.
  ///
  /// @throws IllegalArgumentException if no site may be bad
  public GeometricMedian {
    Robust.checkBadSites(badSites);
  }

  @Override
  public Worker worker(int capacity) {
    return new FedAvg().worker(capacity);
  }

  @Override
  public Optional<String> refuses(int sites) {
    return Robust.refusal("geometric-median", badSites, 2L * badSites + 1, sites);
  }

  @Override
  public List<Contribution.Plain> weighed(
      TensorSource base, AggregationPlan plan, List<Contribution.Plain> updates, Workers workers)
      throws IOException, InterruptedException {
    return Robust.weighing(updates, weights(UpdateDistances.squared(base, plan, updates, workers)));
  }

  /// The weights of the mean that is the geometric median.
  ///
  /// @param squared the updates' squared distances
  /// @return adding up to 1; 0 for an update that is too far away
  static double[] weights(double[][] squared) {
    int middle = middle(squared);
    double usual = Math.sqrt(median(squared[middle]));
    var near =
        IntStream.range(0, squared.length)
            .filter(i -> Math.sqrt(squared[middle][i]) <= FAR * usual)
            .toArray();
    var among = new double[near.length][near.length];
    for (int i = 0; i < near.length; i++) {
      for (int j = 0; j < near.length; j++) {
        among[i][j] = squared[near[i]][near[j]];
      }
    }
    var weights = new double[squared.length];
    var found = iterate(among, SMOOTHING * usual);
    for (int i = 0; i < near.length; i++) {
      weights[near[i]] = found[i];
    }
    return weights;
  }

  /// The update whose median distance to all is the least; where most are good, it lies among them.
  private static int middle(double[][] squared) {
    int middle = 0;
    for (int i = 1; i < squared.length; i++) {
      middle = median(squared[i]) < median(squared[middle]) ? i : middle;
    }
    return middle;
  }

  private static double median(double[] values) {
    var sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static double[] iterate(double[][] squared, double least) {
    int updates = squared.length;
    var weights = new double[updates];
    Arrays.fill(weights, 1.0 / updates);
    double before = Double.POSITIVE_INFINITY;
    for (int step = 0; step < STEPS && least > 0; step++) {
      var distances = distances(squared, weights);
      double sum = Arrays.stream(distances).sum();
      if (before - sum <= TOLERANCE * sum) {
        return weights;
      }
      before = sum;
      double total = 0;
      for (int i = 0; i < updates; i++) {
        weights[i] = 1 / Math.max(distances[i], least);
        total += weights[i];
      }
      for (int i = 0; i < updates; i++) {
        weights[i] /= total;
      }
    }
    return weights;
  }

  // |x_i - sum_j w_j x_j|^2 = sum_j w_j D_ij - 1/2 sum_jk w_j w_k D_jk, where the weights add up to
  // 1.
  private static double[] distances(double[][] squared, double[] weights) {
    int updates = weights.length;
    var toMean = new double[updates];
    double spread = 0;
    for (int i = 0; i < updates; i++) {
      for (int j = 0; j < updates; j++) {
        toMean[i] += weights[j] * squared[i][j];
      }
      spread += weights[i] * toMean[i];
    }
    for (int i = 0; i < updates; i++) {
      toMean[i] = Math.sqrt(Math.max(toMean[i] - spread / 2, 0));
    }
    return toMean;
  }
}
