package org.wardfl.server.job;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.wardfl.algo.statistics.Bins;
import org.wardfl.algo.statistics.Extremes;
import org.wardfl.algo.statistics.FeatureStatistics;
import org.wardfl.proto.job.WorkflowDefinition;
import org.wardfl.proto.task.StatisticsTask;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.proto.task.TaskKey;
import org.wardfl.proto.task.TaskOutcome;

/// The ranges of histograms: those that the job gives, else from the smallest to the largest value
/// that any site told.
///
/// @param workflow what was asked
/// @param index which of the job's workflows it is
record HistogramRanges(WorkflowDefinition.Statistics workflow, int index) {

  private static final int MOST_BINS = 50_000;

  /// The bins of each feature that has a range, as many features as fit into a task's parameters.
  ///
  /// A feature whose values are all the same has none.
  ///
  /// @param answers of the round before
  SortedMap<String, Bins> agreed(Map<TaskKey, Answer> answers) {
    var ranges = new TreeMap<String, Extremes>();
    var told = new TreeMap<String, Integer>();
    int most = 1;
    for (var entry : new TreeMap<>(answers).values()) {
      if (entry instanceof Answer.Accepted(TaskOutcome.Described described, _)) {
        var features = described.statistics().features();
        most = Math.max(most, features.size());
        for (var feature : features) {
          feature.count().ifPresent(_ -> told.merge(feature.feature(), 1, Integer::sum));
          own(feature).ifPresent(range -> ranges.merge(feature.feature(), range, Extremes::and));
        }
      }
    }
    told.keySet().stream()
        .filter(workflow.ranges()::containsKey)
        .forEach(feature -> {
          var given = workflow.ranges().get(feature);
          ranges.put(feature, new Extremes(given.low(), 0, given.high(), 0));
        });
    return fitting(ranges, Math.max(1, Math.min(workflow.bins(), MOST_BINS / most)));
  }

  private static java.util.Optional<Extremes> own(FeatureStatistics feature) {
    return feature.group().isEmpty() ? feature.extremes() : java.util.Optional.empty();
  }

  private SortedMap<String, Bins> fitting(SortedMap<String, Extremes> ranges, int count) {
    var bins = new TreeMap<String, Bins>();
    long bytes = 0;
    for (var range : ranges.entrySet()) {
      double low = range.getValue().min();
      double high = range.getValue().max();
      if (low < high && Double.isFinite(high - low)) {
        var own = new Bins(low, high, count);
        // A little too much, as each time the frame is counted too.
        bytes += bytes(range.getKey(), own);
        if (bytes <= TaskAssignment.MAX_PARAMETER_BYTES) {
          bins.put(range.getKey(), own);
        }
      }
    }
    return bins;
  }

  private int bytes(String feature, Bins bins) {
    var alone = new TreeMap<>(Map.of(feature, bins));
    return StatisticsTask.parameters(index, alone).getBytes(StandardCharsets.UTF_8).length;
  }
}
