package org.wardfl.aggregator;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.tensor.TensorSource;
import org.wardfl.algo.tensor.TensorSpec;

/// Compares the updates of a round with each other and with what the model moved by, over all
/// floating parameters and buffers that are not excluded.
///
/// One pass over the inputs, whatever the number of sites: the mean square distance of one to all
/// others follows from its product with the sum of all. Memory is a small block for each site and
/// thread. Sums are made in float64, in an order that depends on the model's layout and the number
/// of sites alone.
public final class UpdateComparison {

  private static final int HELD_ELEMENTS = 1 << 18;
  private static final int MOST_ELEMENTS = 1 << 12;
  private static final long TASK_BLOCKS = 64;

  private final TensorSource base;
  private final TensorSource next;
  private final AggregationPlan plan;
  private final List<Contribution.Plain> updates;
  private final int block;
  private final Sums sums;

  private UpdateComparison(
      TensorSource base,
      TensorSource next,
      AggregationPlan plan,
      List<Contribution.Plain> updates) {
    this.base = base;
    this.next = next;
    this.plan = plan;
    this.updates = updates;
    this.block = Math.clamp(HELD_ELEMENTS / Math.max(updates.size(), 1), 64, MOST_ELEMENTS);
    this.sums = new Sums(updates.size());
  }

  /// Compares.
  ///
  /// @param base the model that the round started from
  /// @param next the model that it came to
  /// @param plan how the one became the other
  /// @param updates as they were delivered, in any order; weights do not matter
  /// @return by site; sites whose update is beyond all measure, so that its square is infinite, are
  ///   left out
  /// @throws IOException if a file cannot be read
  /// @throws InterruptedException if the calling thread is interrupted
  public static SortedMap<SiteName, UpdateLikeness> of(
      TensorSource base,
      TensorSource next,
      AggregationPlan plan,
      List<Contribution.Plain> updates,
      Workers workers)
      throws IOException, InterruptedException {
    var sorted = updates.stream().sorted(Comparator.comparing(Contribution.Plain::site)).toList();
    return new UpdateComparison(base, next, plan, sorted).compare(workers);
  }

  /// Sums of products over all elements or a part of them.
  private static final class Sums {
    private final double[] ofItself;
    private final double[] withAll;
    private final double[] withMove;
    private double ofMove;

    Sums(int sites) {
      ofItself = new double[sites];
      withAll = new double[sites];
      withMove = new double[sites];
    }

    void add(Sums part) {
      for (int i = 0; i < ofItself.length; i++) {
        ofItself[i] += part.ofItself[i];
        withAll[i] += part.withAll[i];
        withMove[i] += part.withMove[i];
      }
      ofMove += part.ofMove;
    }
  }

  private SortedMap<SiteName, UpdateLikeness> compare(Workers workers)
      throws IOException, InterruptedException {
    try (var tasks = workers.<Sums>inOrder(sums::add)) {
      for (var spec : base.specs()) {
        if (!plan.measures(spec)) {
          continue;
        }
        long elements = spec.shape().elements();
        for (long at = 0; at < elements; at += TASK_BLOCKS * block) {
          long from = at;
          long to = Math.min(at + TASK_BLOCKS * block, elements);
          tasks.submit(() -> part(spec, from, to));
        }
      }
      tasks.finish();
    }
    double all = 0;
    for (double square : sums.ofItself) {
      all += square;
    }
    var likeness = new TreeMap<SiteName, UpdateLikeness>();
    for (int i = 0; i < updates.size(); i++) {
      double product = Math.sqrt(sums.ofItself[i]) * Math.sqrt(sums.ofMove);
      double cosine = product == 0 ? 0 : sums.withMove[i] / product;
      int others = updates.size() - 1;
      double square = updates.size() * sums.ofItself[i] + all - 2 * sums.withAll[i];
      double distance = others == 0 ? 0 : Math.sqrt(Math.max(square, 0) / others);
      if (Double.isFinite(cosine) && Double.isFinite(distance)) {
        likeness.put(
            updates.get(i).site(), new UpdateLikeness(Math.clamp(cosine, -1.0, 1.0), distance));
      }
    }
    return likeness;
  }

  private Sums part(TensorSpec spec, long from, long to) throws IOException {
    var part = new Sums(updates.size());
    int capacity = (int) Math.min(block, to - from);
    var start = new double[capacity];
    var move = new double[capacity];
    var all = new double[capacity];
    var blocks = new double[updates.size()][capacity];
    try (var arena = Arena.ofConfined()) {
      var reader = new BlockReader(capacity, arena);
      for (long at = from; at < to; at += capacity) {
        int count = (int) Math.min(capacity, to - at);
        System.arraycopy(reader.doubles(base, spec, at, count), 0, start, 0, count);
        read(reader, next, spec, at, count, move);
        subtract(move, start, count);
        java.util.Arrays.fill(all, 0);
        for (int i = 0; i < blocks.length; i++) {
          boolean sent = read(reader, updates.get(i).weights(), spec, at, count, blocks[i]);
          if (sent && plan.type() == WeightType.FULL) {
            subtract(blocks[i], start, count);
          }
          for (int k = 0; k < count; k++) {
            all[k] += blocks[i][k];
          }
        }
        part.ofMove += product(move, move, count);
        for (int i = 0; i < blocks.length; i++) {
          part.ofItself[i] += product(blocks[i], blocks[i], count);
          part.withAll[i] += product(blocks[i], all, count);
          part.withMove[i] += product(blocks[i], move, count);
        }
      }
    }
    return part;
  }

  /// Reads a block, zeros where there is no such tensor.
  private static boolean read(
      BlockReader reader, TensorSource source, TensorSpec spec, long at, int count, double[] into)
      throws IOException {
    var theirs = source.spec(spec.name());
    if (theirs.isEmpty()) {
      java.util.Arrays.fill(into, 0, count, 0);
      return false;
    }
    System.arraycopy(reader.doubles(source, theirs.get(), at, count), 0, into, 0, count);
    return true;
  }

  private static void subtract(double[] from, double[] what, int count) {
    for (int i = 0; i < count; i++) {
      from[i] -= what[i];
    }
  }

  private static double product(double[] a, double[] b, int count) {
    // Four sums side by side: the processor need not wait for one addition before the next.
    double first = 0;
    double second = 0;
    double third = 0;
    double fourth = 0;
    int at = 0;
    for (; at + 3 < count; at += 4) {
      first += a[at] * b[at];
      second += a[at + 1] * b[at + 1];
      third += a[at + 2] * b[at + 2];
      fourth += a[at + 3] * b[at + 3];
    }
    for (; at < count; at++) {
      first += a[at] * b[at];
    }
    return first + second + (third + fourth);
  }
}
