package org.wardfl.client.host;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.wardfl.algo.AbortCause;
import org.wardfl.algo.Metrics;
import org.wardfl.algo.run.Phase;
import org.wardfl.algo.run.TaskResult;
import org.wardfl.proto.WireException;
import org.wardfl.proto.job.ArgumentsCodec;
import org.wardfl.proto.job.JobCodec;
import org.wardfl.proto.task.TaskCodec;
import org.wardfl.proto.task.TaskOutcome;
import org.wardfl.proto.wire.ProcessAborted;
import org.wardfl.proto.wire.ProcessFailure;
import org.wardfl.proto.wire.RunTask;
import org.wardfl.proto.wire.TaskDone;

/// Tasks and results between an agent and a job's process.
final class ProcessCodec {

  private ProcessCodec() {}

  static RunTask toWire(HostedTask task) {
    var wire =
        RunTask.newBuilder()
            .setJob(JobCodec.toWire(task.job()))
            .setTask(TaskCodec.toWire(task.task()))
            .setJobFolder(text(task.jobFolder()))
            .setScratch(text(task.scratch()))
            .setUpdateOut(text(task.updateOut()))
            .setStateOut(text(task.stateOut()))
            .addAllGpus(task.gpus())
            .setSiteSettings(ArgumentsCodec.toWire(task.siteSettings()));
    task.dataset().ifPresent(path -> wire.setDataset(text(path)));
    task.model().ifPresent(path -> wire.setModel(text(path)));
    task.stateIn().ifPresent(path -> wire.setStateIn(text(path)));
    // A bare name is looked up on PATH, so it must not become a path here.
    task.python().ifPresent(path -> wire.setPython(path.toString()));
    return wire.build();
  }

  static HostedTask fromWire(RunTask wire) throws WireException {
    return new HostedTask(
        JobCodec.fromWire(wire.getJob()),
        TaskCodec.fromWire(wire.getTask()),
        wire.hasDataset() ? Optional.of(Path.of(wire.getDataset())) : Optional.empty(),
        Path.of(wire.getJobFolder()),
        Path.of(wire.getScratch()),
        wire.hasModel() ? Optional.of(Path.of(wire.getModel())) : Optional.empty(),
        wire.hasStateIn() ? Optional.of(Path.of(wire.getStateIn())) : Optional.empty(),
        Path.of(wire.getUpdateOut()),
        Path.of(wire.getStateOut()),
        wire.getGpusList(),
        wire.hasPython() ? Optional.of(Path.of(wire.getPython())) : Optional.empty(),
        ArgumentsCodec.fromWire(wire.getSiteSettings()),
        TaskLimits.NONE);
  }

  static TaskDone toWire(TaskResult result, HostedTask task) {
    var wire = TaskDone.newBuilder();
    switch (result) {
      case TaskResult.Initialized(var model, var bytes) ->
          wire.setOutcome(
              TaskCodec.toWire(
                  new TaskOutcome.Initialized(new TaskOutcome.UpdateFile(model, bytes))));
      case TaskResult.Trained(var update, var bytes, var summary, var received, var stateSaved) -> {
        var file = new TaskOutcome.UpdateFile(update, bytes);
        wire.setOutcome(
            TaskCodec.toWire(
                new TaskOutcome.Trained(file, task.task().wanted(), summary, received, List.of())));
        wire.setStateSaved(stateSaved);
      }
      case TaskResult.Evaluated(var metrics) ->
          wire.setOutcome(TaskCodec.toWire(new TaskOutcome.Evaluated(metrics)));
      case TaskResult.Described(var statistics) ->
          wire.setOutcome(TaskCodec.toWire(new TaskOutcome.Described(statistics)));
      case TaskResult.Failed(var phase, var message, var detail) ->
          wire.setFailed(
              ProcessFailure.newBuilder()
                  .setPhase(phase.name())
                  .setMessage(message)
                  .setDetail(detail));
      case TaskResult.Aborted(var cause, var gaveUp) ->
          wire.setAborted(ProcessAborted.newBuilder().setCause(cause.name()).setGaveUp(gaveUp));
    }
    return wire.build();
  }

  static TaskResult fromWire(TaskDone wire) throws WireException {
    try {
      return switch (wire.getKindCase()) {
        case OUTCOME -> result(TaskCodec.fromWire(wire.getOutcome()), wire.getStateSaved());
        case FAILED ->
            new TaskResult.Failed(
                Phase.valueOf(wire.getFailed().getPhase()),
                wire.getFailed().getMessage(),
                wire.getFailed().getDetail());
        case ABORTED ->
            new TaskResult.Aborted(
                AbortCause.valueOf(wire.getAborted().getCause()), wire.getAborted().getGaveUp());
        case KIND_NOT_SET -> throw new WireException("a result without content");
      };
    } catch (IllegalArgumentException e) {
      throw new WireException("result: " + e.getMessage(), e);
    }
  }

  private static TaskResult result(TaskOutcome outcome, boolean stateSaved) throws WireException {
    return switch (outcome) {
      case TaskOutcome.Initialized(var model) ->
          new TaskResult.Initialized(model.hash(), model.sizeBytes());
      case TaskOutcome.Trained(var update, _, var summary, Metrics received, _) ->
          new TaskResult.Trained(update.hash(), update.sizeBytes(), summary, received, stateSaved);
      case TaskOutcome.Evaluated(var metrics) -> new TaskResult.Evaluated(metrics);
      case TaskOutcome.Described(var statistics, _) -> new TaskResult.Described(statistics);
      case TaskOutcome.Declined _, TaskOutcome.Failed _ ->
          throw new WireException("a process cannot decline or fail by an outcome");
    };
  }

  private static String text(Path path) {
    return path.toAbsolutePath().toString();
  }
}
