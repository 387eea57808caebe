package org.wardfl.proto.task;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.wardfl.algo.DataStats;
import org.wardfl.algo.Metrics;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.TrainSummary;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.proto.WireException;
import org.wardfl.proto.job.JobCodec;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.job.PackageReference;
import org.wardfl.proto.wire.Described;
import org.wardfl.proto.wire.Initialized;
import org.wardfl.proto.wire.JobPackage;
import org.wardfl.proto.wire.Scores;
import org.wardfl.proto.wire.Trained;

/// Tasks and their outcomes as protobuf.
public final class TaskCodec {

  private static final HexFormat HEX = HexFormat.of();

  private TaskCodec() {}

  /// The message for a key.
  public static org.wardfl.proto.wire.TaskKey toWire(TaskKey key) {
    return org.wardfl.proto.wire.TaskKey.newBuilder()
        .setJob(key.job().value())
        .setRound(key.round())
        .setStep(key.step())
        .setSite(key.site().value())
        .build();
  }

  /// The key in a message.
  ///
  /// @throws WireException if it is of another form
  public static TaskKey fromWire(org.wardfl.proto.wire.TaskKey wire) throws WireException {
    try {
      return new TaskKey(
          new JobId(wire.getJob()), wire.getRound(), wire.getStep(), new SiteName(wire.getSite()));
    } catch (IllegalArgumentException e) {
      throw new WireException("task key: " + e.getMessage(), e);
    }
  }

  /// The bytes of a hash.
  public static ByteString toWire(ModelHash hash) {
    return ByteString.copyFrom(HEX.parseHex(hash.hex()));
  }

  /// The hash with these bytes.
  ///
  /// @throws WireException if there are not 32
  public static ModelHash fromWire(ByteString wire) throws WireException {
    if (wire.size() != 32) {
      throw new WireException("a SHA-256 of " + wire.size() + " bytes, expected 32");
    }
    return new ModelHash(HEX.formatHex(wire.toByteArray()));
  }

  /// The message for an assignment.
  public static org.wardfl.proto.wire.TaskAssignment toWire(TaskAssignment assignment) {
    var builder =
        org.wardfl.proto.wire.TaskAssignment.newBuilder()
            .setKey(toWire(assignment.key()))
            .setKind(toWire(assignment.kind()))
            .setTotalRounds(assignment.totalRounds())
            .setWanted(JobCodec.toWire(assignment.wanted()))
            .setTrack(assignment.track())
            .setParameters(assignment.parameters());
    assignment.model().ifPresent(model -> builder.setModel(toWire(model)));
    return builder.build();
  }

  /// The assignment in a message.
  ///
  /// @throws WireException if a part is absent or unknown
  public static TaskAssignment fromWire(org.wardfl.proto.wire.TaskAssignment wire)
      throws WireException {
    Optional<ModelHash> model =
        wire.hasModel() ? Optional.of(fromWire(wire.getModel())) : Optional.empty();
    try {
      return new TaskAssignment(
          fromWire(wire.getKey()),
          fromWire(wire.getKind()),
          model,
          wire.getTotalRounds(),
          JobCodec.fromWire(wire.getWanted()),
          wire.getTrack(),
          wire.getParameters());
    } catch (IllegalArgumentException e) {
      throw new WireException("task: " + e.getMessage(), e);
    }
  }

  /// The message for a desired state.
  public static org.wardfl.proto.wire.DesiredState toWire(DesiredState state) {
    var builder =
        org.wardfl.proto.wire.DesiredState.newBuilder()
            .setEpoch(state.epoch())
            .setVersion(state.version());
    state.jobs().forEach(job -> builder.addJobs(toWire(job)));
    return builder.build();
  }

  static org.wardfl.proto.wire.DesiredJob toWire(DesiredState.DesiredJob job) {
    var wire =
        org.wardfl.proto.wire.DesiredJob.newBuilder()
            .setId(job.id().value())
            .setDefinition(JobCodec.toWire(job.definition()));
    job.jobPackage().ifPresent(file -> wire.setJobPackage(toWire(file)));
    job.tasks().forEach(task -> wire.addTasks(toWire(task)));
    return wire.build();
  }

