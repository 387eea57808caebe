package org.wardfl.proto.job;

import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.wardfl.algo.SiteName;
import org.wardfl.proto.WireException;
import org.wardfl.proto.wire.CrossSiteDefinition;
import org.wardfl.proto.wire.CrossSiteModels;
import org.wardfl.proto.wire.CyclicDefinition;
import org.wardfl.proto.wire.CyclicOrder;
import org.wardfl.proto.wire.EvaluateDefinition;
import org.wardfl.proto.wire.FedAvgDefinition;

/// [WorkflowDefinition] as protobuf.
final class WorkflowCodec {

  private WorkflowCodec() {}

  /// The message for this workflow.
  static org.wardfl.proto.wire.WorkflowDefinition toWire(WorkflowDefinition workflow) {
    return switch (workflow) {
      case WorkflowDefinition.FedAvg fedAvg ->
          org.wardfl.proto.wire.WorkflowDefinition.newBuilder().setFedAvg(toWire(fedAvg)).build();
      case WorkflowDefinition.Cyclic cyclic ->
          org.wardfl.proto.wire.WorkflowDefinition.newBuilder().setCyclic(toWire(cyclic)).build();
      case WorkflowDefinition.CrossSite crossSite ->
          org.wardfl.proto.wire.WorkflowDefinition.newBuilder()
              .setCrossSite(toWire(crossSite))
              .build();
      case WorkflowDefinition.Evaluate(var deadline) ->
          org.wardfl.proto.wire.WorkflowDefinition.newBuilder()
              .setEvaluate(EvaluateDefinition.newBuilder().setRoundDeadlineMs(deadline.toMillis()))
              .build();
      case WorkflowDefinition.Statistics statistics ->
          org.wardfl.proto.wire.WorkflowDefinition.newBuilder()
              .setStatistics(StatisticsDefinitionCodec.toWire(statistics))
              .build();
    };
  }

  /// The workflow in this message.
  ///
  /// @throws WireException if a part is absent or unknown
  static WorkflowDefinition fromWire(org.wardfl.proto.wire.WorkflowDefinition wire)
      throws WireException {
    return switch (wire.getKindCase()) {
      case FED_AVG -> fromWire(wire.getFedAvg());
      case CYCLIC -> fromWire(wire.getCyclic());
      case CROSS_SITE -> fromWire(wire.getCrossSite());
      case EVALUATE ->
          new WorkflowDefinition.Evaluate(
              Duration.ofMillis(wire.getEvaluate().getRoundDeadlineMs()));
      case STATISTICS -> StatisticsDefinitionCodec.fromWire(wire.getStatistics());
      case KIND_NOT_SET -> throw new WireException("unknown workflow");
    };
  }

  private static FedAvgDefinition toWire(WorkflowDefinition.FedAvg fedAvg) {
    var builder =
        FedAvgDefinition.newBuilder()
            .setRounds(fedAvg.rounds())
            .setWeighting(toWire(fedAvg.weighting()))
            .setWeightType(JobCodec.toWire(fedAvg.weightType()))
            .setRoundDeadlineMs(fedAvg.roundDeadline().toMillis())
            .addAllExclude(fedAvg.exclude())
            .setCounters(
                switch (fedAvg.counters()) {
                  case MEAN -> org.wardfl.proto.wire.CounterRule.COUNTER_RULE_MEAN;
                  case MAX -> org.wardfl.proto.wire.CounterRule.COUNTER_RULE_MAX;
                  case KEEP -> org.wardfl.proto.wire.CounterRule.COUNTER_RULE_KEEP;
                })
            .setMaxNorm(fedAvg.maxNorm())
            .setAlone(fedAvg.alone());
    AggregationCodec.toWire(fedAvg.aggregation()).ifPresent(builder::setAggregation);
    fedAvg.optimizer().ifPresent(choice -> builder.setOptimizer(OptimizerCodec.toWire(choice)));
    fedAvg.patience().ifPresent(builder::setPatience);
    fedAvg.closeEarly().ifPresent(wait -> builder.setCloseEarlyMs(wait.toMillis()));
    fedAvg.keyMetric().ifPresent(metric -> builder.setKeyMetric(toWire(metric)));
    return builder.build();
  }

