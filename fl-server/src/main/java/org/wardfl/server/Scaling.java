package org.wardfl.server;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import org.wardfl.aggregator.Contribution;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.TrainSummary;
import org.wardfl.algo.method.Normalizer;
import org.wardfl.algo.tensor.TensorSource;
import org.wardfl.proto.job.AggregationChoice;
import org.wardfl.proto.job.WorkflowDefinition;
import org.wardfl.proto.task.TaskKey;
import org.wardfl.proto.task.TaskOutcome;
import org.wardfl.server.job.Answer;
import org.wardfl.server.job.Recipe;

/// What the updates of a round are multiplied by before they are combined.
sealed interface Scaling {

  /// The same contributions, scaled.
  ///
  /// @param answers what they came with
  /// @param model the model of the round
  default List<Contribution.Plain> apply(
      List<Contribution.Plain> contributions,
      SortedMap<TaskKey, Answer.Accepted> answers,
      TensorSource model) {
    var bySite = new HashMap<SiteName, Answer.Accepted>();
    answers.forEach((task, answer) -> bySite.put(task.site(), answer));
    return contributions.stream()
        .map(it -> apply(it, Objects.requireNonNull(bySite.get(it.site())), model))
        .toList();
  }

  /// The same contribution, scaled.
  ///
  /// @param answer what it came with
  /// @param model the model of the round
  Contribution.Plain apply(
      Contribution.Plain contribution, Answer.Accepted answer, TensorSource model);

  /// What a recipe asks for, given all answers of the round.
  static Scaling of(Recipe.Combine recipe, Collection<Answer.Accepted> answers) {
    if (recipe.weighting() instanceof WorkflowDefinition.Weighting.Normalized) {
      return new Normalized(meanNormalizer(answers));
    }
    return switch (recipe.aggregation()) {
      case AggregationChoice.Clipped(var clip, _) ->
          new Clipped(
              switch (clip) {
                case AggregationChoice.Clip.Norm(var norm) -> norm;
                case AggregationChoice.Clip.MedianNorm _ -> medianNorm(answers);
              });
      case AggregationChoice.Mean _,
          AggregationChoice.Median _,
          AggregationChoice.TrimmedMean _,
          AggregationChoice.Krum _,
          AggregationChoice.MultiKrum _,
          AggregationChoice.GeometricMedian _ ->
          new None();
    };
  }

  /// By how much a training's steps add up: what the site says, or else its steps.
  static double normalizer(TrainSummary summary) {
    return summary.values().getOrDefault(Normalizer.KEY, (double) summary.iterations());
  }

  private static double meanNormalizer(Collection<Answer.Accepted> answers) {
    double sum = 0;
    double samples = 0;
    for (var answer : answers) {
      if (answer.outcome() instanceof TaskOutcome.Trained trained) {
        sum += trained.summary().samples() * normalizer(trained.summary());
        samples += trained.summary().samples();
      }
    }
    return samples == 0 ? 0 : sum / samples;
  }

  private static double medianNorm(Collection<Answer.Accepted> answers) {
    var norms = answers.stream().mapToDouble(Answer.Accepted::norm).sorted().toArray();
    return norms[(norms.length - 1) / 2];
  }

  /// Nothing.
  record None() implements Scaling {

    @Override
    public Contribution.Plain apply(
        Contribution.Plain contribution, Answer.Accepted answer, TensorSource model) {
      return contribution;
    }
  }

  /// What is too large is scaled down as a whole.
  ///
  /// @param norm the largest L2 norm
  record Clipped(double norm) implements Scaling {

    @Override
    public Contribution.Plain apply(
        Contribution.Plain contribution, Answer.Accepted answer, TensorSource model) {
      double factor = answer.norm() <= norm ? 1 : norm / answer.norm();
      return contribution.scaled(model, factor, false);
    }
  }

  /// FedNova: parameters are divided by how much the site's steps add up to, and multiplied by the
  /// mean of that over the sites. Counters and buffers are not.
  ///
  /// @param mean weighted by samples
  record Normalized(double mean) implements Scaling {

    @Override
    public Contribution.Plain apply(
        Contribution.Plain contribution, Answer.Accepted answer, TensorSource model) {
      double own =
          answer.outcome() instanceof TaskOutcome.Trained trained
              ? normalizer(trained.summary())
              : 0;
      return own > 0 ? contribution.scaled(model, mean / own, true) : contribution;
    }
  }
}
