package org.wardfl.server;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardfl.aggregator.Aggregation;
import org.wardfl.aggregator.AggregationPlan;
import org.wardfl.aggregator.AggregationResult;
import org.wardfl.aggregator.AggregationRule;
import org.wardfl.aggregator.Contribution;
import org.wardfl.aggregator.CoordinateMedian;
import org.wardfl.aggregator.CounterPolicy;
import org.wardfl.aggregator.FedAvg;
import org.wardfl.aggregator.GeometricMedian;
import org.wardfl.aggregator.Krum;
import org.wardfl.aggregator.TrimmedMean;
import org.wardfl.aggregator.UpdateComparison;
import org.wardfl.aggregator.UpdateLikeness;
import org.wardfl.aggregator.Workers;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.TrainSummary;
import org.wardfl.algo.model.ModelFile;
import org.wardfl.algo.model.ModelFileException;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.proto.job.AggregationChoice;
import org.wardfl.proto.job.WorkflowDefinition;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.proto.task.TaskKey;
import org.wardfl.proto.task.TaskOutcome;
import org.wardfl.server.job.Answer;
import org.wardfl.server.job.Command;
import org.wardfl.server.job.Effect;
import org.wardfl.server.job.Recipe;
import org.wardfl.server.store.BlobStore;

/// Carries out a reduction: the accepted answers of a track become its next model in the blob
/// store.
final class Reducer {

  private static final Logger LOG = LoggerFactory.getLogger(Reducer.class);

  private static final long MOST_COMPARED_BYTES = 256L << 20;

  private final BlobStore blobs;
  private final ServerConfig config;
  private final ExecutorService pool;
  private final Stepper stepper;

  Reducer(BlobStore blobs, ServerConfig config, ExecutorService pool) {
    this.blobs = blobs;
    this.config = config;
    this.pool = pool;
    this.stepper = new Stepper(blobs, config);
  }

  /// What came of a reduction.
  ///
  /// @param command tells the job's engine how it went
  /// @param claim keeps the new model until the job refers to it
  record Reduced(Command command, BlobStore.Claim claim) {

    /// Without a file of its own.
    static Reduced of(Command command) {
      return new Reduced(command, () -> {});
    }
  }

  /// Carries one out.
  ///
  /// @throws IOException if a file cannot be read or written
  /// @throws InterruptedException if the server is closing
  Reduced reduce(Effect.Reduce effect) throws IOException, InterruptedException {
    return switch (effect.recipe()) {
      case Recipe.Take _ -> taken(effect);
      case Recipe.Combine combine -> combined(effect, combine);
    };
  }

  private static Reduced taken(Effect.Reduce effect) {
    var only = effect.accepted().firstEntry();
    if (!(only.getValue().outcome() instanceof TaskOutcome.Initialized(var model))) {
      throw new IllegalStateException("task " + only.getKey() + " made no first model");
    }
    var weights = new TreeMap<SiteName, Double>();
    weights.put(only.getKey().site(), 1.0);
    return Reduced.of(ready(effect, model.hash(), weights, Optional.empty()));
  }

  private Reduced combined(Effect.Reduce effect, Recipe.Combine combine)
      throws IOException, InterruptedException {
    var job = effect.accepted().firstKey().job();
    var base = effect.base().orElseThrow();
    var open = new ArrayList<ModelFile>();
    try {
      ModelFile model;
      List<Contribution.Plain> contributions;
      try {
        model = ModelFile.open(blobs.require(base));
        open.add(model);
        contributions = contributions(effect, combine.weighting(), open);
      } catch (IOException | ModelFileException e) {
        // Waiting does not bring back what is lost; a disk that is full may have room again.
        LOG.atError()
            .addKeyValue("job", job)
            .setCause(e)
            .log("a stored file is missing or damaged");
        return Reduced.of(
            new Command.ReductionFailed(
                effect.round(),
                effect.track(),
                "a stored file is missing or damaged; the server's log names it"));
      }
      var plan = plan(combine);
      var file = blobs.incoming(job + "-" + effect.track().replace('/', '-'));
      var result =
          new Aggregation(plan, pool, config.aggregationThreads())
              .write(
                  model,
                  Participation.apply(
                      combine,
                      Scaling.of(combine, effect.accepted().values())
                          .apply(contributions, effect.accepted(), model),
                      model),
                  file,
                  config.durability());
      return switch (result) {
        case AggregationResult.Aggregated(_, var counted, _, _)
            when combine.optimizer().isPresent() -> {
          var stepped =
              stepper.step(
                  effect,
                  combine.optimizer().get(),
                  plan,
                  model,
                  file,
                  weights(contributions, counted));
          yield stepped.command() instanceof Command.ModelReady ready
              ? new Reduced(
                  ready.with(likeness(effect, combine, model, contributions, ready.model())),
                  stepped.claim())
              : stepped;
        }
        case AggregationResult.Aggregated(var hash, var counted, _, _) -> {
          var claim = blobs.claim(hash);
          blobs.adopt(file, hash);
          var ready = ready(effect, hash, weights(contributions, counted), Optional.empty());
          yield new Reduced(
              ready.with(likeness(effect, combine, model, contributions, hash)), claim);
        }
        // What one site does by itself must not end the job of all.
        case AggregationResult.Refused(var reason) ->
            Reduced.of(
                effect.track().equals(TaskAssignment.GLOBAL)
                    ? new Command.ReductionFailed(effect.round(), effect.track(), reason)
                    : ready(effect, base, new TreeMap<>(), Optional.empty()));
      };
    } finally {
      for (var file : open) {
        file.close();
      }
    }
  }

