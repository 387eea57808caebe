package org.wardfl.proto.job;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.WeightType;
import org.wardfl.proto.WireException;
import org.wardfl.proto.wire.FedAvgDefinition;

/// [JobDefinition] as protobuf.
public final class JobCodec {

  private JobCodec() {}

  /// The message for this job.
  public static org.wardfl.proto.wire.JobDefinition toWire(JobDefinition job) {
    var builder =
        org.wardfl.proto.wire.JobDefinition.newBuilder()
            .setName(job.name())
            .setStudy(job.study())
            .setMinSites(job.minSites())
            .setSample(job.sample())
            .setSeed(job.seed())
            .setAlgorithm(toWire(job.algorithm()))
            .setInitialModel(toWire(job.initialModel()))
            .setData(
                org.wardfl.proto.wire.DataDefinition.newBuilder()
                    .setDataset(job.data().dataset())
                    .setSettings(ArgumentsCodec.toWire(job.data().settings())))
            .setResources(
                org.wardfl.proto.wire.ResourceRequest.newBuilder()
                    .setGpus(job.resources().gpus())
                    .setCpuThreads(job.resources().cpuThreads())
                    .setMemoryBytes(job.resources().memoryBytes()))
            .setDeadlineMs(job.deadline().toMillis());
    job.sites().forEach(site -> builder.addSites(site.value()));
    job.mandatorySites().forEach(site -> builder.addMandatorySites(site.value()));
    job.workflows().forEach(workflow -> builder.addWorkflows(toWire(workflow)));
    for (var filter : job.filters()) {
      builder.addFilters(
          org.wardfl.proto.wire.FilterDefinition.newBuilder()
              .setType(filter.type())
              .setArguments(ArgumentsCodec.toWire(filter.arguments())));
    }
    return builder.build();
  }

  /// The job in this message.
  ///
  /// @throws WireException if a part is absent, unknown or out of range
  public static JobDefinition fromWire(org.wardfl.proto.wire.JobDefinition wire)
      throws WireException {
    try {
      var workflows = new java.util.ArrayList<WorkflowDefinition>();
      for (var workflow : wire.getWorkflowsList()) {
        workflows.add(fromWire(workflow));
      }
      var filters = new java.util.ArrayList<FilterDefinition>();
      for (var filter : wire.getFiltersList()) {
        filters.add(
            new FilterDefinition(filter.getType(), ArgumentsCodec.fromWire(filter.getArguments())));
      }
      return new JobDefinition(
          wire.getName(),
          wire.getStudy(),
          sites(wire.getSitesList()),
          wire.getMinSites(),
          sites(wire.getMandatorySitesList()),
          wire.getSample(),
          wire.getSeed(),
          workflows,
          fromWire(wire.getAlgorithm()),
          fromWire(wire.getInitialModel()),
          new DataDefinition(
              wire.getData().getDataset(), ArgumentsCodec.fromWire(wire.getData().getSettings())),
          filters,
          new ResourceRequest(
              wire.getResources().getGpus(),
              wire.getResources().getCpuThreads(),
              wire.getResources().getMemoryBytes()),
          Duration.ofMillis(wire.getDeadlineMs()));
    } catch (IllegalArgumentException e) {
      throw new WireException("job definition: " + e.getMessage(), e);
    }
  }

  /// The message for a form of weights.
  public static org.wardfl.proto.wire.WeightType toWire(WeightType type) {
    return switch (type) {
      case FULL -> org.wardfl.proto.wire.WeightType.WEIGHT_TYPE_FULL;
      case DIFF -> org.wardfl.proto.wire.WeightType.WEIGHT_TYPE_DIFF;
    };
  }

  /// The form of weights in a message.
  ///
  /// @throws WireException if it is unknown
  public static WeightType fromWire(org.wardfl.proto.wire.WeightType wire) throws WireException {
    return switch (wire) {
      case WEIGHT_TYPE_FULL -> WeightType.FULL;
      case WEIGHT_TYPE_DIFF -> WeightType.DIFF;
      case WEIGHT_TYPE_UNSPECIFIED, UNRECOGNIZED -> throw new WireException("unknown weight type");
    };
  }

  private static SortedSet<SiteName> sites(Iterable<String> names) throws WireException {
    var sites = new TreeSet<SiteName>();
    for (var name : names) {
      if (!sites.add(new SiteName(name))) {
        throw new WireException("site " + name + " is listed twice");
      }
    }
    return sites;
  }

