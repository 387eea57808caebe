package org.wardfl.proto.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.wardfl.algo.statistics.Extremes;
import org.wardfl.algo.statistics.FeatureStatistics;
import org.wardfl.algo.statistics.Histogram;
import org.wardfl.algo.statistics.Moments;
import org.wardfl.algo.statistics.Remark;
import org.wardfl.algo.statistics.Statistic;
import org.wardfl.proto.WireException;
import org.wardfl.proto.wire.StatisticRemark;
import org.wardfl.proto.wire.ValueExtremes;
import org.wardfl.proto.wire.ValueHistogram;
import org.wardfl.proto.wire.ValueMoments;

/// The statistics of features as protobuf.
public final class StatisticsCodec {

  private static final int MOST_BYTES = 1_000_000;
  private static final String PREFIX = "STATISTIC_";

  private StatisticsCodec() {}

  static List<org.wardfl.proto.wire.FeatureStatistics> toWire(List<FeatureStatistics> features) {
    return features.stream().map(StatisticsCodec::toWire).toList();
  }

  static List<FeatureStatistics> fromWire(List<org.wardfl.proto.wire.FeatureStatistics> wire)
      throws WireException {
    var features = new ArrayList<FeatureStatistics>();
    for (var feature : wire) {
      features.add(fromWire(feature));
    }
    return features;
  }

  /// The outcome, or in its place the failure that it is too long for a message.
  public static TaskOutcome fitting(TaskOutcome.Described described) {
    int bytes = TaskCodec.toWire(described).getSerializedSize();
    return bytes <= MOST_BYTES
        ? described
        : new TaskOutcome.Failed(
            "getDataStats",
            "the statistics take "
                + bytes
                + " bytes, at most "
                + MOST_BYTES
                + " can be delivered; name fewer features or ask for fewer bins");
  }

  /// The word for a statistic.
  public static org.wardfl.proto.wire.Statistic toWire(Statistic statistic) {
    return org.wardfl.proto.wire.Statistic.valueOf(PREFIX + statistic.name());
  }

  /// The statistic with this word.
  ///
  /// @throws WireException if it is unknown
  public static Statistic fromWire(org.wardfl.proto.wire.Statistic wire) throws WireException {
    return switch (wire) {
      case STATISTIC_COUNT -> Statistic.COUNT;
      case STATISTIC_MISSING -> Statistic.MISSING;
      case STATISTIC_SUM -> Statistic.SUM;
      case STATISTIC_MEAN -> Statistic.MEAN;
      case STATISTIC_STDDEV -> Statistic.STDDEV;
      case STATISTIC_MIN -> Statistic.MIN;
      case STATISTIC_MAX -> Statistic.MAX;
      case STATISTIC_HISTOGRAM -> Statistic.HISTOGRAM;
      case STATISTIC_QUANTILES -> Statistic.QUANTILES;
      case STATISTIC_UNSPECIFIED, UNRECOGNIZED -> throw new WireException("unknown statistic");
    };
  }

  private static org.wardfl.proto.wire.FeatureStatistics toWire(FeatureStatistics feature) {
    var wire =
        org.wardfl.proto.wire.FeatureStatistics.newBuilder()
            .setFeature(feature.feature())
            .setGroup(feature.group())
            .setPatients(feature.patients());
    feature.count().ifPresent(wire::setCount);
    feature.missing().ifPresent(wire::setMissing);
    feature
        .moments()
        .ifPresent(moments ->
            wire.setMoments(
                ValueMoments.newBuilder()
                    .setCount(moments.count())
                    .setSum(moments.sum())
                    .setSquares(moments.squares())));
    feature
        .extremes()
        .ifPresent(extremes ->
            wire.setExtremes(
                ValueExtremes.newBuilder()
                    .setMin(extremes.min())
                    .setMax(extremes.max())
                    .setMinHolders(extremes.minHolders())
                    .setMaxHolders(extremes.maxHolders())));
    feature
        .histogram()
        .ifPresent(histogram ->
            wire.setHistogram(
                ValueHistogram.newBuilder()
                    .addAllEdges(histogram.edges())
                    .addAllCounts(histogram.counts())
                    .setBelow(histogram.below())
                    .setAbove(histogram.above())));
    for (var remark : feature.remarks()) {
      var sentence =
          StatisticRemark.newBuilder()
              .setWithheld(remark.withheld())
              .setSentence(remark.sentence());
      remark.statistics().forEach(statistic -> sentence.addStatistics(toWire(statistic)));
      wire.addRemarks(sentence);
    }
    return wire.build();
  }

  private static FeatureStatistics fromWire(org.wardfl.proto.wire.FeatureStatistics wire)
      throws WireException {
    return new FeatureStatistics(
        wire.getFeature(),
        wire.getGroup(),
        wire.getPatients(),
        wire.hasCount() ? OptionalLong.of(wire.getCount()) : OptionalLong.empty(),
        wire.hasMissing() ? OptionalLong.of(wire.getMissing()) : OptionalLong.empty(),
        wire.hasMoments()
            ? Optional.of(
                new Moments(
                    wire.getMoments().getCount(),
                    wire.getMoments().getSum(),
                    wire.getMoments().getSquares()))
            : Optional.empty(),
        wire.hasExtremes()
            ? Optional.of(
                new Extremes(
                    wire.getExtremes().getMin(),
                    wire.getExtremes().getMinHolders(),
                    wire.getExtremes().getMax(),
                    wire.getExtremes().getMaxHolders()))
            : Optional.empty(),
        wire.hasHistogram()
            ? Optional.of(
                new Histogram(
                    wire.getHistogram().getEdgesList(),
                    wire.getHistogram().getCountsList(),
                    wire.getHistogram().getBelow(),
                    wire.getHistogram().getAbove()))
            : Optional.empty(),
        remarks(wire));
  }

  private static List<Remark> remarks(org.wardfl.proto.wire.FeatureStatistics wire)
      throws WireException {
    var remarks = new ArrayList<Remark>();
    for (var remark : wire.getRemarksList()) {
      var statistics = new TreeSet<Statistic>();
      for (var statistic : remark.getStatisticsList()) {
        statistics.add(fromWire(statistic));
      }
      remarks.add(new Remark(statistics, remark.getWithheld(), remark.getSentence()));
    }
    return remarks;
  }
}
