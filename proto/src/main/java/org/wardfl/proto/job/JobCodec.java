package org.wardfl.proto.job;

import java.time.Duration;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.WeightType;
import org.wardfl.proto.WireException;

/// [JobDefinition] as protobuf.
public final class JobCodec {

  /// The most bytes that a new job may have as a message: every site of a job is told all of it.
  public static final int MOST_BYTES = 256 << 10;

  private JobCodec() {}

  /// Why a job is too large to be taken; empty if it is not.
  public static Optional<String> objection(JobDefinition job) {
    int bytes = toWire(job).getSerializedSize();
    return bytes <= MOST_BYTES
        ? Optional.empty()
        : Optional.of(
            "the job takes "
                + bytes
                + " bytes, expected at most "
                + MOST_BYTES
                + "; put long texts and lists into files beside job.yaml");
  }

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
    job.workflows().forEach(workflow -> builder.addWorkflows(WorkflowCodec.toWire(workflow)));
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
        workflows.add(WorkflowCodec.fromWire(workflow));
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
