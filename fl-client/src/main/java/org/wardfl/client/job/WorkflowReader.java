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
    return switch (type) {
      case "fedavg" -> fedAvg(yaml);
      case "statistics" -> StatisticsReader.read(yaml);
      default -> throw yaml.error("type", "found '" + type + "', expected fedavg or statistics");
    };
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
        "clip");
    try {
      return new WorkflowDefinition.FedAvg(
          Math.toIntExact(yaml.integer("rounds")),
          weighting(yaml),
          switch (yaml.choice("weight_type", Form.class, Form.DIFF)) {
            case DIFF -> WeightType.DIFF;
            case FULL -> WeightType.FULL;
          },
          keyMetric(yaml),
          yaml.duration("round_deadline", Duration.ofHours(2)),
          closeEarly(yaml),
          exclude(yaml),
          yaml.choice(
              "counters",
              WorkflowDefinition.CounterRule.class,
              WorkflowDefinition.CounterRule.MEAN),
          yaml.number("max_norm", Double.POSITIVE_INFINITY),
          yaml.bool("alone", false),
          aggregation(yaml));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw yaml.error("type", String.valueOf(e.getMessage()));
    }
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
    int badSites = Math.toIntExact(yaml.integer("bad_sites", 1));
    return switch (type) {
      case "mean" -> new AggregationChoice.Mean();
      case "median" -> new AggregationChoice.Median(badSites);
      case "trimmed-mean" -> new AggregationChoice.TrimmedMean(badSites);
      case "krum" -> new AggregationChoice.Krum(badSites);
      case "multi-krum" ->
          new AggregationChoice.MultiKrum(badSites, Math.toIntExact(yaml.integer("keep", 0)));
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

  private static Optional<WorkflowDefinition.KeyMetric> keyMetric(YamlMapping yaml)
      throws YamlException {
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

  private static List<String> exclude(YamlMapping yaml) throws YamlException {
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
