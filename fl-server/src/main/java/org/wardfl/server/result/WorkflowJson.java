package org.wardfl.server.result;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.wardfl.algo.statistics.Statistic;
import org.wardfl.proto.job.AggregationChoice;
import org.wardfl.proto.job.OptimizerChoice;
import org.wardfl.proto.job.WorkflowDefinition;
import org.wardfl.proto.job.WorkflowDefinition.KeyMetric;
import org.wardfl.proto.job.WorkflowDefinition.Weighting;

/// A [WorkflowDefinition] as a part of `run.json`, in the words of a job file.
final class WorkflowJson {

  private WorkflowJson() {}

  static Map<String, Object> of(WorkflowDefinition workflow) {
    var json = new LinkedHashMap<String, Object>();
    json.put("type", workflow.type());
    switch (workflow) {
      case WorkflowDefinition.FedAvg fedAvg -> fedAvg(json, fedAvg);
      case WorkflowDefinition.Cyclic cyclic -> cyclic(json, cyclic);
      case WorkflowDefinition.CrossSite crossSite -> {
        json.put("models", crossSite.models());
        json.put("round_deadline_seconds", crossSite.roundDeadline().toSeconds());
      }
      case WorkflowDefinition.Evaluate(var deadline) ->
          json.put("round_deadline_seconds", deadline.toSeconds());
      case WorkflowDefinition.Statistics statistics -> statistics(json, statistics);
    }
    return json;
  }

  private static void statistics(Map<String, Object> json, WorkflowDefinition.Statistics workflow) {
    json.put("statistics", workflow.statistics().stream().map(Statistic::word).toList());
    json.put("features", workflow.features());
    json.put("by_class", workflow.byClass());
    json.put("bins", workflow.bins());
    var ranges = new LinkedHashMap<String, Object>();
    workflow
        .ranges()
        .forEach((feature, range) -> ranges.put(feature, List.of(range.low(), range.high())));
    json.put("ranges", ranges);
    json.put("quantiles", workflow.quantiles());
    json.put("round_deadline_seconds", workflow.roundDeadline().toSeconds());
  }

  private static void fedAvg(Map<String, Object> json, WorkflowDefinition.FedAvg fedAvg) {
    json.put("rounds", fedAvg.rounds());
    json.put(
        "weights",
        switch (fedAvg.weighting()) {
          case Weighting.Iterations _ -> "iterations";
          case Weighting.Samples _ -> "samples";
          case Weighting.Normalized _ -> "normalized";
          case Weighting.Given(var factors) -> new TreeMap<>(factors);
        });
    json.put("weight_type", fedAvg.weightType().monaiName());
    keyMetric(json, fedAvg.keyMetric());
    json.put("round_deadline_seconds", fedAvg.roundDeadline().toSeconds());
    json.put("close_early_seconds", fedAvg.closeEarly().map(Duration::toSeconds));
    json.put("exclude", fedAvg.exclude());
    json.put("counters", fedAvg.counters());
    json.put("max_norm", fedAvg.maxNorm());
    json.put("alone", fedAvg.alone());
    json.put("aggregation", aggregation(fedAvg.aggregation()));
    json.put("optimizer", fedAvg.optimizer().map(WorkflowJson::optimizer));
    json.put("patience", fedAvg.patience());
  }

  private static Map<String, Object> aggregation(AggregationChoice choice) {
    var json = new LinkedHashMap<String, Object>();
    json.put("type", choice.type());
    switch (choice) {
      case AggregationChoice.Mean _ -> {}
      case AggregationChoice.Median(var badSites) -> json.put("bad_sites", badSites);
      case AggregationChoice.TrimmedMean(var badSites) -> json.put("bad_sites", badSites);
      case AggregationChoice.Krum(var badSites) -> json.put("bad_sites", badSites);
      case AggregationChoice.MultiKrum(var badSites, var keep) -> {
        json.put("bad_sites", badSites);
        json.put("keep", keep);
      }
      case AggregationChoice.GeometricMedian(var badSites) -> json.put("bad_sites", badSites);
      case AggregationChoice.Clipped(var clip, var then) -> {
        json.putAll(aggregation(then));
        json.put(
            "clip",
            switch (clip) {
              case AggregationChoice.Clip.Norm(var norm) -> norm;
              case AggregationChoice.Clip.MedianNorm _ -> "median";
            });
      }
    }
    return json;
  }

  private static void cyclic(Map<String, Object> json, WorkflowDefinition.Cyclic cyclic) {
    json.put("rounds", cyclic.rounds());
    json.put("order", cyclic.order());
    json.put("weight_type", cyclic.weightType().monaiName());
    keyMetric(json, cyclic.keyMetric());
    json.put("round_deadline_seconds", cyclic.roundDeadline().toSeconds());
    json.put("exclude", cyclic.exclude());
    json.put("max_norm", cyclic.maxNorm());
    json.put("patience", cyclic.patience());
    json.put("alone", cyclic.alone());
  }

  private static void keyMetric(Map<String, Object> json, Optional<KeyMetric> keyMetric) {
    keyMetric.ifPresent(metric ->
        json.put("key_metric", Map.of("name", metric.name(), "direction", metric.direction())));
  }

  private static Map<String, Object> optimizer(OptimizerChoice choice) {
    var json = new LinkedHashMap<String, Object>();
    json.put("type", choice.method());
    json.put("learning_rate", choice.learningRate());
    json.put("beta1", choice.beta1());
    json.put("beta2", choice.beta2());
    json.put("tau", choice.tau());
    return json;
  }
}
