package org.wardfl.proto.task;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.wardfl.algo.statistics.Bins;
import org.wardfl.algo.statistics.StatisticsRequest;
import org.wardfl.proto.WireException;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.job.WorkflowDefinition;
import org.wardfl.proto.json.Json;
import org.wardfl.proto.json.JsonReader;

/// What a task of kind DATA_STATS asks: one of the job's workflows, and in its second round the
/// bins. It travels as the task's parameters, `{"workflow": 0, "histograms": {"age": [0, 110,
/// 20]}}`, which nobody signed; what of the data may be asked at all stands in the signed job.
///
/// @param definition the workflow, of the signed job
/// @param request what the algorithm is to tell
public record StatisticsTask(WorkflowDefinition.Statistics definition, StatisticsRequest request) {

  private static final String WORKFLOW = "workflow";
  private static final String HISTOGRAMS = "histograms";

  /// The parameters of a task.
  ///
  /// @param workflow which of the job's workflows it belongs to, from 0
  /// @param histograms the bins of each feature; empty for the round before
  public static String parameters(int workflow, SortedMap<String, Bins> histograms) {
    var json = new LinkedHashMap<String, Object>();
    json.put(WORKFLOW, workflow);
    if (!histograms.isEmpty()) {
      var bins = new LinkedHashMap<String, Object>();
      histograms.forEach((feature, wanted) ->
          bins.put(feature, List.of(wanted.low(), wanted.high(), wanted.count())));
      json.put(HISTOGRAMS, bins);
    }
    return Json.line(json);
  }

  /// What a task asks.
  ///
  /// @throws WireException if the signed job does not ask for it
  public static StatisticsTask of(JobDefinition job, TaskAssignment task) throws WireException {
    try {
      var json = JsonReader.readObject(task.parameters().isEmpty() ? "{}" : task.parameters());
      int index = json.get(WORKFLOW) instanceof Number number ? number.intValue() : -1;
      if (index < 0
          || index >= job.workflows().size()
          || !(job.workflows().get(index) instanceof WorkflowDefinition.Statistics definition)) {
        throw new WireException("the job that was signed asks for no such statistics");
      }
      var bins = bins(json.get(HISTOGRAMS));
      var request = new StatisticsRequest(definition.features(), definition.byClass(), bins);
      if (!bins.isEmpty() && !definition.wantsHistograms()) {
        throw new WireException("the job that was signed asks for no histograms");
      }
      for (var feature : bins.entrySet()) {
        if (feature.getValue().count() > definition.bins() || !request.wants(feature.getKey())) {
          throw new WireException(
              "the job that was signed asks for no histogram of "
                  + feature.getKey()
                  + " with "
                  + feature.getValue().count()
                  + " bins");
        }
      }
      return new StatisticsTask(definition, request);
    } catch (IllegalArgumentException e) {
      throw new WireException("statistics: " + e.getMessage(), e);
    }
  }

  private static SortedMap<String, Bins> bins(@Nullable Object json) throws WireException {
    var bins = new TreeMap<String, Bins>();
    if (json == null) {
      return bins;
    }
    if (json instanceof Map<?, ?> features) {
      for (var feature : features.entrySet()) {
        if (!(feature.getValue() instanceof List<?> three)
            || three.size() != 3
            || !(three.get(0) instanceof Number low)
            || !(three.get(1) instanceof Number high)
            || !(three.get(2) instanceof Number count)) {
          throw new WireException("statistics: bins that are no three numbers");
        }
        bins.put(
            String.valueOf(feature.getKey()),
            new Bins(low.doubleValue(), high.doubleValue(), count.intValue()));
      }
      return bins;
    }
    throw new WireException("statistics: histograms that are no object");
  }
}
