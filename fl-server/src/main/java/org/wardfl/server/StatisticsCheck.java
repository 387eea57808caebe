package org.wardfl.server;

import java.util.HashSet;
import java.util.Optional;
import org.wardfl.algo.statistics.FeatureStatistics;
import org.wardfl.proto.WireException;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.task.StatisticsTask;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.proto.task.TaskOutcome;

/// Whether what a site told of its data can be put together with what others tell.
///
/// @param job the job
/// @param task the task
record StatisticsCheck(JobDefinition job, TaskAssignment task) {

  private static final long MOST = 1_000_000_000_000_000L;
  private static final double LARGEST = 1e150;

  /// What is wrong, if anything is.
  Optional<String> objection(TaskOutcome.Described described) {
    StatisticsTask asked;
    try {
      asked = StatisticsTask.of(job, task);
    } catch (WireException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
    for (var feature : described.statistics().features()) {
      var wrong = objection(asked, feature);
      if (wrong.isPresent()) {
        return Optional.of(
            "statistics from "
                + task.key().site()
                + ": feature "
                + feature.feature()
                + ": "
                + wrong.get());
      }
    }
    return Optional.empty();
  }

  private static Optional<String> objection(StatisticsTask asked, FeatureStatistics feature) {
    if (!asked.request().wants(feature.feature())) {
      return Optional.of("nobody asked for it");
    }
    if (feature.count().orElse(0) > MOST || feature.missing().orElse(0) > MOST) {
      return Optional.of("more than " + MOST + " values");
    }
    if (feature.moments().isPresent() && !feature.moments().get().isPoolable()) {
      return Optional.of("its values are too large to be added up");
    }
    if (feature
        .extremes()
        .filter(ends -> Math.max(Math.abs(ends.min()), Math.abs(ends.max())) > LARGEST)
        .isPresent()) {
      return Optional.of("its values are too large");
    }
    return feature.histogram().isEmpty() ? Optional.empty() : histogram(asked, feature);
  }

  private static Optional<String> histogram(StatisticsTask asked, FeatureStatistics feature) {
    var bins = asked.request().histograms().get(feature.feature());
    var histogram = feature.histogram().orElseThrow();
    if (bins == null) {
      return Optional.of("nobody asked for a histogram of it");
    }
    var edges = histogram.edges();
    boolean within =
        edges.getFirst() == bins.low()
            && edges.getLast() == bins.high()
            && new HashSet<>(bins.edges()).containsAll(edges);
    if (!within) {
      return Optional.of(
          "its histogram has other edges than "
              + bins.count()
              + " bins from "
              + bins.low()
              + " to "
              + bins.high());
    }
    return histogram.counts().stream().anyMatch(count -> count > MOST)
            || histogram.below() > MOST
            || histogram.above() > MOST
        ? Optional.of("more than " + MOST + " values in a bin")
        : Optional.empty();
  }
}
