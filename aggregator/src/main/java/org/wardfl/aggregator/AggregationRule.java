package org.wardfl.aggregator;

/// How the values that several sites have for the same element become one value.
///
/// A rule sees one block of one tensor at a time: the blocks of all sites that sent the tensor, in
/// site-name order. What it computes for an element may depend on the values and weights of that
/// element alone, so the result is the same for any block size and number of threads.
@FunctionalInterface
public interface AggregationRule {

  /// A worker for one thread, with arrays for blocks of at most so many elements.
  Worker worker(int capacity);

  /// Combines one block after the other; not thread-safe.
  interface Worker {

    /// Begins a block.
    ///
    /// @param count elements in it
    void begin(int count);

    /// Takes one site's values of the block.
    ///
    /// @param values from index 0; only valid during the call
    /// @param weight positive
    void add(double[] values, double weight);

    /// The same for values that are floats; by default widens them.
    ///
    /// @param values from index 0; only valid during the call
    /// @param count elements
    /// @param weight positive
    default void add(float[] values, int count, double weight) {
      var wide = new double[count];
      for (int i = 0; i < count; i++) {
        wide[i] = values[i];
      }
      add(wide, weight);
    }

    /// Ends the block.
    ///
    /// @param into receives the combined values from index 0
    void finish(double[] into);
  }
}
