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
  }
}
