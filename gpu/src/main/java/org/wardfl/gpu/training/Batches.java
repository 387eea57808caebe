package org.wardfl.gpu.training;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Random;

/// The row numbers of each batch, epoch after epoch without end; every epoch has an order of its
/// own, drawn from the seed. The last batch of an epoch may be smaller.
public final class Batches implements Iterator<int[]> {

  private final int[] order;
  private final int batchSize;
  private final Random random;
  private int next;

  /// Batches of rows 0 to rows - 1.
  ///
  /// @param rows how many rows there are
  /// @param batchSize rows in a batch, at least 1
  /// @param seed the same seed gives the same batches
  public Batches(int rows, int batchSize, long seed) {
    this.order = new int[rows];
    for (int i = 0; i < rows; i++) {
      order[i] = i;
    }
    this.batchSize = batchSize;
    this.random = new Random(seed);
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
      shuffle();
      next = 0;
    }
    int end = Math.min(next + batchSize, order.length);
    var batch = java.util.Arrays.copyOfRange(order, next, end);
    next = end;
    return batch;
  }

  // Fisher-Yates; java.util.Random's sequence is fixed by its specification.
  private void shuffle() {
    for (int i = order.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
  }
}
