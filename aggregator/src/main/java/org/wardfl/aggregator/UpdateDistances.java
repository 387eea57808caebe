package org.wardfl.aggregator;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.tensor.DType;
import org.wardfl.algo.tensor.TensorSource;
import org.wardfl.algo.tensor.TensorSpec;

/// Squared distances between the updates of a round, over all floating parameters and buffers that
/// are not excluded as one vector.
///
/// A pass over the inputs gives those of a tile of pairs: all pairs of two groups of at most 32
/// sites, so with up to 32 sites one pass gives all. Memory is a small block for each site of two
/// groups and thread, whatever the size of the model. Every sum is made in float64 in an order of
/// its own that depends on the model's layout alone.
final class UpdateDistances {

  static final int GROUP = 32;
  private static final int BLOCK_ELEMENTS = 1 << 12;
  private static final long TASK_ELEMENTS = 1 << 18;
  private static final int LANES = 64;

  private final TensorSource base;
  private final AggregationPlan plan;
  private final List<Contribution.Plain> updates;
  private final double[][] squares;

  private UpdateDistances(
      TensorSource base, AggregationPlan plan, List<Contribution.Plain> updates) {
    this.base = base;
    this.plan = plan;
    this.updates = updates;
    this.squares = new double[updates.size()][updates.size()];
  }

  /// The squared distances.
  ///
  /// @param updates in the order of the result; a tensor that a site did not send counts as not
  ///   changed by it
  /// @return symmetric, zero on the diagonal; infinite where a difference is beyond 1e154
  static double[][] squared(
      TensorSource base, AggregationPlan plan, List<Contribution.Plain> updates, Workers workers)
      throws IOException, InterruptedException {
    var distances = new UpdateDistances(base, plan, updates);
    for (int first = 0; first < updates.size(); first += GROUP) {
      for (int second = first; second < updates.size(); second += GROUP) {
        distances.pass(first, second, workers);
      }
    }
    return distances.squares;
  }

  private void pass(int first, int second, Workers workers)
      throws IOException, InterruptedException {
    var sites = sites(first, second);
    try (var tasks = workers.<double[][]>inOrder(part -> add(part, sites))) {
      for (var spec : base.specs()) {
        if (!plan.measures(spec)) {
          continue;
        }
        long elements = spec.shape().elements();
        for (long at = 0; at < elements; at += TASK_ELEMENTS) {
          long from = at;
          long to = Math.min(at + TASK_ELEMENTS, elements);
          tasks.submit(() -> part(spec, from, to, sites, first == second));
        }
      }
      tasks.finish();
    }
  }

  /// Which sites two groups have, each once.
  private int[] sites(int first, int second) {
    int size = updates.size();
    var firstGroup = java.util.stream.IntStream.range(first, Math.min(first + GROUP, size));
    var secondGroup =
        java.util.stream.IntStream.range(second, Math.min(second + GROUP, size))
            .filter(_ -> second != first);
    return java.util.stream.IntStream.concat(firstGroup, secondGroup).toArray();
  }

  private void add(double[][] part, int[] sites) {
    for (int i = 0; i < sites.length; i++) {
      for (int j = 0; j < i; j++) {
        squares[sites[i]][sites[j]] += part[i][j];
        squares[sites[j]][sites[i]] = squares[sites[i]][sites[j]];
      }
    }
  }

  /// The sums over a part of a tensor, for every pair of which one site is in each group.
  private double[][] part(TensorSpec spec, long from, long to, int[] sites, boolean oneGroup)
      throws IOException {
    var sums = new double[sites.length][sites.length];
    var blocks = new double[sites.length][BLOCK_ELEMENTS];
    var lanes = new double[LANES];
    try (var arena = Arena.ofConfined()) {
      var reader = new BlockReader(BLOCK_ELEMENTS, arena);
      for (long at = from; at < to; at += BLOCK_ELEMENTS) {
        int count = (int) Math.min(BLOCK_ELEMENTS, to - at);
        for (int i = 0; i < sites.length; i++) {
          read(reader, updates.get(sites[i]).weights(), spec, at, count, blocks[i]);
        }
        for (int i = 0; i < sites.length; i++) {
          for (int j = 0; j < i; j++) {
            if (oneGroup || (j < GROUP && i >= GROUP)) {
              sums[i][j] += squaredDistance(blocks[i], blocks[j], count, lanes);
            }
          }
        }
      }
    }
    return sums;
  }

  private void read(
      BlockReader reader, TensorSource update, TensorSpec spec, long at, int count, double[] into)
      throws IOException {
    var theirs = update.spec(spec.name());
    if (theirs.isEmpty() && plan.type() == WeightType.DIFF) {
      Arrays.fill(into, 0, count, 0);
      return;
    }
    var source = theirs.isEmpty() ? base : update;
    var tensor = theirs.orElse(spec);
    if (spec.dtype() == DType.F32) {
      var floats = reader.floats(source, tensor, at, count);
      for (int i = 0; i < count; i++) {
        into[i] = floats[i];
      }
    } else {
      System.arraycopy(reader.doubles(source, tensor, at, count), 0, into, 0, count);
    }
  }

  // Sums side by side, which the processor adds at once and always in the same order.
  private static double squaredDistance(double[] a, double[] b, int count, double[] lanes) {
    Arrays.fill(lanes, 0);
    int at = 0;
    for (; at + LANES <= count; at += LANES) {
      for (int lane = 0; lane < LANES; lane++) {
        double difference = a[at + lane] - b[at + lane];
        lanes[lane] += difference * difference;
      }
    }
    double sum = 0;
    for (; at < count; at++) {
      sum += (a[at] - b[at]) * (a[at] - b[at]);
    }
    for (double lane : lanes) {
      sum += lane;
    }
    return sum;
  }
}
