package org.wardfl.server.service;

import java.io.IOException;
import org.wardfl.algo.SiteName;
import org.wardfl.certs.CertifiedName;
import org.wardfl.proto.channel.Reason;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.task.TaskKey;
import org.wardfl.proto.task.TaskOutcome;
import org.wardfl.proto.task.Verdict;
import org.wardfl.provisioning.audit.AuditEntry;
import org.wardfl.provisioning.audit.AuditLog;
import org.wardfl.server.Coordinator;
import org.wardfl.server.MissingFileException;
import org.wardfl.server.transport.PeerGate;

/// What sites answer, on its way to the coordinator: recorded before it can count, and once more if
/// it does not.
final class Deliveries {

  private static final String ACTION = "deliver";
  private static final int LONGEST = 1000;

  private final Coordinator coordinator;
  private final AuditLog audit;

  Deliveries(Coordinator coordinator, AuditLog audit) {
    this.coordinator = coordinator;
    this.audit = audit;
  }

  Verdict deliver(SiteName site, TaskKey task, TaskOutcome delivered)
      throws Calls.Refused, IOException {
    var outcome = visible(delivered);
    var actor = PeerGate.caller().name().uri();
    var object = "job " + task.job() + " round " + task.round() + " step " + task.step();
    var entry = AuditEntry.done(actor, ACTION, object);
    audit.record(about(entry, task.job(), outcome).saying(kind(outcome)));
    var verdict = verdict(site, task, outcome);
    switch (verdict) {
      case Verdict.Accepted _ -> {
        // It counts, and the journal says so.
      }
      case Verdict.Refused(var reason) ->
          refused(AuditEntry.refused(actor, ACTION, object, "UPDATE"), task, outcome, reason);
      case Verdict.Obsolete(var reason) ->
          refused(AuditEntry.refused(actor, ACTION, object, "OBSOLETE"), task, outcome, reason);
    }
    return verdict;
  }

  private Verdict verdict(SiteName site, TaskKey task, TaskOutcome outcome)
      throws Calls.Refused, IOException {
    try {
      return coordinator.deliver(site, task, outcome);
    } catch (MissingFileException e) {
      throw new Calls.Refused(Reason.HASH_MISMATCH, String.valueOf(e.getMessage()));
    }
  }

  private void refused(AuditEntry entry, TaskKey task, TaskOutcome outcome, String reason) {
    audit.note(about(entry, task.job(), outcome).saying(reason));
  }

  private AuditEntry about(AuditEntry entry, JobId job, TaskOutcome outcome) {
    return entry.inStudy(coordinator.studyOf(job).orElse("")).onHash(file(outcome));
  }

  private static String file(TaskOutcome outcome) {
    return switch (outcome) {
      case TaskOutcome.Initialized(var model) -> model.hash().hex();
      case TaskOutcome.Trained trained -> trained.update().hash().hex();
      case TaskOutcome.Evaluated _,
          TaskOutcome.Described _,
          TaskOutcome.Declined _,
          TaskOutcome.Failed _ ->
          "";
    };
  }

  // What sites say in words is shown on people's terminals.
  private static TaskOutcome visible(TaskOutcome outcome) {
    return switch (outcome) {
      case TaskOutcome.Declined(var reason) ->
          new TaskOutcome.Declined(CertifiedName.visible(reason, LONGEST));
      case TaskOutcome.Failed(var phase, var reason) ->
          new TaskOutcome.Failed(
              CertifiedName.visible(phase), CertifiedName.visible(reason, LONGEST));
      case TaskOutcome.Initialized _,
          TaskOutcome.Trained _,
          TaskOutcome.Evaluated _,
          TaskOutcome.Described _ ->
          outcome;
    };
  }

  // Not the sentences of sites: those are in the journal.
  private static String kind(TaskOutcome outcome) {
    return switch (outcome) {
      case TaskOutcome.Initialized _ -> "a first model";
      case TaskOutcome.Trained _ -> "an update";
      case TaskOutcome.Evaluated _ -> "scores";
      case TaskOutcome.Described _ -> "statistics";
      case TaskOutcome.Declined _ -> "a refusal";
      case TaskOutcome.Failed failed -> "a failure in " + failed.phase();
    };
  }
}
