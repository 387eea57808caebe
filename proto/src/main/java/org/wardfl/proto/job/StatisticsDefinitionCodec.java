package org.wardfl.proto.job;

import java.time.Duration;
import java.util.TreeMap;
import java.util.TreeSet;
import org.wardfl.algo.statistics.Statistic;
import org.wardfl.proto.WireException;
import org.wardfl.proto.wire.HistogramRange;
import org.wardfl.proto.wire.StatisticsDefinition;

/// The workflow of statistics as protobuf.
final class StatisticsDefinitionCodec {

  private StatisticsDefinitionCodec() {}

  static StatisticsDefinition toWire(WorkflowDefinition.Statistics workflow) {
    var wire =
        StatisticsDefinition.newBuilder()
            .addAllFeatures(workflow.features())
            .setByClass(workflow.byClass())
            .setBins(workflow.bins())
            .addAllQuantiles(workflow.quantiles())
            .setRoundDeadlineMs(workflow.roundDeadline().toMillis());
    workflow.statistics().forEach(statistic -> wire.addStatistics(statistic.word()));
    workflow
        .ranges()
        .forEach((feature, range) ->
            wire.addRanges(
                HistogramRange.newBuilder()
                    .setFeature(feature)
                    .setLow(range.low())
                    .setHigh(range.high())));
    return wire.build();
  }

  static WorkflowDefinition.Statistics fromWire(StatisticsDefinition wire) throws WireException {
    var statistics = new TreeSet<Statistic>();
    for (var word : wire.getStatisticsList()) {
      statistics.add(
          Statistic.of(word).orElseThrow(() -> new WireException("unknown statistic " + word)));
    }
    var ranges = new TreeMap<String, WorkflowDefinition.Statistics.Range>();
    for (var range : wire.getRangesList()) {
      ranges.put(
          range.getFeature(),
          new WorkflowDefinition.Statistics.Range(range.getLow(), range.getHigh()));
    }
    return new WorkflowDefinition.Statistics(
        statistics,
        wire.getFeaturesList(),
        wire.getByClass(),
        wire.getBins(),
        ranges,
        wire.getQuantilesList(),
        Duration.ofMillis(wire.getRoundDeadlineMs()));
  }
}
