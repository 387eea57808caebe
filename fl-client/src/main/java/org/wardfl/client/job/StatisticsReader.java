package org.wardfl.client.job;

import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.wardfl.algo.statistics.Statistic;
import org.wardfl.proto.job.WorkflowDefinition;
import org.wardfl.provisioning.yaml.YamlException;
import org.wardfl.provisioning.yaml.YamlMapping;
import org.wardfl.provisioning.yaml.YamlScalar;

/// Reads a workflow of type `statistics`.
final class StatisticsReader {

  private static final int DEFAULT_BINS = 20;

  private StatisticsReader() {}

  static WorkflowDefinition.Statistics read(YamlMapping yaml) throws YamlException {
    yaml.only(
        "type",
        "statistics",
        "features",
        "by_class",
        "bins",
        "ranges",
        "quantiles",
        "round_deadline");
    return new WorkflowDefinition.Statistics(
        statistics(yaml),
        yaml.strings("features", List.of()),
        yaml.bool("by_class", false),
        yaml.int32("bins", DEFAULT_BINS),
        ranges(yaml),
        quantiles(yaml),
        yaml.duration("round_deadline", Duration.ofHours(2)));
  }

  private static SortedSet<Statistic> statistics(YamlMapping yaml) throws YamlException {
    if (!yaml.has("statistics")) {
      return new TreeSet<>(EnumSet.allOf(Statistic.class));
    }
    var statistics = new TreeSet<Statistic>();
    for (var word : yaml.strings("statistics")) {
      statistics.add(
          Statistic.of(word)
              .orElseThrow(() ->
                  yaml.error(
                      "statistics",
                      "found '"
                          + word
                          + "', expected some of "
                          + Arrays.stream(Statistic.values())
                              .map(Statistic::word)
                              .collect(Collectors.joining(", ")))));
    }
    return statistics;
  }

  private static SortedMap<String, WorkflowDefinition.Statistics.Range> ranges(YamlMapping yaml)
      throws YamlException {
    var ranges = new TreeMap<String, WorkflowDefinition.Statistics.Range>();
    var mapping = yaml.optionalMapping("ranges");
    if (mapping.isPresent()) {
      var features = yaml.strings("features", List.of());
      if (!features.isEmpty()) {
        mapping.get().only(features.toArray(String[]::new));
      }
      for (var feature : mapping.get().keys()) {
        var ends = numbers(mapping.get(), feature, "a range such as [0, 120]");
        try {
          if (ends.size() != 2) {
            throw new IllegalArgumentException(ends.size() + " numbers, expected two: [0, 120]");
          }
          ranges.put(feature, new WorkflowDefinition.Statistics.Range(ends.get(0), ends.get(1)));
        } catch (IllegalArgumentException e) {
          throw mapping.get().error(feature, "found " + e.getMessage());
        }
      }
    }
    return ranges;
  }

  private static List<Double> quantiles(YamlMapping yaml) throws YamlException {
    return yaml.has("quantiles")
        ? numbers(yaml, "quantiles", "shares such as [0.25, 0.5, 0.75]")
        : List.of(0.25, 0.5, 0.75);
  }

  private static List<Double> numbers(YamlMapping yaml, String key, String expected)
      throws YamlException {
    var numbers = new TreeMap<Integer, Double>();
    for (var node : yaml.list(key).nodes()) {
      var number = node instanceof YamlScalar scalar ? scalar.number() : null;
      if (number == null || number.isEmpty()) {
        throw yaml.error(key, "expected " + expected);
      }
      numbers.put(numbers.size(), number.get());
    }
    return List.copyOf(numbers.values());
  }
}
