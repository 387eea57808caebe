package org.wardfl.server.job;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.wardfl.algo.Metrics;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.proto.task.TaskKey;
import org.wardfl.proto.task.TaskOutcome;

/// The federation's mean of what sites scored.
public final class Scores {

  private Scores() {}

  /// The means of one track's scores, weighted by evaluation samples and added up in the order of
  /// the sites' names.
  ///
  /// A site without the metric, or without evaluation samples, is left out of that metric's mean.
  /// Every mean is finite.
  public static SortedMap<String, Double> mean(
      RoundPlan plan, Map<TaskKey, Answer> answers, String track) {
    var sums = new TreeMap<String, WeightedMean>();
    plan.tasks().stream()
        .filter(task -> task.track().equals(track))
        .map(TaskAssignment::key)
        .sorted()
        .forEach(key ->
            received(answers.get(key))
                .filter(metrics -> metrics.samples() > 0)
                .ifPresent(metrics ->
                    metrics
                        .values()
                        .forEach((name, value) ->
                            sums.computeIfAbsent(name, _ -> new WeightedMean())
                                .add(value, metrics.samples()))));
    var means = new TreeMap<String, Double>();
    sums.forEach((name, sum) -> means.put(name, sum.mean()));
    return means;
  }

  /// The scores of the received model in an accepted answer.
  public static Optional<Metrics> received(@org.jspecify.annotations.Nullable Answer answer) {
    return answer instanceof Answer.Accepted(var outcome, _)
        ? switch (outcome) {
          case TaskOutcome.Trained trained -> Optional.of(trained.received());
          case TaskOutcome.Evaluated evaluated -> Optional.of(evaluated.metrics());
          case TaskOutcome.Initialized _,
              TaskOutcome.Described _,
              TaskOutcome.Declined _,
              TaskOutcome.Failed _ ->
              Optional.empty();
        }
        : Optional.empty();
  }
}