  /// The desired state in a message.
  ///
  /// @throws WireException if a part is absent or unknown
  public static DesiredState fromWire(org.wardfl.proto.wire.DesiredState wire)
      throws WireException {
    var jobs = new ArrayList<DesiredState.DesiredJob>();
    for (var job : wire.getJobsList()) {
      var tasks = new ArrayList<TaskAssignment>();
      for (var task : job.getTasksList()) {
        tasks.add(fromWire(task));
      }
      try {
        jobs.add(
            new DesiredState.DesiredJob(
                new JobId(job.getId()),
                JobCodec.fromWire(job.getDefinition()),
                job.hasJobPackage() ? Optional.of(fromWire(job.getJobPackage())) : Optional.empty(),
                tasks));
      } catch (IllegalArgumentException e) {
        throw new WireException("desired job: " + e.getMessage(), e);
      }
    }
    return new DesiredState(wire.getEpoch(), wire.getVersion(), jobs);
  }

  /// The message for a package's name.
  public static JobPackage toWire(PackageReference file) {
    return JobPackage.newBuilder()
        .setHash(toWire(file.hash()))
        .setSizeBytes(file.sizeBytes())
        .build();
  }

  /// The package's name in a message.
  ///
  /// @throws WireException if it is of another form
  public static PackageReference fromWire(JobPackage wire) throws WireException {
    try {
      return new PackageReference(fromWire(wire.getHash()), wire.getSizeBytes());
    } catch (IllegalArgumentException e) {
      throw new WireException("job package: " + e.getMessage(), e);
    }
  }

  /// The message for an outcome.
  public static org.wardfl.proto.wire.TaskOutcome toWire(TaskOutcome outcome) {
    var builder = org.wardfl.proto.wire.TaskOutcome.newBuilder();
    switch (outcome) {
      case TaskOutcome.Initialized(var model) ->
          builder.setInitialized(Initialized.newBuilder().setModel(toWire(model)));
      case TaskOutcome.Trained(var update, var type, var summary, var received, var filters) ->
          builder.setTrained(
              Trained.newBuilder()
                  .setUpdate(toWire(update))
                  .setType(JobCodec.toWire(type))
                  .setIterations(summary.iterations())
                  .setSamples(summary.samples())
                  .putAllValues(summary.values())
                  .setReceived(toWire(received.values(), received.samples()))
                  .addAllFilters(filters));
      case TaskOutcome.Evaluated(var metrics) ->
          builder.setEvaluated(
              org.wardfl.proto.wire.Evaluated.newBuilder()
                  .setMetrics(toWire(metrics.values(), metrics.samples())));
      case TaskOutcome.Described(var statistics, var document) ->
          builder.setDescribed(
              Described.newBuilder()
                  .setStatistics(toWire(statistics.values(), statistics.samples()))
                  .setDocument(document)
                  .addAllFeatures(StatisticsCodec.toWire(statistics.features())));
      case TaskOutcome.Declined(var reason) ->
          builder.setDeclined(org.wardfl.proto.wire.Declined.newBuilder().setReason(reason));
      case TaskOutcome.Failed(var phase, var reason) ->
          builder.setFailed(
              org.wardfl.proto.wire.Failed.newBuilder().setPhase(phase).setReason(reason));
    }
    return builder.build();
  }

  /// The outcome in a message.
  ///
  /// @throws WireException if a part is absent, unknown or out of range
  public static TaskOutcome fromWire(org.wardfl.proto.wire.TaskOutcome wire) throws WireException {
    try {
      return switch (wire.getKindCase()) {
        case INITIALIZED -> new TaskOutcome.Initialized(fromWire(wire.getInitialized().getModel()));
        case TRAINED -> fromWire(wire.getTrained());
        case EVALUATED -> new TaskOutcome.Evaluated(metrics(wire.getEvaluated().getMetrics()));
        case DESCRIBED -> {
          var statistics = wire.getDescribed().getStatistics();
          yield new TaskOutcome.Described(
              new DataStats(
                  values(statistics),
                  statistics.getSamples(),
                  StatisticsCodec.fromWire(wire.getDescribed().getFeaturesList())),
              wire.getDescribed().getDocument());
        }
        case DECLINED -> new TaskOutcome.Declined(wire.getDeclined().getReason());
        case FAILED ->
            new TaskOutcome.Failed(wire.getFailed().getPhase(), wire.getFailed().getReason());
        case KIND_NOT_SET -> throw new WireException("unknown task outcome");
      };
    } catch (IllegalArgumentException e) {
      throw new WireException("task outcome: " + e.getMessage(), e);
    }
  }

