package org.wardfl.proto.task;

import com.google.protobuf.CodedOutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Optional;
import org.wardfl.proto.WireException;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.wire.ClosureCause;
import org.wardfl.proto.wire.SiteDecision;

/// What sites tell, as protobuf.
public final class ObservedCodec {

  // With the decisions about 10,000 jobs and a thousand tasks it fits into a message.
  private static final int MOST_REASON_BYTES = 512 << 10;

  private ObservedCodec() {}

  /// The message for an observed state. Decisions are all in it, reasons up to 512 KiB: it has to
  /// fit into one message.
  public static org.wardfl.proto.wire.ObservedState toWire(ObservedState state) {
    var wire = org.wardfl.proto.wire.ObservedState.newBuilder();
    for (var task : state.tasks()) {
      wire.addTasks(
          org.wardfl.proto.wire.ObservedTask.newBuilder()
              .setKey(TaskCodec.toWire(task.key()))
              .setActivity(
                  switch (task.activity()) {
                    case FETCHING -> org.wardfl.proto.wire.Activity.ACTIVITY_FETCHING;
                    case RUNNING -> org.wardfl.proto.wire.Activity.ACTIVITY_RUNNING;
                    case DELIVERING -> org.wardfl.proto.wire.Activity.ACTIVITY_DELIVERING;
                  })
              .setFraction(task.fraction()));
    }
    state.capacity().ifPresent(capacity -> wire.setCapacity(toWire(capacity)));
    int room = MOST_REASON_BYTES;
    for (var job : state.jobs()) {
      int bytes = CodedOutputStream.computeStringSizeNoTag(job.reason());
      wire.addJobs(
          org.wardfl.proto.wire.ObservedJob.newBuilder()
              .setId(job.id().value())
              .setDecision(toWire(job.decision()))
              .setReason(bytes <= room ? job.reason() : ""));
      room -= Math.min(room, bytes);
    }
    return wire.build();
  }

  /// The observed state in a message.
  ///
  /// @throws WireException if a part is absent, unknown or out of range
  public static ObservedState fromWire(org.wardfl.proto.wire.ObservedState wire)
      throws WireException {
    var tasks = new ArrayList<ObservedState.ObservedTask>();
    for (var task : wire.getTasksList()) {
      tasks.add(
          new ObservedState.ObservedTask(
              TaskCodec.fromWire(task.getKey()),
              switch (task.getActivity()) {
                case ACTIVITY_FETCHING -> ObservedState.Activity.FETCHING;
                case ACTIVITY_RUNNING -> ObservedState.Activity.RUNNING;
                case ACTIVITY_DELIVERING -> ObservedState.Activity.DELIVERING;
                case ACTIVITY_UNSPECIFIED, UNRECOGNIZED ->
                    throw new WireException("unknown activity");
              },
              task.getFraction()));
    }
    try {
      var jobs = new ArrayList<ObservedState.ObservedJob>();
      for (var job : wire.getJobsList()) {
        jobs.add(
            new ObservedState.ObservedJob(
                new JobId(job.getId()), fromWire(job.getDecision()), job.getReason()));
      }
      return new ObservedState(
          tasks,
          wire.hasCapacity() ? Optional.of(fromWire(wire.getCapacity())) : Optional.empty(),
          jobs);
    } catch (IllegalArgumentException e) {
      throw new WireException("observed state: " + e.getMessage(), e);
    }
  }

