package org.wardfl.proto.job;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.WeightType;

/// One of the things that a job does, in the order of its list.
///
/// What is common to all is asked by the methods of this interface, whose answers suit a workflow
/// that trains nothing.
public sealed interface WorkflowDefinition {

  /// The word for it in a job file.
  String type();

  /// When one of its rounds is closed with those who answered.
  Duration roundDeadline();

  /// How many rounds train, where this many sites take part in each.
  default long trainingRounds(int sites) {
    return 0;
  }

  /// How many rounds that train nothing there are at most, without the one that scores what the
  /// job's last training has made.
  ///
  /// @param sites how many sites take part in each
  default long otherRounds(int sites) {
    return 0;
  }

  /// Whether it needs a model, of an earlier workflow or the job's first.
  default boolean needsModel() {
    return true;
  }

  /// What makes a model the best one; empty keeps no best model.
  default Optional<KeyMetric> keyMetric() {
    return Optional.empty();
  }

  /// Regular expressions; tensors that match anywhere in the name keep their value, and may be
  /// missing in an update.
  default List<String> exclude() {
    return List.of();
  }

  /// Whether updates are divided by how much a site's steps add up to.
  default boolean isNormalized() {
    return false;
  }

  /// How many updates every round needs.
  default long leastUpdates() {
    return 1;
  }

  /// The largest L2 norm of an update that is accepted; infinite for no bound.
  default double maxNorm() {
    return Double.POSITIVE_INFINITY;
  }

  /// Federated averaging: rounds of local training and a weighted mean.
  ///
  /// @param rounds at least 1
  /// @param weighting what a site's update counts by
  /// @param weightType whether sites return differences (the default) or full weights
  /// @param keyMetric what makes a model the best one; empty keeps no best model
  /// @param roundDeadline when a round is closed with those who answered
  /// @param closeEarly how long after `min_sites` accepted updates a round waits for the rest;
  ///   empty waits for all
  /// @param exclude regular expressions; tensors that match anywhere in the name keep their value
  /// @param counters what becomes of integer tensors
  /// @param maxNorm the largest L2 norm of an update that is accepted; infinite for no bound
  /// @param alone whether every site also trains by itself with the same budget, for comparison
  /// @param aggregation how the updates of a round become one
  record FedAvg(
      int rounds,
      Weighting weighting,
      WeightType weightType,
      Optional<KeyMetric> keyMetric,
      Duration roundDeadline,
      Optional<Duration> closeEarly,
      List<String> exclude,
      CounterRule counters,
      double maxNorm,
      boolean alone,
      AggregationChoice aggregation)
      implements WorkflowDefinition {

    /// Checks and copies.
    ///
    /// @throws IllegalArgumentException naming the key
    public FedAvg {
      exclude = List.copyOf(exclude);
      if (rounds < 1 || rounds > 1_000_000) {
        throw new IllegalArgumentException("rounds: found " + rounds + ", expected 1 to 1000000");
      }
      if (!roundDeadline.isPositive()) {
        throw new IllegalArgumentException("round_deadline: expected a positive duration");
      }
      if (closeEarly.isPresent() && closeEarly.get().isNegative()) {
        throw new IllegalArgumentException("close_early: expected a duration that is not negative");
      }
      if (!(maxNorm > 0)) {
        throw new IllegalArgumentException(
            "max_norm: found " + maxNorm + ", expected a positive number");
      }
      checkForm(weightType, weighting, aggregation);
    }

    private static void checkForm(
        WeightType type, Weighting weighting, AggregationChoice aggregation) {
      boolean clipped = aggregation instanceof AggregationChoice.Clipped;
      boolean normalized = weighting instanceof Weighting.Normalized;
      if (type == WeightType.FULL && (clipped || normalized)) {
        throw new IllegalArgumentException(
            (clipped ? "clip" : "weights: normalized")
                + " scales differences, and weight_type is full; expected weight_type diff");
      }
      if (normalized && !(aggregation instanceof AggregationChoice.Mean)) {
        throw new IllegalArgumentException(
            "weights: normalized is a mean, and aggregation is "
                + aggregation.type()
                + (clipped ? " of clipped updates" : "")
                + "; expected one of the two");
      }
    }

    @Override
    public boolean isNormalized() {
      return weighting instanceof Weighting.Normalized;
    }

    @Override
    public long leastUpdates() {
      return aggregation.leastUpdates();
    }

    /// With the weighted mean.
    public FedAvg(
        int rounds,
        Weighting weighting,
        WeightType weightType,
        Optional<KeyMetric> keyMetric,
        Duration roundDeadline,
        Optional<Duration> closeEarly,
        List<String> exclude,
        CounterRule counters,
        double maxNorm,
        boolean alone) {
      this(
          rounds,
          weighting,
          weightType,
          keyMetric,
          roundDeadline,
          closeEarly,
          exclude,
          counters,
          maxNorm,
          alone,
          new AggregationChoice.Mean());
    }

    @Override
    public String type() {
      return "fedavg";
    }

    @Override
    public long trainingRounds(int sites) {
      return rounds;
    }
  }

  /// What an update counts by in the mean.
  sealed interface Weighting {
    /// The optimizer steps done in this task, as MONAI and FLARE do.
    record Iterations() implements Weighting {}

    /// The site's training samples.
    record Samples() implements Weighting {}

    /// The site's training samples, with every update divided by how much its local steps add up
    /// to, and the mean multiplied by the mean of that (FedNova).
    record Normalized() implements Weighting {}

    /// A factor per site.
    ///
    /// @param factors by site, finite and not negative; a site that is not listed counts 1
    record Given(Map<SiteName, Double> factors) implements Weighting {

      /// Checks and copies.
      ///
      /// @throws IllegalArgumentException on a negative or non-finite factor
      public Given {
        factors = Map.copyOf(factors);
        factors.forEach((site, factor) -> {
          if (!(factor >= 0) || factor.isInfinite()) {
            throw new IllegalArgumentException(
                "weights: "
                    + site
                    + " has "
                    + factor
                    + ", expected a finite number that is not negative");
          }
        });
      }
    }
  }

  /// What makes a model the best one. Strictly better wins; a tie keeps the earlier model.
  ///
  /// @param name a metric's name
  /// @param direction which way is better
  record KeyMetric(String name, Direction direction) {}

  /// Which way a metric gets better.
  enum Direction {
    /// Larger is better.
    MAX,
    /// Smaller is better.
    MIN
  }

  /// What becomes of integer tensors that count (batch normalization's `num_batches_tracked`).
  enum CounterRule {
    /// The weighted mean, truncated toward zero: what MONAI's sites effectively load.
    MEAN,
    /// The largest value that any site reached.
    MAX,
    /// The value of the model before the round.
    KEEP
  }
}
