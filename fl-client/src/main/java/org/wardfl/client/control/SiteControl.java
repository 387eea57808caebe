package org.wardfl.client.control;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardfl.client.audit.SiteAudit;
import org.wardfl.client.policy.JobDecision;
import org.wardfl.client.policy.SiteFilePolicy;
import org.wardfl.client.task.SiteAgent;

/// Does what people at the site ask for.
public final class SiteControl implements ControlServer.Answers {

  static final String COMMAND = "command";
  static final String JOB = "job";
  static final String REFUSAL = "refusal";
  static final String STATUS = "status";
  static final String JOBS = "jobs";
  static final String APPROVE = "approve";
  static final String PAUSE = "pause";
  static final String RESUME = "resume";
  static final String STOP = "stop";

  private static final Logger LOG = LoggerFactory.getLogger(SiteControl.class);

  private final SiteFilePolicy policy;
  private final DecisionFiles decisions;
  private final SiteAgent agent;
  private final SiteAudit audit;
  private final String site;
  private final String sandbox;
  private final Supplier<Optional<String>> trouble;
  private final Supplier<Boolean> connected;

  /// The hand on this agent.
  ///
  /// @param audit where every command is recorded before it is obeyed
  /// @param site whose it is
  /// @param sandbox what there is for a job's own code
  /// @param connected whether there is a session with the server
  /// @param trouble what keeps the agent from it
  public SiteControl(
      SiteFilePolicy policy,
      DecisionFiles decisions,
      SiteAgent agent,
      SiteAudit audit,
      String site,
      String sandbox,
      Supplier<Boolean> connected,
      Supplier<Optional<String>> trouble) {
    this.policy = policy;
    this.decisions = decisions;
    this.agent = agent;
    this.audit = audit;
    this.site = site;
    this.sandbox = sandbox;
    this.connected = connected;
    this.trouble = trouble;
  }

  @Override
  public Map<String, ?> answer(Map<String, @Nullable Object> question, String user) {
    var members = new Members(question);
    var job = members.text(JOB);
    try {
      return switch (members.text(COMMAND)) {
        case STATUS -> status().json();
        case JOBS -> SiteJob.json(jobs());
        case APPROVE -> SiteJob.json(List.of(approve(job, user)));
        case STOP -> SiteJob.json(List.of(stop(job, user)));
        case PAUSE -> {
          audit.commanded(user, PAUSE, "");
          decisions.pause(user);
          changed("paused", user);
          yield status().json();
        }
        case RESUME -> {
          audit.commanded(user, RESUME, "");
          decisions.resume();
          changed("resumed", user);
          yield status().json();
        }
        default ->
            throw new ControlException(
                "the client knows no command '" + members.text(COMMAND) + "'; is it older?");
      };
    } catch (ControlException e) {
      audit.refusedCommand(
          user, members.text(COMMAND), job, "COMMAND", String.valueOf(e.getMessage()));
      return Map.of(REFUSAL, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      LOG.atError().setCause(e).log("a decision cannot be written");
      return Map.of(REFUSAL, "the decision cannot be written, so it does not count: " + e);
    }
  }

  private void changed(String what, String user) {
    LOG.atInfo().addKeyValue("by", user).log("the site was " + what);
    policy.changes().happened();
    agent.reconsider();
    agent.tell();
  }

  private SiteStatus status() {
    var capacity = policy.capacity();
    var closure = capacity.closure();
    return new SiteStatus(
        site,
        connected.get(),
        trouble.get(),
        closure.map(it -> it.reason()),
        decisions.pausedBy().isPresent(),
        agent.tasks(),
        policy.fileSha256(),
        policy.fileTrouble(),
        sandbox,
        capacity.gpus(),
        capacity.cpuThreads(),
        capacity.memoryBytes(),
        capacity.maxJobs());
  }

  private List<SiteJob> jobs() {
    return policy.jobs().stream()
        .map(seen -> {
          boolean works = agent.works(seen.job().id());
          return switch (seen.decision()) {
            case JobDecision.Permitted(_, var rule, _) ->
                SiteJob.of(seen.job(), works ? SiteJob.RUNNING : SiteJob.LET_IN, "", rule);
            case JobDecision.AwaitsApproval(_, var reason, var rule) ->
                SiteJob.of(seen.job(), SiteJob.WAITING, reason, rule);
            case JobDecision.Declined(_, var reason, var rule) ->
                SiteJob.of(seen.job(), SiteJob.REFUSED, reason, rule);
          };
        })
        .toList();
  }

  private SiteJob approve(String id, String user) throws ControlException, IOException {
    var seen = find(id);
    if (seen.decision() instanceof JobDecision.Declined declined) {
      throw new ControlException(
          "an approval does not help: " + declined.reason() + " (" + declined.rule() + ")");
    }
    if (seen.decision() instanceof JobDecision.Permitted) {
      throw new ControlException("the job needs no approval: it may run here");
    }
    audit.commanded(user, APPROVE, seen.job().id().value());
    decisions.approve(seen.job(), user);
    LOG.atInfo()
        .addKeyValue("job", seen.job().id())
        .addKeyValue("manifest", seen.job().manifestSha256())
        .addKeyValue("by", user)
        .log("job approved");
    return decided(seen);
  }

  private SiteJob stop(String id, String user) throws ControlException, IOException {
    var seen = find(id);
    audit.commanded(user, STOP, seen.job().id().value());
    decisions.leave(seen.job(), user);
    LOG.atInfo().addKeyValue("job", seen.job().id()).addKeyValue("by", user).log("job left");
    agent.restart(seen.job().id());
    return decided(seen);
  }

  private SiteJob decided(SiteFilePolicy.Seen seen) {
    var _ = policy.decide(seen.job());
    policy.changes().happened();
    agent.reconsider();
    return jobs().stream()
        .filter(job -> job.id().equals(seen.job().id().value()))
        .findFirst()
        .orElseThrow();
  }

  private SiteFilePolicy.Seen find(String id) throws ControlException {
    var found =
        policy.jobs().stream()
            .filter(seen -> !id.isEmpty() && seen.job().id().value().startsWith(id))
            .toList();
    if (found.size() != 1) {
      throw new ControlException(
          found.isEmpty()
              ? "this site knows no job '" + id + "'; see: ward site jobs"
              : "'" + id + "' is the beginning of " + found.size() + " jobs; give more of the id");
    }
    return found.getFirst();
  }
}
