package org.wardfl.gpu.training;

import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// The row numbers of each batch, epoch after epoch without end, in an order that every epoch draws
/// from the seed, or in that of the rows. The last batch of an epoch may be smaller.
public final class Batches implements Iterator<int[]> {

  private final int[] order;
  private final int batchSize;
  private final @Nullable Random random;
  private int next;

  /// Shuffled batches of rows 0 to rows - 1.
  ///
  /// @param rows how many rows there are
  /// @param batchSize rows in a batch, at least 1
  /// @param seed the same seed gives the same batches
  public static Batches shuffled(int rows, int batchSize, long seed) {
    return new Batches(rows, batchSize, new Random(seed));
  }

  /// Batches of rows 0 to rows - 1 in this order, every epoch the same.
  ///
  /// @param rows how many rows there are
  /// @param batchSize rows in a batch, at least 1
  public static Batches inOrder(int rows, int batchSize) {
    return new Batches(rows, batchSize, null);
  }

  private Batches(int rows, int batchSize, @Nullable Random random) {
    this.order = new int[rows];
    for (int i = 0; i < rows; i++) {
      order[i] = i;
    }
    this.batchSize = batchSize;
    this.random = random;
    this.next = rows;
  }

  /// How many batches an epoch has.
  public long perEpoch() {
    return Math.ceilDiv((long) order.length, batchSize);
  }

  /// Whether there is any row at all.
  @Override
  public boolean hasNext() {
    return order.length > 0;
  }

  @Override
  public int[] next() {
    if (!hasNext()) {
      throw new NoSuchElementException("there are no rows");
    }
    if (next == order.length) {
      if (random != null) {
        shuffle(random);
      }
      next = 0;
    }
    int end = Math.min(next + batchSize, order.length);
    var batch = Arrays.copyOfRange(order, next, end);
    next = end;
    return batch;
  }

  // Fisher-Yates; java.util.Random's sequence is fixed by its specification.
  private void shuffle(Random random) {
    for (int i = order.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
  }
}
