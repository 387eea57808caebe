package org.wardfl.server.result;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.wardfl.algo.DataStats;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.algo.statistics.Statistic;
import org.wardfl.proto.job.AggregationChoice;
import org.wardfl.proto.job.InitialModel;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.job.WorkflowDefinition;
import org.wardfl.proto.task.TaskOutcome;
import org.wardfl.server.job.Answer;
import org.wardfl.server.job.Failure;

/// A [RunRecord] as the content of `run.json`.
public final class RunJson {

  private RunJson() {}

  static Map<String, Object> of(RunRecord run) {
    var json = new LinkedHashMap<String, Object>();
    json.put("id", run.id());
    json.put("name", run.definition().name());
    json.put("study", run.definition().study());
    json.put("status", run.status());
    json.put("failure", run.failure().map(RunJson::failure));
    json.put("abortedBy", run.abortedBy());
    json.put("submitter", run.submitter());
    json.put("submitted", run.submitted());
    json.put("started", run.started());
    json.put("finished", run.finished());
    json.put("seed", run.definition().seed());
    json.put("environment", environment(run.environment()));
    json.put("model", run.model());
    json.put("best", run.best().map(RunJson::best));
    json.put("job", definition(run.definition()));
    json.put("rounds", run.rounds().stream().map(RunJson::round).toList());
    return json;
  }

  private static Map<String, Object> environment(RunRecord.Environment environment) {
    var json = new LinkedHashMap<String, Object>();
    json.put("ward", environment.ward());
    json.put("java", environment.java());
    json.put("os", environment.os());
    json.put("cpu", environment.cpu());
    return json;
  }

  /// Why a job failed.
  public static Map<String, Object> failure(Failure failure) {
    var json = new LinkedHashMap<String, Object>();
    json.put("site", failure.site());
    json.put("phase", failure.phase());
    json.put("reason", failure.reason());
    return json;
  }

  /// The best model.
  public static Map<String, Object> best(RunRecord.Best best) {
    var json = new LinkedHashMap<String, Object>();
    json.put("round", best.round());
    json.put("sha256", best.model());
    json.put("value", best.value());
    return json;
  }

  private static Map<String, Object> definition(JobDefinition job) {
    var json = new LinkedHashMap<String, Object>();
    json.put("sites", job.sites());
    json.put("min_sites", job.minSites());
    json.put("mandatory_sites", job.mandatorySites());
    json.put("sample", job.sample());
    json.put("workflows", job.workflows().stream().map(RunJson::workflow).toList());
    var algorithm = new LinkedHashMap<String, Object>();
    algorithm.put("type", job.algorithm().type());
    job.algorithm().jar().ifPresent(jar -> algorithm.put("jar", jar));
    job.algorithm().className().ifPresent(name -> algorithm.put("class", name));
    job.algorithm().code().ifPresent(code -> algorithm.put("code", code));
    job.algorithm().engine().ifPresent(engine -> algorithm.put("engine", engine));
    algorithm.put("args", job.algorithm().arguments().values());
    json.put("algorithm", algorithm);
    json.put(
        "initial_model",
        switch (job.initialModel()) {
          case InitialModel.Random _ -> "random";
          case InitialModel.FromFile(var path) -> path;
        });
    var data = new LinkedHashMap<String, Object>();
    data.put("dataset", job.data().dataset());
    data.putAll(job.data().settings().values());
    json.put("data", data);
    json.put(
        "filters",
        job.filters().stream()
            .map(filter -> Map.of("type", filter.type(), "args", filter.arguments().values()))
            .toList());
    var resources = new LinkedHashMap<String, Object>();
    resources.put("gpus", job.resources().gpus());
    resources.put("cpu_threads", job.resources().cpuThreads());
    resources.put("memory_bytes", job.resources().memoryBytes());
    json.put("resources", resources);
    json.put("deadline_seconds", job.deadline().toSeconds());
    return json;
  }

