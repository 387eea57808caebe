package org.wardfl.aggregator;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/// For every element the mean of the values that are left when as many of the largest as of the
/// smallest are taken away. Weights do not count.
///
/// Holds the blocks of all sites, then sorts as much as needed with a [SortingNetwork], a tile that
/// stays in the processor's first cache at a time. The values that are left are added up in order
/// of size, so who brought which does not matter.
final class MiddleWorker implements AggregationRule.Worker {

  private static final int TILE_VALUES = 1 << 13;

  private final int capacity;
  private final IntUnaryOperator trimOf;
  private final List<float[]> floats = new ArrayList<>();
  private final List<double[]> doubles = new ArrayList<>();
  private final Map<Integer, SortingNetwork> networks = new HashMap<>();
  private int count;
  private int sites;
  private boolean wide;

  /// @param capacity elements of a block at most
  /// @param trimOf how many values of this many are taken away at either end
  MiddleWorker(int capacity, IntUnaryOperator trimOf) {
    this.capacity = capacity;
    this.trimOf = trimOf;
  }

  @Override
  public void begin(int elements) {
    count = elements;
    sites = 0;
  }

  @Override
  public void add(double[] values, double weight) {
    if (sites == doubles.size()) {
      doubles.add(new double[capacity]);
    }
    System.arraycopy(values, 0, doubles.get(sites), 0, count);
    wide = true;
    sites++;
  }

  @Override
  public void add(float[] values, int elements, double weight) {
    if (sites == floats.size()) {
      floats.add(new float[capacity]);
    }
    System.arraycopy(values, 0, floats.get(sites), 0, elements);
    wide = false;
    sites++;
  }

  @Override
  public void finish(double[] into) {
    int trim = trimOf.applyAsInt(sites);
    var network =
        networks.computeIfAbsent(sites, n -> SortingNetwork.of(n, trim, n - trim)).comparisons();
    int tile = Math.clamp(TILE_VALUES / sites, 64, 2048);
    for (int from = 0; from < count; from += tile) {
      int to = Math.min(from + tile, count);
      for (var comparison : network) {
        if (wide) {
          order(doubles.get(comparison.low()), doubles.get(comparison.high()), from, to);
        } else {
          order(floats.get(comparison.low()), floats.get(comparison.high()), from, to);
        }
      }
      mean(trim, from, to, into);
    }
  }

  private static void order(float[] low, float[] high, int from, int to) {
    for (int i = from; i < to; i++) {
      float a = low[i];
      float b = high[i];
      low[i] = Math.min(a, b);
      high[i] = Math.max(a, b);
    }
  }

  private static void order(double[] low, double[] high, int from, int to) {
    for (int i = from; i < to; i++) {
      double a = low[i];
      double b = high[i];
      low[i] = Math.min(a, b);
      high[i] = Math.max(a, b);
    }
  }

  private void mean(int trim, int from, int to, double[] into) {
    java.util.Arrays.fill(into, from, to, 0);
    for (int rank = trim; rank < sites - trim; rank++) {
      if (wide) {
        add(doubles.get(rank), from, to, into);
      } else {
        add(floats.get(rank), from, to, into);
      }
    }
    int left = sites - 2 * trim;
    for (int i = from; left > 1 && i < to; i++) {
      into[i] /= left;
    }
  }

  private static void add(float[] values, int from, int to, double[] into) {
    for (int i = from; i < to; i++) {
      into[i] += values[i];
    }
  }

  private static void add(double[] values, int from, int to, double[] into) {
    for (int i = from; i < to; i++) {
      into[i] += values[i];
    }
  }
}
