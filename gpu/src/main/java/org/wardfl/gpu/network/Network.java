package org.wardfl.gpu.network;

import ai.djl.ndarray.NDArray;
import org.wardfl.algo.AlgoException;
import org.wardfl.gpu.training.LearnedWeights;

/// A network with its weights, in torch's own memory until this is closed.
public interface Network extends LearnedWeights {

  /// The predictions for a batch, recorded if gradients are; in the batch's manager.
  ///
  /// @param batch float32, `[count, channels, ...]`
  /// @param training whether its layers do what they do in training: dropout drops, running
  ///   statistics follow
  /// @throws AlgoException if the network does not take this batch, or gives something else than
  ///   such predictions
  NDArray forward(NDArray batch, boolean training) throws AlgoException;
}
