package org.wardfl.proto.job;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.statistics.Bins;
import org.wardfl.algo.statistics.Statistic;
import org.wardfl.algo.statistics.StatisticsRequest;

/// One of the things that a job does, in the order of its list.
///
/// What is common to all is asked by the methods of this interface, whose answers suit a workflow
/// that trains nothing.
public sealed interface WorkflowDefinition {

  /// The most rounds that a workflow can have.
  int MOST_ROUNDS = 1_000_000;

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
  /// @param sites how many sites the job has
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

  /// The word for how the updates of a round become one; empty where there are none.
  default String aggregationType() {
    return "";
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
  /// @param optimizer how the server moves the model by it; empty adds it
  /// @param patience rounds without a better model after which the training stops; empty trains to
  ///   the end
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
      AggregationChoice aggregation,
      Optional<OptimizerChoice> optimizer,
      Optional<Integer> patience)
      implements WorkflowDefinition {

    /// Checks and copies.
    ///
    /// @throws IllegalArgumentException naming the key
    public FedAvg {
      exclude = List.copyOf(exclude);
      checkTraining(rounds, roundDeadline, maxNorm, keyMetric, patience);
      if (closeEarly.isPresent() && closeEarly.get().isNegative()) {
        throw new IllegalArgumentException("close_early: expected a duration that is not negative");
      }
      if (optimizer.isPresent() && weightType == WeightType.FULL) {
        throw new IllegalArgumentException(
            "weight_type: found full, expected diff: the optimizer steps by what the sites changed");
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
    public String aggregationType() {
      return aggregation.type();
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
          new AggregationChoice.Mean(),
          Optional.empty(),
          Optional.empty());
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

  /// The model goes around: each site trains what the one before it has made.
  ///
  /// @param rounds times around, at least 1
  /// @param order in which the sites are visited
  /// @param weightType whether sites return differences (the default) or full weights
  /// @param keyMetric what makes a model the best one; then all sites score the model after each
  ///   time around. Empty keeps no best model
  /// @param roundDeadline how long one site is waited for; then it is passed over
  /// @param exclude regular expressions; tensors that match anywhere in the name keep their value
  /// @param maxNorm the largest L2 norm of an update that is accepted; infinite for no bound
  /// @param patience times around without a better model after which the training stops; empty
  ///   trains to the end
  /// @param alone whether every site also trains by itself with the same budget, for comparison
  record Cyclic(
      int rounds,
      Order order,
      WeightType weightType,
      Optional<KeyMetric> keyMetric,
      Duration roundDeadline,
      List<String> exclude,
      double maxNorm,
      Optional<Integer> patience,
      boolean alone)
      implements WorkflowDefinition {

    /// Checks and copies.
    ///
    /// @throws IllegalArgumentException naming the key
    public Cyclic {
      exclude = List.copyOf(exclude);
      checkTraining(rounds, roundDeadline, maxNorm, keyMetric, patience);
    }

    @Override
    public String type() {
      return "cyclic";
    }

    @Override
    public long trainingRounds(int sites) {
      return (long) rounds * sites;
    }

    @Override
    public long otherRounds(int sites) {
      return keyMetric.isPresent() ? rounds : 0;
    }
  }

  /// In which order a model goes around.
  enum Order {
    /// By the sites' names.
    FIXED,
    /// Drawn anew each time around.
    RANDOM,
    /// Drawn anew each time around, but no site comes twice in a row.
    RANDOM_NO_REPEAT
  }

  /// Every site scores models of the others and of the server.
  ///
  /// @param models which
  /// @param roundDeadline how long sites are waited for
  record CrossSite(Set<Models> models, Duration roundDeadline) implements WorkflowDefinition {

    /// Checks and copies.
    ///
    /// @throws IllegalArgumentException naming the key
    public CrossSite {
      models = Collections.unmodifiableSortedSet(new TreeSet<>(models));
      if (models.isEmpty()) {
        throw new IllegalArgumentException("models: expected at least one kind of model");
      }
      checkDeadline(roundDeadline);
    }

    @Override
    public String type() {
      return "cross_site";
    }

    @Override
    public long otherRounds(int sites) {
      return 4L * sites + 2;
    }
  }

  /// Kinds of models that can be scored across sites.
  enum Models {
    /// The federation's last.
    FINAL,
    /// The federation's best.
    BEST,
    /// What each site had trained last, before it was averaged, and what it trained alone.
    SITE_FINAL,
    /// The best of what each site had trained, by its own score.
    SITE_BEST
  }

  /// Every site scores the model, and nothing is trained.
  ///
  /// @param roundDeadline how long sites are waited for
  record Evaluate(Duration roundDeadline) implements WorkflowDefinition {

    /// Checks.
    ///
    /// @throws IllegalArgumentException naming the key
    public Evaluate {
      checkDeadline(roundDeadline);
    }

    @Override
    public String type() {
      return "evaluate";
    }

    @Override
    public long otherRounds(int sites) {
      return 1;
    }
  }

  private static void checkTraining(
      int rounds,
      Duration roundDeadline,
      double maxNorm,
      Optional<KeyMetric> keyMetric,
      Optional<Integer> patience) {
    if (rounds < 1 || rounds > MOST_ROUNDS) {
      throw new IllegalArgumentException("rounds: found " + rounds + ", expected 1 to 1000000");
    }
    checkDeadline(roundDeadline);
    if (!(maxNorm > 0)) {
      throw new IllegalArgumentException(
          "max_norm: found " + maxNorm + ", expected a positive number");
    }
    if (patience.isPresent() && keyMetric.isEmpty()) {
      throw new IllegalArgumentException(
          "stop_early: expected a key_metric, which tells whether a model is better");
    }
    if (patience.isPresent() && (patience.get() < 1 || patience.get() > MOST_ROUNDS)) {
      throw new IllegalArgumentException(
          "stop_early.patience: found " + patience.get() + ", expected 1 to 1000000");
    }
  }

  private static void checkDeadline(Duration roundDeadline) {
    if (!roundDeadline.isPositive()) {
      throw new IllegalArgumentException("round_deadline: expected a positive duration");
    }
  }

  /// Statistics of the sites' data: everything but histograms, then histograms over the ranges that
  /// the federation has agreed on.
  ///
  /// @param statistics what is asked; at least one
  /// @param features names; empty asks for every feature that consists of numbers
  /// @param byClass whether also for the patients of each class by themselves
  /// @param bins how many a histogram has, before a site joins some, 1 to 1,000
  /// @param ranges of the histograms of some features; the others' are agreed on
  /// @param quantiles shares above 0 and below 1
  /// @param roundDeadline when one of its rounds is closed with those who answered
  record Statistics(
      SortedSet<Statistic> statistics,
      List<String> features,
      boolean byClass,
      int bins,
      SortedMap<String, Range> ranges,
      List<Double> quantiles,
      Duration roundDeadline)
      implements WorkflowDefinition {

    private static final int MOST_QUANTILES = 100;

    /// Checks and copies.
    ///
    /// @throws IllegalArgumentException naming the key
    public Statistics {
      statistics = Collections.unmodifiableSortedSet(new TreeSet<>(statistics));
      ranges = Collections.unmodifiableSortedMap(new TreeMap<>(ranges));
      quantiles = List.copyOf(quantiles);
      // Says what is wrong with the features.
      features = new StatisticsRequest(features, byClass, new TreeMap<>()).features();
      if (statistics.isEmpty()) {
        throw new IllegalArgumentException("statistics: expected at least one");
      }
      if (new TreeSet<>(features).size() < features.size()) {
        throw new IllegalArgumentException("features: a name is listed twice");
      }
      if (bins < 1 || bins > Bins.MOST) {
        throw new IllegalArgumentException("bins: found " + bins + ", expected 1 to " + Bins.MOST);
      }
      for (var share : quantiles) {
        if (!(share > 0 && share < 1)) {
          throw new IllegalArgumentException(
              "quantiles: found " + share + ", expected shares above 0 and below 1");
        }
      }
      if (quantiles.size() > MOST_QUANTILES || ranges.size() > StatisticsRequest.MOST_FEATURES) {
        throw new IllegalArgumentException("expected at most 100 quantiles and 1000 ranges");
      }
      checkDeadline(roundDeadline);
    }

    /// The ends of a histogram.
    ///
    /// @param low the first edge
    /// @param high the last edge
    public record Range(double low, double high) {

      /// Checks.
      ///
      /// @throws IllegalArgumentException on a range of width zero, or one that is turned round
      public Range {
        var _ = new Bins(low, high, 1);
      }
    }

    /// What the first round asks: everything but histograms.
    public StatisticsRequest request() {
      return new StatisticsRequest(features, byClass, new TreeMap<>());
    }

    /// Whether there is a second round, of histograms.
    public boolean wantsHistograms() {
      return statistics.contains(Statistic.HISTOGRAM) || statistics.contains(Statistic.QUANTILES);
    }

    @Override
    public String type() {
      return "statistics";
    }

    @Override
    public long otherRounds(int sites) {
      return wantsHistograms() ? 2 : 1;
    }

    @Override
    public boolean needsModel() {
      return false;
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
