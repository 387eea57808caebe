package org.wardfl.algo.method;

import java.util.TreeMap;
import org.wardfl.algo.Metrics;
import org.wardfl.algo.tensor.TensorMap;

/// A model that never leaves its site (Ditto): how it is kept in a state file, and how its scores
/// are told.
public final class PersonalModel {

  /// Before the name of a score: `personal.accuracy` is the accuracy of the site's personal model
  /// where `accuracy` is that of the federation's. Reports show the two together.
  public static final String METRIC = "personal.";

  private static final String PREFIX = "personal.";

  private PersonalModel() {}

  /// Adds a personal model to a state.
  ///
  /// @param weights full weights
  public static void save(TensorMap weights, TensorMap.Builder state) {
    weights
        .specs()
        .forEach(spec -> state.add(weights.tensor(spec.name()).named(PREFIX + spec.name())));
  }

  /// The personal model in a state; empty before the first training.
  public static TensorMap in(TensorMap state) {
    return StatePart.of(state, PREFIX);
  }

  /// Scores of the federation's model and of the site's own as one set.
  ///
  /// @param federated of the received model
  /// @param personal of the personal model, on the same samples
  public static Metrics scores(Metrics federated, Metrics personal) {
    var values = new TreeMap<>(federated.values());
    personal.values().forEach((name, value) -> values.put(METRIC + name, value));
    return new Metrics(values, federated.samples());
  }
}
