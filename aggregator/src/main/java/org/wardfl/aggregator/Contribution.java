package org.wardfl.aggregator;

import java.util.function.Predicate;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.method.ControlVariates;
import org.wardfl.algo.tensor.Role;
import org.wardfl.algo.tensor.TensorSource;
import org.wardfl.algo.tensor.TensorSpec;

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
          : scaled(
              model,
              WeightType.DIFF,
              factor,
              spec ->
                  spec.role() == Role.PARAMETER || (spec.role() == Role.BUFFER && !parametersOnly));
    }

    /// The same, with a share of its change of SCAFFOLD's control variates.
    ///
    /// @param model the model that the update starts from
    /// @param type whether the weights are a difference to it or full ones
    /// @param share from 0 to 1
    public Plain sharingVariates(TensorSource model, WeightType type, double share) {
      return scaled(model, type, share, spec -> ControlVariates.isVariate(spec, model));
    }

    private Plain scaled(
        TensorSource model, WeightType type, double factor, Predicate<TensorSpec> which) {
      return new Plain(site, new ScaledUpdate(weights, model, type, factor, which), weight);
    }
  }
}
