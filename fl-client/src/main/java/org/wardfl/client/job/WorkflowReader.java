package org.wardfl.client.job;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.WeightType;
import org.wardfl.proto.job.AggregationChoice;
import org.wardfl.proto.job.OptimizerChoice;
import org.wardfl.proto.job.WorkflowDefinition;
import org.wardfl.provisioning.yaml.YamlException;
import org.wardfl.provisioning.yaml.YamlMapping;

/// Reads one entry of `workflow`.
final class WorkflowReader {

  private WorkflowReader() {}

  /// The words for the form of weights in a job file.
  private enum Form {
    DIFF,
    FULL
  }

  static WorkflowDefinition read(YamlMapping yaml) throws YamlException {
    var type = yaml.string("type");
    try {
      return switch (type) {
        case "fedavg" -> fedAvg(yaml);
        case "cyclic" -> FurtherWorkflows.cyclic(yaml);
        case "cross_site" -> FurtherWorkflows.crossSite(yaml);
        case "evaluate" -> FurtherWorkflows.evaluate(yaml);
        case "statistics" -> StatisticsReader.read(yaml);
        default ->
            throw yaml.error(
                "type",
                "found '"
                    + type
                    + "', expected fedavg, cyclic, cross_site, evaluate or statistics");
      };
    } catch (IllegalArgumentException e) {
      throw located(yaml, e);
    }
  }

  /// What a value refuses, at the key that it names.
  static YamlException located(YamlMapping yaml, IllegalArgumentException e) {
    var message = String.valueOf(e.getMessage());
    return yaml.error(message).orElseGet(() -> yaml.error("type", message));
  }

  private static WorkflowDefinition fedAvg(YamlMapping yaml) throws YamlException {
    yaml.only(
        "type",
        "rounds",
        "weights",
        "weight_type",
        "key_metric",
        "round_deadline",
        "close_early",
        "exclude",
        "counters",
        "max_norm",
        "alone",
        "aggregation",
        "optimizer",
        "stop_early",
        "clip");
    return new WorkflowDefinition.FedAvg(
        yaml.int32("rounds"),
        weighting(yaml),
        weightType(yaml),
        keyMetric(yaml),
        roundDeadline(yaml),
        closeEarly(yaml),
        exclude(yaml),
        yaml.choice(
            "counters", WorkflowDefinition.CounterRule.class, WorkflowDefinition.CounterRule.MEAN),
        maxNorm(yaml),
        yaml.bool("alone", false),
        aggregation(yaml),
        optimizer(yaml),
        patience(yaml));
  }

  static WeightType weightType(YamlMapping yaml) throws YamlException {
    return switch (yaml.choice("weight_type", Form.class, Form.DIFF)) {
      case DIFF -> WeightType.DIFF;
      case FULL -> WeightType.FULL;
    };
  }

  static Duration roundDeadline(YamlMapping yaml) throws YamlException {
    return yaml.duration("round_deadline", Duration.ofHours(2));
  }

  static double maxNorm(YamlMapping yaml) throws YamlException {
    return yaml.number("max_norm", Double.POSITIVE_INFINITY);
  }

  static Optional<Integer> patience(YamlMapping yaml) throws YamlException {
    var mapping = yaml.optionalMapping("stop_early");
    return mapping.isEmpty()
        ? Optional.empty()
        : Optional.of(mapping.get().only("patience").int32("patience"));
  }

  /// The defaults are those of the paper's experiments: betas .9 and .99, tau .001.
  private static Optional<OptimizerChoice> optimizer(YamlMapping yaml) throws YamlException {
    var mapping = yaml.optionalMapping("optimizer");
    if (mapping.isEmpty()) {
      return Optional.empty();
    }
    var keys = mapping.get();
    var method = keys.choice("type", OptimizerChoice.Method.class);
    boolean averaging = method == OptimizerChoice.Method.FEDAVGM;
    if (averaging) {
      keys.only("type", "learning_rate", "momentum");
    } else if (method == OptimizerChoice.Method.FEDADAGRAD) {
      keys.only("type", "learning_rate", "beta1", "tau");
    } else {
      keys.only("type", "learning_rate", "beta1", "beta2", "tau");
    }
    return Optional.of(
        new OptimizerChoice(
            method,
            averaging ? keys.number("learning_rate", 1) : keys.number("learning_rate"),
            averaging ? keys.number("momentum", 0.9) : keys.number("beta1", 0.9),
            keys.number("beta2", 0.99),
            keys.number("tau", 1e-3)));
  }