  private static Map<String, Object> workflow(WorkflowDefinition workflow) {
    return switch (workflow) {
      case WorkflowDefinition.FedAvg fedAvg -> {
        var json = new LinkedHashMap<String, Object>();
        json.put("type", fedAvg.type());
        json.put("rounds", fedAvg.rounds());
        json.put(
            "weights",
            switch (fedAvg.weighting()) {
              case WorkflowDefinition.Weighting.Iterations _ -> "iterations";
              case WorkflowDefinition.Weighting.Samples _ -> "samples";
              case WorkflowDefinition.Weighting.Normalized _ -> "normalized";
              case WorkflowDefinition.Weighting.Given(var factors) ->
                  new java.util.TreeMap<>(factors);
            });
        json.put("weight_type", fedAvg.weightType().monaiName());
        fedAvg
            .keyMetric()
            .ifPresent(metric ->
                json.put(
                    "key_metric", Map.of("name", metric.name(), "direction", metric.direction())));
        json.put("round_deadline_seconds", fedAvg.roundDeadline().toSeconds());
        json.put("close_early_seconds", fedAvg.closeEarly().map(java.time.Duration::toSeconds));
        json.put("exclude", fedAvg.exclude());
        json.put("counters", fedAvg.counters());
        json.put("max_norm", fedAvg.maxNorm());
        json.put("alone", fedAvg.alone());
        json.put("aggregation", aggregation(fedAvg.aggregation()));
        yield json;
      }
      case WorkflowDefinition.Statistics statistics -> statistics(statistics);
    };
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

  private static Map<String, Object> statistics(WorkflowDefinition.Statistics workflow) {
    var json = new LinkedHashMap<String, Object>();
    json.put("type", workflow.type());
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
    return json;
  }

  private static Map<String, Object> round(RunRecord.Round round) {
    var json = new LinkedHashMap<String, Object>();
    json.put("round", round.round());
    json.put("kind", round.kind());
    json.put("opened", round.opened());
    json.put("closed", round.closed());
    json.put("received", new LinkedHashMap<String, ModelHash>(round.received()));
    json.put("published", new LinkedHashMap<String, ModelHash>(round.published()));
    json.put("means", round.means());
    List<Object> tasks = new ArrayList<>();
    round.tasks().forEach(task -> tasks.add(task(task.site(), task)));
    json.put("tasks", tasks);
    if (!round.likeness().isEmpty()) {
      json.put("updates", likeness(round));
    }
    return json;
  }

  private static List<Map<String, Object>> likeness(RunRecord.Round round) {
    var updates = new ArrayList<Map<String, Object>>();
    var twins = round.twins();
    round
        .likeness()
        .forEach((site, likeness) -> {
          var json = new LinkedHashMap<String, Object>();
          json.put("site", site);
          json.put("cosine", likeness.cosine());
          json.put("distance", likeness.distance());
          json.put(
              "identical_to",
              twins.stream()
                  .filter(group -> group.contains(site))
                  .flatMap(List::stream)
                  .filter(other -> !other.equals(site))
                  .toList());
          updates.add(json);
        });
    return updates;
  }

  private static Map<String, Object> task(SiteName site, RunRecord.Task task) {
    var json = new LinkedHashMap<String, Object>();
    json.put("site", site);
    json.put("track", task.track());
    switch (task.answer().orElse(null)) {
      case Answer.Accepted(var outcome, var norm) -> {
        json.put("answer", "accepted");
        outcome(json, outcome);
        json.put("weight", task.weight());
        json.put("norm", norm);
      }
      case Answer.Refused(var reason) -> {
        json.put("answer", "refused");
        json.put("reason", reason);
      }
      case Answer.Failed(var phase, var reason) -> {
        json.put("answer", "failed");
        json.put("phase", phase);
        json.put("reason", reason);
      }
      case Answer.Declined(var reason) -> {
        json.put("answer", "declined");
        json.put("reason", reason);
      }
      case null -> json.put("answer", null);
    }
    return json;
  }

  /// The numbers stand in `statistics.json`; here is what is said about them.
  private static List<String> remarks(DataStats statistics) {
    var remarks = new ArrayList<String>();
    for (var feature : statistics.features()) {
      var group = feature.group().isEmpty() ? "" : ", " + feature.group();
      feature
          .remarks()
          .forEach(remark -> remarks.add(feature.feature() + group + ": " + remark.sentence()));
    }
    return remarks;
  }

  private static void outcome(Map<String, Object> json, TaskOutcome outcome) {
    switch (outcome) {
      case TaskOutcome.Initialized(var model) -> json.put("sha256", model.hash());
      case TaskOutcome.Trained(var update, _, var summary, var received, var filters) -> {
        json.put("sha256", update.hash());
        json.put("bytes", update.sizeBytes());
        json.put("iterations", summary.iterations());
        json.put("samples", summary.samples());
        json.put("training", summary.values());
        json.put("metrics", received.values());
        json.put("evaluation_samples", received.samples());
        json.put("filters", filters);
      }
      case TaskOutcome.Evaluated(var metrics) -> {
        json.put("metrics", metrics.values());
        json.put("evaluation_samples", metrics.samples());
      }
      case TaskOutcome.Described(var statistics, var document) -> {
        json.put("statistics", statistics.values());
        json.put("samples", statistics.samples());
        json.put("remarks", remarks(statistics));
        if (!document.isEmpty()) {
          json.put("document", document);
        }
      }
      case TaskOutcome.Declined _, TaskOutcome.Failed _ -> {
        // Told by the answer itself.
      }
    }
  }
}