  /// The message for what a site offers.
  public static org.wardfl.proto.wire.SiteCapacity toWire(SiteCapacity capacity) {
    var wire = org.wardfl.proto.wire.SiteCapacity.newBuilder();
    if (capacity.gpus() != SiteCapacity.NO_BOUND) {
      wire.setGpus(capacity.gpus());
    }
    if (capacity.cpuThreads() != SiteCapacity.NO_BOUND) {
      wire.setCpuThreads(capacity.cpuThreads());
    }
    if (capacity.memoryBytes() != Long.MAX_VALUE) {
      wire.setMemoryBytes(capacity.memoryBytes());
    }
    if (capacity.maxJobs() != SiteCapacity.NO_BOUND) {
      wire.setMaxJobs(capacity.maxJobs());
    }
    capacity
        .closure()
        .ifPresent(closure ->
            wire.setClosure(
                org.wardfl.proto.wire.Closure.newBuilder()
                    .setCause(toWire(closure.cause()))
                    .setReason(closure.reason())
                    .setUntilMs(closure.until().map(Instant::toEpochMilli).orElse(0L))));
    return wire.build();
  }

  /// What a site offers, as a message says.
  ///
  /// @throws WireException if a part is unknown or out of range
  public static SiteCapacity fromWire(org.wardfl.proto.wire.SiteCapacity wire)
      throws WireException {
    try {
      return new SiteCapacity(
          wire.hasGpus() ? wire.getGpus() : SiteCapacity.NO_BOUND,
          wire.hasCpuThreads() ? wire.getCpuThreads() : SiteCapacity.NO_BOUND,
          wire.hasMemoryBytes() ? wire.getMemoryBytes() : Long.MAX_VALUE,
          wire.hasMaxJobs() ? wire.getMaxJobs() : SiteCapacity.NO_BOUND,
          wire.hasClosure() ? Optional.of(fromWire(wire.getClosure())) : Optional.empty());
    } catch (IllegalArgumentException e) {
      throw new WireException("capacity: " + e.getMessage(), e);
    }
  }

  private static SiteCapacity.Closure fromWire(org.wardfl.proto.wire.Closure wire)
      throws WireException {
    var cause =
        switch (wire.getCause()) {
          case CLOSURE_CAUSE_PAUSED -> SiteCapacity.Cause.PAUSED;
          case CLOSURE_CAUSE_HOURS -> SiteCapacity.Cause.HOURS;
          case CLOSURE_CAUSE_POLICY -> SiteCapacity.Cause.POLICY;
          case CLOSURE_CAUSE_UNSPECIFIED, UNRECOGNIZED ->
              throw new WireException("unknown cause of a closure");
        };
    return new SiteCapacity.Closure(
        cause,
        wire.getReason(),
        wire.getUntilMs() == 0
            ? Optional.empty()
            : Optional.of(Instant.ofEpochMilli(wire.getUntilMs())));
  }

  private static ClosureCause toWire(SiteCapacity.Cause cause) {
    return switch (cause) {
      case PAUSED -> ClosureCause.CLOSURE_CAUSE_PAUSED;
      case HOURS -> ClosureCause.CLOSURE_CAUSE_HOURS;
      case POLICY -> ClosureCause.CLOSURE_CAUSE_POLICY;
    };
  }

  /// The word for a decision.
  public static SiteDecision toWire(ObservedState.Decision decision) {
    return switch (decision) {
      case ADMITTED -> SiteDecision.SITE_DECISION_ADMITTED;
      case REFUSED -> SiteDecision.SITE_DECISION_REFUSED;
      case AWAITING_APPROVAL -> SiteDecision.SITE_DECISION_AWAITING_APPROVAL;
      case PAUSED -> SiteDecision.SITE_DECISION_PAUSED;
    };
  }

  /// The decision of a word.
  ///
  /// @throws WireException if it is not known
  public static ObservedState.Decision fromWire(SiteDecision wire) throws WireException {
    return switch (wire) {
      case SITE_DECISION_ADMITTED -> ObservedState.Decision.ADMITTED;
      case SITE_DECISION_REFUSED -> ObservedState.Decision.REFUSED;
      case SITE_DECISION_AWAITING_APPROVAL -> ObservedState.Decision.AWAITING_APPROVAL;
      case SITE_DECISION_PAUSED -> ObservedState.Decision.PAUSED;
      case SITE_DECISION_UNSPECIFIED, UNRECOGNIZED ->
          throw new WireException("unknown decision of a site");
    };
  }
}
