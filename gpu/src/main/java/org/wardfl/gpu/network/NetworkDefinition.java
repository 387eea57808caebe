package org.wardfl.gpu.network;

import org.wardfl.algo.AlgoException;
import org.wardfl.algo.ModelPayload;
import org.wardfl.gpu.torch.Torch;

/// What a job trains, without weights: a network of Ward's own, or one that the job brings.
public interface NetworkDefinition {

  /// The first model.
  ///
  /// @param seed of an untrained one; the same seed gives the same model
  /// @throws AlgoException if it cannot be made
  ModelPayload initial(long seed) throws AlgoException;

  /// The network with the weights of a model, copied.
  ///
  /// @throws AlgoException.NonFinite if a weight is not finite
  /// @throws AlgoException.InvalidModel if the model is that of another network
  /// @throws AlgoException if the network cannot be made
  Network open(ModelPayload model, Torch torch) throws AlgoException;
}
