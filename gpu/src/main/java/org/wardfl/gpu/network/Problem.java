package org.wardfl.gpu.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Random;
import org.wardfl.algo.AlgoContext;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.DataStats;
import org.wardfl.algo.Metrics;
import org.wardfl.algo.ModelPayload;
import org.wardfl.algo.TaskContext;
import org.wardfl.algo.statistics.StatisticsRequest;
import org.wardfl.gpu.sample.SampleOptions;
import org.wardfl.gpu.sample.SampleSheet;
import org.wardfl.gpu.torch.Torch;
import org.wardfl.gpu.training.TrainingOptions;

/// What a network is to learn, from one site's data.
public interface Problem {

  /// Reads the arguments of a job; its data not before it is needed.
  @FunctionalInterface
  interface Reader {

    /// Reads.
    ///
    /// @throws AlgoException.Configuration if an argument is wrong, or the job names no dataset
    Problem read(AlgoContext context) throws AlgoException.Configuration;
  }

  /// The network.
  Architecture architecture();

  /// How it is trained.
  TrainingOptions training();

  /// The first model.
  ///
  /// @param seed of an untrained one
  default ModelPayload initial(long seed) throws AlgoException {
    return Weights.initial(architecture(), seed);
  }

  /// How many samples an epoch has.
  ///
  /// @throws AlgoException.SiteData if the data cannot be used
  int samples() throws AlgoException;

  /// The loss of a batch, a scalar in the manager.
  ///
  /// @param samples numbers from 0 to [#samples] - 1
  /// @param random what patches and augmentations are drawn from
  NDArray loss(Weights weights, NDManager manager, int[] samples, Random random)
      throws AlgoException;

  /// Which samples of its evaluation a site may keep.
  default SampleOptions sampleOptions() {
    return SampleOptions.NONE;
  }

  /// Scores on the site's evaluation data.
  ///
  /// @param samples takes a few of the scored cases
  Metrics evaluate(Weights weights, Torch torch, TaskContext task, SampleSheet samples)
      throws AlgoException;

  /// What may be told of the data.
  DataStats statistics(StatisticsRequest request, TaskContext task) throws AlgoException;
}
