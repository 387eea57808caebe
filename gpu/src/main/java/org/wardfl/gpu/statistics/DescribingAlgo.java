package org.wardfl.gpu.statistics;

import org.jspecify.annotations.Nullable;
import org.wardfl.algo.AlgoContext;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.ClientAlgo;
import org.wardfl.algo.DataStats;
import org.wardfl.algo.Metrics;
import org.wardfl.algo.ModelPayload;
import org.wardfl.algo.TaskContext;
import org.wardfl.algo.TrainSummary;
import org.wardfl.algo.WeightsRequest;
import org.wardfl.algo.statistics.StatisticsRequest;

/// Describes a site's data, and trains nothing.
final class DescribingAlgo extends ClientAlgo {

  private final String id;
  private final Description description;
  private @Nullable AlgoContext context;

  /// @param id the word for it
  /// @param description what it does
  DescribingAlgo(String id, Description description) {
    this.id = id;
    this.description = description;
  }

  /// Reads and describes the data of a job.
  @FunctionalInterface
  interface Description {
    DataStats describe(AlgoContext context, StatisticsRequest request, TaskContext task)
        throws AlgoException;
  }

  @Override
  public void initialize(AlgoContext given) throws AlgoException {
    if (given.data().location().isEmpty()) {
      throw new AlgoException.Configuration("the job names no dataset");
    }
    context = given;
  }

  @Override
  public DataStats getDataStats(StatisticsRequest request, TaskContext task) throws AlgoException {
    var own = context;
    if (own == null) {
      throw new IllegalStateException("initialize was not called");
    }
    return description.describe(own, request, task);
  }

  @Override
  public TrainSummary train(ModelPayload global, TaskContext task) throws AlgoException {
    throw describesOnly();
  }

  @Override
  public ModelPayload getWeights(WeightsRequest request, TaskContext task) throws AlgoException {
    throw describesOnly();
  }

  @Override
  public Metrics evaluate(ModelPayload global, TaskContext task) throws AlgoException {
    throw describesOnly();
  }

  private AlgoException.Unsupported describesOnly() {
    return new AlgoException.Unsupported(id + " describes data, and trains nothing");
  }
}