  private static WorkflowDefinition.FedAvg fromWire(FedAvgDefinition wire) throws WireException {
    return new WorkflowDefinition.FedAvg(
        wire.getRounds(),
        fromWire(wire.getWeighting()),
        JobCodec.fromWire(wire.getWeightType()),
        wire.hasKeyMetric() ? Optional.of(fromWire(wire.getKeyMetric())) : Optional.empty(),
        Duration.ofMillis(wire.getRoundDeadlineMs()),
        wire.hasCloseEarlyMs()
            ? Optional.of(Duration.ofMillis(wire.getCloseEarlyMs()))
            : Optional.empty(),
        wire.getExcludeList(),
        switch (wire.getCounters()) {
          case COUNTER_RULE_MEAN -> WorkflowDefinition.CounterRule.MEAN;
          case COUNTER_RULE_MAX -> WorkflowDefinition.CounterRule.MAX;
          case COUNTER_RULE_KEEP -> WorkflowDefinition.CounterRule.KEEP;
          case COUNTER_RULE_UNSPECIFIED, UNRECOGNIZED ->
              throw new WireException("unknown counter rule");
        },
        wire.getMaxNorm(),
        wire.getAlone(),
        wire.hasAggregation()
            ? AggregationCodec.fromWire(wire.getAggregation())
            : new AggregationChoice.Mean(),
        wire.hasOptimizer()
            ? Optional.of(OptimizerCodec.fromWire(wire.getOptimizer()))
            : Optional.empty(),
        wire.hasPatience() ? Optional.of(wire.getPatience()) : Optional.empty());
  }

  private static org.wardfl.proto.wire.Weighting toWire(WorkflowDefinition.Weighting weighting) {
    var builder = org.wardfl.proto.wire.Weighting.newBuilder();
    switch (weighting) {
      case WorkflowDefinition.Weighting.Iterations _ ->
          builder.setIterations(org.wardfl.proto.wire.Weighting.ByIterations.getDefaultInstance());
      case WorkflowDefinition.Weighting.Samples _ ->
          builder.setSamples(org.wardfl.proto.wire.Weighting.BySamples.getDefaultInstance());
      case WorkflowDefinition.Weighting.Normalized _ ->
          builder.setNormalized(org.wardfl.proto.wire.Weighting.Normalized.getDefaultInstance());
      case WorkflowDefinition.Weighting.Given(var factors) -> {
        var given = org.wardfl.proto.wire.Weighting.ByFactor.newBuilder();
        factors.forEach((site, factor) -> given.putFactors(site.value(), factor));
        builder.setGiven(given);
      }
    }
    return builder.build();
  }

  private static WorkflowDefinition.Weighting fromWire(org.wardfl.proto.wire.Weighting wire)
      throws WireException {
    return switch (wire.getKindCase()) {
      case ITERATIONS -> new WorkflowDefinition.Weighting.Iterations();
      case SAMPLES -> new WorkflowDefinition.Weighting.Samples();
      case NORMALIZED -> new WorkflowDefinition.Weighting.Normalized();
      case GIVEN -> {
        Map<SiteName, Double> factors = new HashMap<>();
        wire.getGiven()
            .getFactorsMap()
            .forEach((site, factor) -> factors.put(new SiteName(site), factor));
        yield new WorkflowDefinition.Weighting.Given(factors);
      }
      case KIND_NOT_SET -> throw new WireException("unknown weighting");
    };
  }

  private static WorkflowDefinition.KeyMetric fromWire(org.wardfl.proto.wire.KeyMetric wire)
      throws WireException {
    return new WorkflowDefinition.KeyMetric(
        wire.getName(),
        switch (wire.getDirection()) {
          case DIRECTION_MAX -> WorkflowDefinition.Direction.MAX;
          case DIRECTION_MIN -> WorkflowDefinition.Direction.MIN;
          case DIRECTION_UNSPECIFIED, UNRECOGNIZED ->
              throw new WireException("unknown direction of the key metric");
        });
  }

  private static org.wardfl.proto.wire.KeyMetric toWire(WorkflowDefinition.KeyMetric metric) {
    return org.wardfl.proto.wire.KeyMetric.newBuilder()
        .setName(metric.name())
        .setDirection(
            switch (metric.direction()) {
              case MAX -> org.wardfl.proto.wire.Direction.DIRECTION_MAX;
              case MIN -> org.wardfl.proto.wire.Direction.DIRECTION_MIN;
            })
        .build();
  }