  private static AggregationChoice aggregation(YamlMapping yaml) throws YamlException {
    var mapping = yaml.optionalMapping("aggregation");
    var rule = mapping.isEmpty() ? new AggregationChoice.Mean() : rule(mapping.get());
    var clip = yaml.optionalMapping("clip");
    return clip.isEmpty() ? rule : new AggregationChoice.Clipped(clip(clip.get()), rule);
  }

  private static AggregationChoice rule(YamlMapping yaml) throws YamlException {
    var type = yaml.string("type");
    yaml.only(
        switch (type) {
          case "mean" -> new String[] {"type"};
          case "multi-krum" -> new String[] {"type", "bad_sites", "keep"};
          default -> new String[] {"type", "bad_sites"};
        });
    int badSites = yaml.int32("bad_sites", 1);
    try {
      return rule(yaml, type, badSites);
    } catch (IllegalArgumentException e) {
      throw located(yaml, e);
    }
  }

  private static AggregationChoice rule(YamlMapping yaml, String type, int badSites)
      throws YamlException {
    return switch (type) {
      case "mean" -> new AggregationChoice.Mean();
      case "median" -> new AggregationChoice.Median(badSites);
      case "trimmed-mean" -> new AggregationChoice.TrimmedMean(badSites);
      case "krum" -> new AggregationChoice.Krum(badSites);
      case "multi-krum" -> new AggregationChoice.MultiKrum(badSites, yaml.int32("keep", 0));
      case "geometric-median" -> new AggregationChoice.GeometricMedian(badSites);
      default ->
          throw yaml.error(
              "type",
              "found '"
                  + type
                  + "', expected mean, median, trimmed-mean, krum, multi-krum or"
                  + " geometric-median");
    };
  }

  private static AggregationChoice.Clip clip(YamlMapping yaml) throws YamlException {
    yaml.only("norm");
    return yaml.string("norm").equals("median")
        ? new AggregationChoice.Clip.MedianNorm()
        : new AggregationChoice.Clip.Norm(yaml.number("norm"));
  }

  private static WorkflowDefinition.Weighting weighting(YamlMapping yaml) throws YamlException {
    if (!yaml.has("weights")) {
      return new WorkflowDefinition.Weighting.Iterations();
    }
    if (yaml.node("weights") instanceof YamlMapping factors) {
      Map<SiteName, Double> bySite = new HashMap<>();
      for (var site : factors.keys()) {
        bySite.put(new SiteName(site), factors.number(site));
      }
      return new WorkflowDefinition.Weighting.Given(bySite);
    }
    return switch (yaml.string("weights")) {
      case "iterations" -> new WorkflowDefinition.Weighting.Iterations();
      case "samples" -> new WorkflowDefinition.Weighting.Samples();
      case "normalized" -> new WorkflowDefinition.Weighting.Normalized();
      default ->
          throw yaml.error(
              "weights",
              "found '"
                  + yaml.string("weights")
                  + "', expected iterations, samples, normalized or a factor for each site");
    };
  }

  static Optional<WorkflowDefinition.KeyMetric> keyMetric(YamlMapping yaml) throws YamlException {
    var mapping = yaml.optionalMapping("key_metric");
    if (mapping.isEmpty()) {
      return Optional.empty();
    }
    var metric = mapping.get().only("name", "direction");
    return Optional.of(
        new WorkflowDefinition.KeyMetric(
            metric.string("name"),
            metric.choice(
                "direction",
                WorkflowDefinition.Direction.class,
                WorkflowDefinition.Direction.MAX)));
  }

  private static Optional<Duration> closeEarly(YamlMapping yaml) throws YamlException {
    var mapping = yaml.optionalMapping("close_early");
    return mapping.isEmpty()
        ? Optional.empty()
        : Optional.of(mapping.get().only("after_quorum").duration("after_quorum"));
  }

  static List<String> exclude(YamlMapping yaml) throws YamlException {
    var patterns = yaml.strings("exclude", List.of());
    for (var pattern : patterns) {
      try {
        Pattern.compile(pattern);
      } catch (PatternSyntaxException e) {
        throw yaml.error(
            "exclude", "'" + pattern + "' is no regular expression: " + e.getDescription());
      }
    }
    return patterns;
  }
}
