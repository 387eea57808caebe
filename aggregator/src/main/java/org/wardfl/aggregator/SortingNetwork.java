package org.wardfl.aggregator;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Comparisons that sort n values whatever they are, or as much of them as somebody wants to know.
///
/// Applied to whole arrays in place of single values, each comparison is one loop without a branch
/// that depends on the data, which the processor does for several elements at once.
///
/// Source: Batcher's merge exchange for any n (Knuth, *The Art of Computer Programming*, volume 3,
/// section 5.2.2, algorithm M); comparisons that no wanted value depends on are left out.
///
/// @param comparisons in order
record SortingNetwork(List<Comparison> comparisons) {

  /// Copies.
  SortingNetwork {
    comparisons = List.copyOf(comparisons);
  }

  /// Puts the smaller of two values in the first place and the larger in the second.
  ///
  /// @param low the first place
  /// @param high the second
  record Comparison(int low, int high) {}

  /// A network that brings the values of some ranks to their places.
  ///
  /// @param values how many there are
  /// @param from the first wanted rank, from 0
  /// @param to the rank after the last wanted one
  static SortingNetwork of(int values, int from, int to) {
    var all = mergeExchange(values);
    var wanted = new boolean[values];
    for (int rank = from; rank < to; rank++) {
      wanted[rank] = true;
    }
    var kept = new ArrayList<Comparison>();
    for (var comparison : all.reversed()) {
      if (wanted[comparison.low()] || wanted[comparison.high()]) {
        wanted[comparison.low()] = true;
        wanted[comparison.high()] = true;
        kept.add(comparison);
      }
    }
    Collections.reverse(kept);
    return new SortingNetwork(kept);
  }

  private static List<Comparison> mergeExchange(int values) {
    var all = new ArrayList<Comparison>();
    int largest = values < 2 ? 0 : Integer.highestOneBit(values - 1);
    for (int p = largest; p > 0; p >>= 1) {
      int q = largest;
      int r = 0;
      int d = p;
      boolean more = true;
      while (more) {
        for (int i = 0; i < values - d; i++) {
          if ((i & p) == r) {
            all.add(new Comparison(i, i + d));
          }
        }
        more = q != p;
        d = q - p;
        q >>= 1;
        r = p;
      }
    }
    return all;
  }
}
