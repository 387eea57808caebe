package org.wardfl.client.audit;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.certs.CertifiedName;
import org.wardfl.client.job.SignedJob;
import org.wardfl.client.policy.PolicyBasis;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.proto.task.TaskKey;
import org.wardfl.proto.task.TaskOutcome;
import org.wardfl.provisioning.audit.AuditEntry;
import org.wardfl.provisioning.audit.AuditLog;

/// A site's own audit log: which jobs and tasks it let in or refused and by which rule of which
/// file, what left it, what its people commanded, and whom it believed since when.
///
/// What throws must not be done if it does; the others record what happens in any case. Sentences
/// that an algorithm made are left out, since nobody can say what they quote. Thread-safe.
public final class SiteAudit {

  /// Keeps nothing: for a simulation, where nobody has to account for anything.
  public static final SiteAudit NONE = new SiteAudit(null, "", "");

  private final @Nullable AuditLog log;
  private final String site;
  private final String server;

  private SiteAudit(@Nullable AuditLog log, String site, String server) {
    this.log = log;
    this.site = site;
    this.server = server;
  }

  /// Records into this log.
  ///
  /// @param site whose log it is
  /// @param server who asks for what is done here
  public SiteAudit(AuditLog log, CertifiedName site, CertifiedName server) {
    this(log, site.uri(), server.uri());
  }

  /// A job is let in.
  ///
  /// @throws IOException if that is not durable; then it must not be let in
  public void admitted(SignedJob job, PolicyBasis basis) throws IOException {
    record(
        AuditEntry.allowed(job.job().submitter(), "admit job", job.id().value())
            .inStudy(job.definition().study())
            .byRule(basis.rule(), basis.policySha256()));
  }

  /// A signed job is not let in, or not let in any more.
  ///
  /// @param reason the sentence that the server is told
  public void declined(SignedJob job, PolicyBasis basis, String reason) {
    note(
        AuditEntry.refused(job.job().submitter(), "admit job", job.id().value(), "POLICY")
            .inStudy(job.definition().study())
            .byRule(basis.rule(), basis.policySha256())
            .saying(reason));
  }

  /// What the server sent as a job is none that somebody signed for this site.
  ///
  /// @param reason the sentence that the server is told
  public void notAJob(JobId job, String reason) {
    note(AuditEntry.refused(server, "admit job", job.value(), "JOB_REFUSED").saying(reason));
  }

  /// A task begins.
  ///
  /// @param study of its job, as signed
  /// @throws IOException if that is not durable; then it must not begin
  public void begins(TaskAssignment task, String study, PolicyBasis basis) throws IOException {
    record(
        AuditEntry.allowed(server, action(task), object(task.key()))
            .inStudy(study)
            .onHash(task.model().map(ModelHash::hex).orElse(""))
            .byRule(basis.rule(), basis.policySha256()));
  }

  /// A task is refused.
  ///
  /// @param reason the sentence that the server is told
  public void refused(TaskAssignment task, PolicyBasis basis, String reason) {
    note(
        AuditEntry.refused(server, action(task), object(task.key()), "TASK")
            .onHash(task.model().map(ModelHash::hex).orElse(""))
            .byRule(basis.rule(), basis.policySha256())
            .saying(reason));
  }

  /// What the server said is refused as a whole.
  ///
  /// @param reason one word
  /// @param sentence why
  public void refusedServer(String action, String reason, String sentence) {
    note(AuditEntry.refused(server, action, "", reason).saying(sentence));
  }

  /// A result leaves the site.
  ///
  /// @param file that leaves, if one does
  /// @throws IOException if that is not durable; then it must not leave
  public void leaves(TaskKey task, TaskOutcome outcome, Optional<ModelHash> file)
      throws IOException {
    record(
        AuditEntry.done(site, "deliver", object(task))
            .onHash(file.map(ModelHash::hex).orElse(""))
            .saying(describe(outcome)));
  }

  /// Somebody at the site commands the agent, and is obeyed once this returns.
  ///
  /// @param person who, as the local system knows it
  /// @param command such as `pause`
  /// @param object a job; empty if the command is about the whole site
  /// @throws IOException if that is not durable; then the command must not be obeyed
  public void commanded(String person, String command, String object) throws IOException {
    record(AuditEntry.done(local(person), command, object));
  }

  /// Somebody at the site commands the agent and is refused.
  ///
  /// @param reason one word
  /// @param sentence what the person is told
  public void refusedCommand(
      String person, String command, String object, String reason, String sentence) {
    note(AuditEntry.refused(local(person), command, object, reason).saying(sentence));
  }

  /// The site presents this certificate from now on.
  ///
  /// @param serial its number, hexadecimal
  /// @param until its end
  public void presents(String serial, Instant until) {
    note(AuditEntry.done(site, "present certificate", serial).saying("until " + until));
  }

  /// The site believes these authorities and revocations from now on. Recorded afterwards: somebody
  /// who was revoked must not be believed on because a disk is full.
  ///
  /// @param trust in one sentence
  public void believes(String trust) {
    note(AuditEntry.done(site, "believe", "").saying(trust));
  }

  private static String local(String person) {
    return "local:" + person;
  }

  private static String action(TaskAssignment task) {
    return "task " + task.kind();
  }

  private static String object(TaskKey task) {
    return "job " + task.job() + " round " + task.round() + " step " + task.step();
  }

  private static String describe(TaskOutcome outcome) {
    return switch (outcome) {
      case TaskOutcome.Initialized _ -> "a first model";
      case TaskOutcome.Trained trained -> "an update, " + filters(trained.filters());
      case TaskOutcome.Evaluated _ -> "scores";
      case TaskOutcome.Described _ -> "statistics";
      case TaskOutcome.Declined _ -> "a refusal";
      case TaskOutcome.Failed failed -> "a failure in " + failed.phase();
    };
  }

  private static String filters(List<String> filters) {
    return filters.isEmpty() ? "not filtered" : "filtered by " + String.join(", ", filters);
  }

  private void record(AuditEntry entry) throws IOException {
    if (log != null) {
      log.record(entry);
    }
  }

  private void note(AuditEntry entry) {
    if (log != null) {
      log.note(entry);
    }
  }
}
