package org.wardfl.algo;

import org.wardfl.algo.statistics.StatisticsRequest;

/// An algorithm that can describe the site's data (MONAI `ClientAlgoStats`).
public abstract class ClientAlgoStats extends BaseClient {

  /// For subclasses.
  protected ClientAlgoStats() {}

  /// Describes the site's data. By default refuses.
  ///
  /// What is returned are the plain numbers: the site's own rules about small counts, bins and
  /// extreme values are applied afterwards, outside the algorithm's reach. A feature that was asked
  /// for by name and cannot be described is returned with the reason
  /// ([org.wardfl.algo.statistics.FeatureStatistics#withheld]), so that the rest goes on.
  ///
  /// @throws AlgoException.Unsupported if the algorithm has no statistics
  /// @throws AlgoException if they cannot be computed
  /// @throws InterruptedException if the task was told to stop
  public DataStats getDataStats(StatisticsRequest request, TaskContext task)
      throws AlgoException, InterruptedException {
    throw new AlgoException.Unsupported(getClass().getName() + " has no data statistics");
  }
}
