package org.wardfl.gpu.training;

import org.wardfl.algo.AlgoException;
import org.wardfl.algo.Metrics;
import org.wardfl.algo.ModelPayload;
import org.wardfl.algo.TaskContext;

/// What a [SiteTraining] trains: a network, and a site's data for it.
///
/// @param <W> the network's weights
public interface Trainee<W extends LearnedWeights> {

  /// The weights of a model, copied.
  ///
  /// @throws AlgoException if the model is not finite or that of another network
  W open(ModelPayload model) throws AlgoException;

  /// How many samples an epoch has.
  ///
  /// @throws AlgoException if the data cannot be used
  int samples() throws AlgoException;

  /// The loss that weights are trained by.
  ///
  /// @param seeds what it draws from
  TrainingLoop.BatchLoss loss(W weights, Seeds seeds) throws AlgoException;

  /// Scores weights on the site's evaluation data.
  Metrics score(W weights, TaskContext task) throws AlgoException;

  /// Seeds of one training within a task.
  @FunctionalInterface
  interface Seeds {

    /// The seed for a purpose.
    long of(String purpose);
  }
}