  private static org.wardfl.proto.wire.WorkflowDefinition toWire(WorkflowDefinition workflow) {
    return switch (workflow) {
      case WorkflowDefinition.FedAvg fedAvg ->
          org.wardfl.proto.wire.WorkflowDefinition.newBuilder().setFedAvg(toWire(fedAvg)).build();
      case WorkflowDefinition.Statistics statistics ->
          org.wardfl.proto.wire.WorkflowDefinition.newBuilder()
              .setStatistics(StatisticsDefinitionCodec.toWire(statistics))
              .build();
    };
  }

  private static WorkflowDefinition fromWire(org.wardfl.proto.wire.WorkflowDefinition wire)
      throws WireException {
    return switch (wire.getKindCase()) {
      case FED_AVG -> fromWire(wire.getFedAvg());
      case STATISTICS -> StatisticsDefinitionCodec.fromWire(wire.getStatistics());
      case KIND_NOT_SET -> throw new WireException("unknown workflow");
    };
  }

  private static FedAvgDefinition toWire(WorkflowDefinition.FedAvg fedAvg) {
    var builder =
        FedAvgDefinition.newBuilder()
            .setRounds(fedAvg.rounds())
            .setWeighting(toWire(fedAvg.weighting()))
            .setWeightType(toWire(fedAvg.weightType()))
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
    fedAvg.closeEarly().ifPresent(wait -> builder.setCloseEarlyMs(wait.toMillis()));
    fedAvg
        .keyMetric()
        .ifPresent(metric ->
            builder.setKeyMetric(
                org.wardfl.proto.wire.KeyMetric.newBuilder()
                    .setName(metric.name())
                    .setDirection(
                        switch (metric.direction()) {
                          case MAX -> org.wardfl.proto.wire.Direction.DIRECTION_MAX;
                          case MIN -> org.wardfl.proto.wire.Direction.DIRECTION_MIN;
                        })));
    return builder.build();
  }

  private static WorkflowDefinition.FedAvg fromWire(FedAvgDefinition wire) throws WireException {
    return new WorkflowDefinition.FedAvg(
        wire.getRounds(),
        fromWire(wire.getWeighting()),
        fromWire(wire.getWeightType()),
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
            : new AggregationChoice.Mean());
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

  private static org.wardfl.proto.wire.AlgorithmDefinition toWire(AlgorithmDefinition algorithm) {
    var builder =
        org.wardfl.proto.wire.AlgorithmDefinition.newBuilder()
            .setType(algorithm.type())
            .setArguments(ArgumentsCodec.toWire(algorithm.arguments()));
    algorithm.jar().ifPresent(builder::setJar);
    algorithm.className().ifPresent(builder::setClassName);
    algorithm.code().ifPresent(builder::setCode);
    algorithm.engine().ifPresent(builder::setEngine);
    return builder.build();
  }

  private static AlgorithmDefinition fromWire(org.wardfl.proto.wire.AlgorithmDefinition wire)
      throws WireException {
    return new AlgorithmDefinition(
        wire.getType(),
        wire.hasJar() ? Optional.of(wire.getJar()) : Optional.empty(),
        wire.hasClassName() ? Optional.of(wire.getClassName()) : Optional.empty(),
        wire.hasCode() ? Optional.of(wire.getCode()) : Optional.empty(),
        wire.hasEngine() ? Optional.of(wire.getEngine()) : Optional.empty(),
        ArgumentsCodec.fromWire(wire.getArguments()));
  }

  private static org.wardfl.proto.wire.InitialModel toWire(InitialModel model) {
    var builder = org.wardfl.proto.wire.InitialModel.newBuilder();
    switch (model) {
      case InitialModel.Random _ ->
          builder.setRandom(org.wardfl.proto.wire.InitialModel.Random.getDefaultInstance());
      case InitialModel.FromFile(var path) -> builder.setFile(path);
    }
    return builder.build();
  }

  private static InitialModel fromWire(org.wardfl.proto.wire.InitialModel wire)
      throws WireException {
    return switch (wire.getKindCase()) {
      case RANDOM -> new InitialModel.Random();
      case FILE -> new InitialModel.FromFile(wire.getFile());
      case KIND_NOT_SET -> throw new WireException("unknown initial model");
    };
  }
}
