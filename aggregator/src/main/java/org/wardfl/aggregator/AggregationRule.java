package org.wardfl.aggregator;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.wardfl.algo.tensor.TensorSource;

/// How the values that several sites have for the same element become one value.
///
/// Before anything else a rule may give every update a weight of its own, from all of them as whole
/// vectors ([#weighed]). Then it sees one block of one tensor at a time: the blocks of all sites
/// that sent the tensor, in site-name order. What it computes for an element may depend on the
/// values and weights of that element alone, so the result is the same for any block size and
/// number of threads.
@FunctionalInterface
public interface AggregationRule {

  /// A worker for one thread, with arrays for blocks of at most so many elements.
  Worker worker(int capacity);

  /// Why the updates of so few sites cannot be combined; empty if they can.
  ///
  /// @param sites how many sites sent updates, or a tensor
  default Optional<String> refuses(int sites) {
    return Optional.empty();
  }

  /// The updates with the weights that they are combined by; 0 leaves one out.
  ///
  /// @param base the model that the round started from
  /// @param plan whether updates are differences to it, and which tensors are excluded: those do
  ///   not count in any distance
  /// @param updates in the order of the sites' names, weighted as the job says, all positive
  /// @return the same updates in the same order, at least one with a positive weight
  /// @throws IOException if an update cannot be read
  /// @throws InterruptedException if the calling thread is interrupted
  default List<Contribution.Plain> weighed(
      TensorSource base, AggregationPlan plan, List<Contribution.Plain> updates, Workers workers)
      throws IOException, InterruptedException {
    return updates;
  }

  /// How many elements a block may have, for a rule that holds the blocks of all sites at once.
  ///
  /// @param sites how many sites there are
  default int blockElements(int sites) {
    return Integer.MAX_VALUE;
  }

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
