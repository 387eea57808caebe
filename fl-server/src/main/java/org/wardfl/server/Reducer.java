package org.wardfl.server;

import java.io.IOException;
import java.util.ArrayList;
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
import org.wardfl.aggregator.CounterPolicy;
import org.wardfl.aggregator.FedAvg;
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

  private final BlobStore blobs;
  private final ServerConfig config;
  private final ExecutorService pool;

  Reducer(BlobStore blobs, ServerConfig config, ExecutorService pool) {
    this.blobs = blobs;
    this.config = config;
    this.pool = pool;
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
    return Reduced.of(ready(effect, model.hash(), weights));
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
      var plan =
          new AggregationPlan(
              rule(combine.aggregation()),
              combine.type(),
              switch (combine.counters()) {
                case MEAN -> CounterPolicy.MEAN;
                case MAX -> CounterPolicy.MAX;
                case KEEP -> CounterPolicy.KEEP;
              },
              combine.exclude().stream().map(Pattern::compile).toList());
      var file = blobs.incoming(job + "-" + effect.track().replace('/', '-'));
      var result =
          new Aggregation(plan, pool, config.aggregationThreads())
              .write(model, contributions, file, config.durability());
      return switch (result) {
        case AggregationResult.Aggregated(var hash, _, _, _) -> {
          var claim = blobs.claim(hash);
          blobs.adopt(file, hash);
          yield new Reduced(ready(effect, hash, weights(contributions)), claim);
        }
        // What one site does by itself must not end the job of all.
        case AggregationResult.Refused(var reason) ->
            Reduced.of(
                effect.track().equals(TaskAssignment.GLOBAL)
                    ? new Command.ReductionFailed(effect.round(), effect.track(), reason)
                    : ready(effect, base, new TreeMap<>()));
      };
    } finally {
      for (var file : open) {
        file.close();
      }
    }
  }

  private static Command ready(
      Effect.Reduce effect, ModelHash model, SortedMap<SiteName, Double> weights) {
    return new Command.ModelReady(effect.round(), effect.track(), model, weights, Optional.empty());
  }

  private static AggregationRule rule(AggregationChoice choice) {
    return switch (choice) {
      case AggregationChoice.Mean _ -> new FedAvg();
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
      case WorkflowDefinition.Weighting.Samples _ -> summary.samples();
      case WorkflowDefinition.Weighting.Given(var factors) ->
          factors.getOrDefault(task.site(), 1.0);
    };
  }

  private static SortedMap<SiteName, Double> weights(List<Contribution.Plain> contributions) {
    var weights = new TreeMap<SiteName, Double>();
    contributions.forEach(contribution -> weights.put(contribution.site(), contribution.weight()));
    return weights;
  }
}
