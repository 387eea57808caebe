package org.wardfl.aggregator;

import org.wardfl.algo.SiteName;
import org.wardfl.algo.tensor.TensorSource;

/// What one site brings to a round. Each kind declares what can be checked about it.
public sealed interface Contribution {

  /// Who brings it.
  SiteName site();

  /// Weights in the clear: every check of [UpdateCheck] applies.
  ///
  /// @param site who brings it
  /// @param weights the tensors, differences or full weights as the job says; some may be missing
  /// @param weight what it counts by, finite and not negative; 0 leaves it out
  record Plain(SiteName site, TensorSource weights, double weight) implements Contribution {

    /// Checks the weight.
    ///
    /// @throws IllegalArgumentException if it is negative or not finite
    public Plain {
      if (!(weight >= 0) || Double.isInfinite(weight)) {
        throw new IllegalArgumentException(
            "weight of " + site + " is " + weight + ", expected a finite number from 0");
      }
    }

    /// The same with another weight.
    Plain weighing(double other) {
      return new Plain(site, weights, other);
    }

    /// The same difference times a factor, but for counters and constants.
    ///
    /// @param model the model that the weights are a difference to
    /// @param factor finite
    /// @param parametersOnly whether buffers stay as they are
    public Plain scaled(TensorSource model, double factor, boolean parametersOnly) {
      return factor == 1
          ? this
          : new Plain(site, new ScaledUpdate(weights, model, factor, parametersOnly), weight);
    }
  }
}
