package org.wardfl.algo;

/// A training algorithm that runs at a site (MONAI `ClientAlgo`, `monai/fl/client/client_algo.py`).
///
/// For a TRAIN task the platform calls, in MONAI's order, [#evaluate] with the received model,
/// [#train] with the same model, then [#getWeights]. One thread makes all calls of one instance,
/// except [BaseClient#abort]. Unless the algorithm is a [StatefulAlgo], a task gets an instance
/// that has seen no other task, or one whose result cannot depend on earlier tasks.
///
/// A result may depend on the model, the site's data, the arguments, [TaskContext#seed] and the
/// state file, and on nothing else: not on time, paths, threads or the worker that happens to run
/// it.
public abstract class ClientAlgo extends ClientAlgoStats {

  /// For subclasses.
  protected ClientAlgo() {}

  /// Trains from the received model on this site's data.
  ///
  /// @param global the federation's model, of type [WeightType#FULL]
  /// @throws AlgoException if the model or the data cannot be used, or the task was aborted; an
  ///   aborted training must throw, never return
  /// @throws InterruptedException if the task was told to stop
  public abstract TrainSummary train(ModelPayload global, TaskContext task)
      throws AlgoException, InterruptedException;

  /// Returns weights as a snapshot of the same tensors as the received model, or fewer where parts
  /// stay at the site.
  ///
  /// @throws AlgoException.Unsupported if the algorithm has no such weights
  /// @throws AlgoException if they cannot be had
  /// @throws InterruptedException if the task was told to stop
  public abstract ModelPayload getWeights(WeightsRequest request, TaskContext task)
      throws AlgoException, InterruptedException;

  /// Scores the received model on this site's data; the weights that training will continue from
  /// stay untouched.
  ///
  /// @param global the model to score, of type [WeightType#FULL]
  /// @return [Metrics#none] where there is nothing to evaluate on
  /// @throws AlgoException if the model or the data cannot be used, or the task was aborted
  /// @throws InterruptedException if the task was told to stop
  public abstract Metrics evaluate(ModelPayload global, TaskContext task)
      throws AlgoException, InterruptedException;
}