  /// The message for a verdict.
  public static org.wardfl.proto.wire.Verdict toWire(Verdict verdict) {
    var wire = org.wardfl.proto.wire.Verdict.newBuilder();
    switch (verdict) {
      case Verdict.Accepted() ->
          wire.setAccepted(org.wardfl.proto.wire.Verdict.Accepted.getDefaultInstance());
      case Verdict.Refused(var reason) ->
          wire.setRefused(org.wardfl.proto.wire.Verdict.Refused.newBuilder().setReason(reason));
      case Verdict.Obsolete(var reason) ->
          wire.setObsolete(org.wardfl.proto.wire.Verdict.Obsolete.newBuilder().setReason(reason));
    }
    return wire.build();
  }

  /// The verdict in a message.
  ///
  /// @throws WireException if it is of an unknown kind
  public static Verdict fromWire(org.wardfl.proto.wire.Verdict wire) throws WireException {
    return switch (wire.getKindCase()) {
      case ACCEPTED -> new Verdict.Accepted();
      case REFUSED -> new Verdict.Refused(wire.getRefused().getReason());
      case OBSOLETE -> new Verdict.Obsolete(wire.getObsolete().getReason());
      case KIND_NOT_SET -> throw new WireException("unknown verdict");
    };
  }

  /// The message for a kind of task.
  public static org.wardfl.proto.wire.TaskKind toWire(TaskKind kind) {
    return switch (kind) {
      case INITIAL -> org.wardfl.proto.wire.TaskKind.TASK_KIND_INITIAL;
      case TRAIN -> org.wardfl.proto.wire.TaskKind.TASK_KIND_TRAIN;
      case EVALUATE -> org.wardfl.proto.wire.TaskKind.TASK_KIND_EVALUATE;
      case DATA_STATS -> org.wardfl.proto.wire.TaskKind.TASK_KIND_DATA_STATS;
    };
  }

  /// The kind of task in a message.
  ///
  /// @throws WireException if it is unknown
  public static TaskKind fromWire(org.wardfl.proto.wire.TaskKind wire) throws WireException {
    return switch (wire) {
      case TASK_KIND_INITIAL -> TaskKind.INITIAL;
      case TASK_KIND_TRAIN -> TaskKind.TRAIN;
      case TASK_KIND_EVALUATE -> TaskKind.EVALUATE;
      case TASK_KIND_DATA_STATS -> TaskKind.DATA_STATS;
      case TASK_KIND_UNSPECIFIED, UNRECOGNIZED -> throw new WireException("unknown kind of task");
    };
  }

  private static TaskOutcome.Trained fromWire(Trained wire) throws WireException {
    return new TaskOutcome.Trained(
        fromWire(wire.getUpdate()),
        JobCodec.fromWire(wire.getType()),
        new TrainSummary(
            wire.getIterations(), wire.getSamples(), new TreeMap<>(wire.getValuesMap())),
        metrics(wire.getReceived()),
        wire.getFiltersList());
  }

  private static org.wardfl.proto.wire.UpdateFile toWire(TaskOutcome.UpdateFile file) {
    return org.wardfl.proto.wire.UpdateFile.newBuilder()
        .setHash(toWire(file.hash()))
        .setSizeBytes(file.sizeBytes())
        .build();
  }

  private static TaskOutcome.UpdateFile fromWire(org.wardfl.proto.wire.UpdateFile wire)
      throws WireException {
    if (wire.getSizeBytes() < 0) {
      throw new WireException("an update of " + wire.getSizeBytes() + " bytes");
    }
    return new TaskOutcome.UpdateFile(fromWire(wire.getHash()), wire.getSizeBytes());
  }

  private static Scores toWire(SortedMap<String, Double> values, long samples) {
    return Scores.newBuilder().putAllValues(values).setSamples(samples).build();
  }

  private static SortedMap<String, Double> values(Scores wire) {
    return new TreeMap<>(wire.getValuesMap());
  }

  private static Metrics metrics(Scores wire) {
    return new Metrics(values(wire), wire.getSamples());
  }
}
