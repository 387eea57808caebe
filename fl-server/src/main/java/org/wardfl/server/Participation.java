package org.wardfl.server;

import java.util.List;
import org.wardfl.aggregator.Contribution;
import org.wardfl.algo.method.ControlVariates;
import org.wardfl.algo.tensor.TensorSource;
import org.wardfl.server.job.Recipe;

/// What the updates of some sites do to what stands for all of them: SCAFFOLD's control variate of
/// the federation moves by the sites' mean change times their share of the job's sites.
///
/// Source: Karimireddy et al., "SCAFFOLD" (ICML 2020), algorithm 1: c ← c + |S| / N · mean(Δc_i).
final class Participation {

  private Participation() {}

  /// The same contributions, with changes of variates by that share. Where every site contributes,
  /// or the model has no variates, they are left as they are.
  ///
  /// @param contributions those of weight 0 count for nobody
  /// @param model the model of the round
  static List<Contribution.Plain> apply(
      Recipe.Combine recipe, List<Contribution.Plain> contributions, TensorSource model) {
    long present = contributions.stream().filter(it -> it.weight() > 0).count();
    if (present >= recipe.sites() || !ControlVariates.in(model)) {
      return contributions;
    }
    double share = (double) present / recipe.sites();
    return contributions.stream()
        .map(it -> it.sharingVariates(model, recipe.type(), share))
        .toList();
  }
}