  /// How the updates lie to each other: always looked at where a rule is to keep bad ones out, else
  /// where it costs little.
  private SortedMap<SiteName, UpdateLikeness> likeness(
      Effect.Reduce effect,
      Recipe.Combine combine,
      ModelFile base,
      List<Contribution.Plain> updates,
      ModelHash model)
      throws IOException, InterruptedException {
    boolean small = base.fileBytes() <= MOST_COMPARED_BYTES / Math.max(updates.size(), 1);
    boolean wanted = small || !(combine.aggregation() instanceof AggregationChoice.Mean);
    if (!wanted || !effect.track().equals(TaskAssignment.GLOBAL)) {
      return Collections.emptySortedMap();
    }
    try (var next = ModelFile.open(blobs.require(model))) {
      return UpdateComparison.of(
          base, next, plan(combine), updates, new Workers(pool, config.aggregationThreads()));
    } catch (ModelFileException e) {
      throw new IOException("the model that was just written is damaged: " + e.getMessage(), e);
    }
  }

  static Command.ModelReady ready(
      Effect.Reduce effect,
      ModelHash model,
      SortedMap<SiteName, Double> weights,
      Optional<ModelHash> memory) {
    return new Command.ModelReady(effect.round(), effect.track(), model, weights, memory);
  }

  private static AggregationPlan plan(Recipe.Combine combine) {
    return new AggregationPlan(
        rule(combine.aggregation()),
        combine.type(),
        switch (combine.counters()) {
          case MEAN -> CounterPolicy.MEAN;
          case MAX -> CounterPolicy.MAX;
          case KEEP -> CounterPolicy.KEEP;
        },
        combine.exclude().stream().map(Pattern::compile).toList(),
        combine.optimizer().isPresent());
  }

  private static AggregationRule rule(AggregationChoice choice) {
    return switch (choice) {
      case AggregationChoice.Mean _ -> new FedAvg();
      case AggregationChoice.Median(var badSites) -> new CoordinateMedian(badSites);
      case AggregationChoice.TrimmedMean(var badSites) -> new TrimmedMean(badSites);
      case AggregationChoice.Krum(var badSites) -> new Krum(badSites, 1);
      case AggregationChoice.MultiKrum(var badSites, var keep) -> new Krum(badSites, keep);
      case AggregationChoice.GeometricMedian(var badSites) -> new GeometricMedian(badSites);
      case AggregationChoice.Clipped(_, var then) -> rule(then);
    };
  }

  private List<Contribution.Plain> contributions(
      Effect.Reduce effect, WorkflowDefinition.Weighting weighting, List<ModelFile> open)
      throws IOException, ModelFileException {
    var contributions = new ArrayList<Contribution.Plain>();
    for (var entry : effect.accepted().entrySet()) {
      if (entry.getValue() instanceof Answer.Accepted(TaskOutcome.Trained trained, _)) {
        var file = ModelFile.open(blobs.require(trained.update().hash()));
        open.add(file);
        contributions.add(
            new Contribution.Plain(
                entry.getKey().site(), file, weight(weighting, entry.getKey(), trained.summary())));
      }
    }
    return contributions;
  }

  private static double weight(
      WorkflowDefinition.Weighting weighting, TaskKey task, TrainSummary summary) {
    return switch (weighting) {
      case WorkflowDefinition.Weighting.Iterations _ -> summary.iterations();
      case WorkflowDefinition.Weighting.Samples _, WorkflowDefinition.Weighting.Normalized _ ->
          summary.samples();
      case WorkflowDefinition.Weighting.Given(var factors) ->
          factors.getOrDefault(task.site(), 1.0);
    };
  }

  /// What every contributor counted by, 0 for those that the rule left out.
  private static SortedMap<SiteName, Double> weights(
      List<Contribution.Plain> contributions, SortedMap<SiteName, Double> counted) {
    var weights = new TreeMap<SiteName, Double>();
    contributions.forEach(contribution -> {
      double weight = counted.getOrDefault(contribution.site(), 0.0);
      weights.put(contribution.site(), weight);
    });
    return weights;
  }
}
