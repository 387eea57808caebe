package org.wardfl.algo;

/// An algorithm that can describe the site's data (MONAI `ClientAlgoStats`).
public abstract class ClientAlgoStats extends BaseClient {

  /// For subclasses.
  protected ClientAlgoStats() {}

  /// Describes the site's data. By default refuses.
  ///
  /// @throws AlgoException.Unsupported if the algorithm has no statistics
  /// @throws AlgoException if they cannot be computed
  /// @throws InterruptedException if the task was told to stop
  public DataStats getDataStats(TaskContext task) throws AlgoException, InterruptedException {
    throw new AlgoException.Unsupported(getClass().getName() + " has no data statistics");
  }
}