  private static CyclicDefinition toWire(WorkflowDefinition.Cyclic cyclic) {
    var builder =
        CyclicDefinition.newBuilder()
            .setRounds(cyclic.rounds())
            .setOrder(
                switch (cyclic.order()) {
                  case FIXED -> CyclicOrder.CYCLIC_ORDER_FIXED;
                  case RANDOM -> CyclicOrder.CYCLIC_ORDER_RANDOM;
                  case RANDOM_NO_REPEAT -> CyclicOrder.CYCLIC_ORDER_RANDOM_NO_REPEAT;
                })
            .setWeightType(JobCodec.toWire(cyclic.weightType()))
            .setRoundDeadlineMs(cyclic.roundDeadline().toMillis())
            .addAllExclude(cyclic.exclude())
            .setMaxNorm(cyclic.maxNorm())
            .setAlone(cyclic.alone());
    cyclic.keyMetric().ifPresent(metric -> builder.setKeyMetric(toWire(metric)));
    cyclic.patience().ifPresent(builder::setPatience);
    return builder.build();
  }

  private static WorkflowDefinition.Cyclic fromWire(CyclicDefinition wire) throws WireException {
    return new WorkflowDefinition.Cyclic(
        wire.getRounds(),
        switch (wire.getOrder()) {
          case CYCLIC_ORDER_FIXED -> WorkflowDefinition.Order.FIXED;
          case CYCLIC_ORDER_RANDOM -> WorkflowDefinition.Order.RANDOM;
          case CYCLIC_ORDER_RANDOM_NO_REPEAT -> WorkflowDefinition.Order.RANDOM_NO_REPEAT;
          case CYCLIC_ORDER_UNSPECIFIED, UNRECOGNIZED ->
              throw new WireException("unknown order of sites");
        },
        JobCodec.fromWire(wire.getWeightType()),
        wire.hasKeyMetric() ? Optional.of(fromWire(wire.getKeyMetric())) : Optional.empty(),
        Duration.ofMillis(wire.getRoundDeadlineMs()),
        wire.getExcludeList(),
        wire.getMaxNorm(),
        wire.hasPatience() ? Optional.of(wire.getPatience()) : Optional.empty(),
        wire.getAlone());
  }

  private static CrossSiteDefinition toWire(WorkflowDefinition.CrossSite crossSite) {
    var builder =
        CrossSiteDefinition.newBuilder().setRoundDeadlineMs(crossSite.roundDeadline().toMillis());
    for (var models : crossSite.models()) {
      builder.addModels(
          switch (models) {
            case FINAL -> CrossSiteModels.CROSS_SITE_MODELS_FINAL;
            case BEST -> CrossSiteModels.CROSS_SITE_MODELS_BEST;
            case SITE_FINAL -> CrossSiteModels.CROSS_SITE_MODELS_SITE_FINAL;
            case SITE_BEST -> CrossSiteModels.CROSS_SITE_MODELS_SITE_BEST;
          });
    }
    return builder.build();
  }

  private static WorkflowDefinition.CrossSite fromWire(CrossSiteDefinition wire)
      throws WireException {
    var models = EnumSet.noneOf(WorkflowDefinition.Models.class);
    for (var kind : wire.getModelsList()) {
      models.add(
          switch (kind) {
            case CROSS_SITE_MODELS_FINAL -> WorkflowDefinition.Models.FINAL;
            case CROSS_SITE_MODELS_BEST -> WorkflowDefinition.Models.BEST;
            case CROSS_SITE_MODELS_SITE_FINAL -> WorkflowDefinition.Models.SITE_FINAL;
            case CROSS_SITE_MODELS_SITE_BEST -> WorkflowDefinition.Models.SITE_BEST;
            case CROSS_SITE_MODELS_UNSPECIFIED, UNRECOGNIZED ->
                throw new WireException("unknown kind of model to score across sites");
          });
    }
    return new WorkflowDefinition.CrossSite(models, Duration.ofMillis(wire.getRoundDeadlineMs()));
  }
}
