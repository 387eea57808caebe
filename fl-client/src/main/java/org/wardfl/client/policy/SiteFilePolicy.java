package org.wardfl.client.policy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.TaskKind;
import org.wardfl.client.filter.UpdateFilter;
import org.wardfl.client.job.SignedJob;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.site.OwnersFile;
import org.wardfl.provisioning.site.SitePolicyFile;
import org.wardfl.provisioning.site.StatisticsRules;
import org.wardfl.provisioning.yaml.YamlException;

/// The site's last word as its `site.yaml` has it.
///
/// The file is read for every decision, so an edit counts from the next task on. A file that is
/// absent, broken, a link or open to other writers allows nothing. Safe for many threads.
public final class SiteFilePolicy implements SitePolicy {

  private final Path path;
  private final SiteName site;
  private final String organization;
  private final boolean sandbox;
  private final Map<JobId, SignedJob> jobs = new ConcurrentHashMap<>();
  private volatile @Nullable SiteRules latest;

  /// A policy by this file, which need not be there yet.
  ///
  /// @param path the site's `site.yaml`
  /// @param site the site's certified name
  /// @param organization the site's certified organization
  /// @param sandbox whether this site can confine a job's own code
  public SiteFilePolicy(Path path, SiteName site, String organization, boolean sandbox) {
    this.path = path;
    this.site = site;
    this.organization = organization;
    this.sandbox = sandbox;
  }

  /// Whether this job may run here at all, by the file as it is now.
  public JobDecision decide(SignedJob job) {
    OwnersFile file;
    try {
      file = OwnersFile.read(path);
    } catch (KitException | IOException e) {
      return unreadable("", e);
    }
    try {
      return rules(file).decide(job);
    } catch (YamlException e) {
      return unreadable(file.sha256(), e);
    }
  }

  private static JobDecision unreadable(String sha256, Exception e) {
    return new JobDecision.Declined(
        sha256,
        "this site's policy cannot be read, so it runs nothing",
        String.valueOf(e.getMessage()));
  }

  /// A job was let in: its tasks may be asked for.
  public void letIn(SignedJob job) {
    jobs.put(job.id(), job);
  }

  /// A job has ended: its tasks may be asked for no more.
  public void forget(JobId job) {
    jobs.remove(job);
  }

  @Override
  public Decision before(JobDefinition job, TaskAssignment task) {
    var signed = jobs.get(task.key().job());
    if (signed == null || !signed.definition().equals(job)) {
      return new Declined("this site let no such job in");
    }
    if (!task.key().site().equals(site)) {
      return new Declined("this is site " + site + ", the task is for " + task.key().site());
    }
    long last = task.kind() == TaskKind.TRAIN ? job.lastTrainingRound() : job.lastRound();
    if (task.key().round() > last || task.totalRounds() != job.rounds()) {
      return new Declined(
          "round "
              + task.key().round()
              + " of "
              + task.totalRounds()
              + ", but the job was signed for "
              + job.rounds());
    }
    return switch (decide(signed)) {
      case JobDecision.Permitted(_, _, var dataset) -> new Permitted(dataset);
      case JobDecision.Declined(_, var reason, _) -> new Declined(reason);
    };
  }

  @Override
  public Optional<StatisticsRules> statistics(JobDefinition job) {
    try {
      var file = rules(OwnersFile.read(path)).file();
      return Optional.of(file.statistics(job.study(), job.data().dataset()));
    } catch (KitException | YamlException | IOException _) {
      // A file that cannot be read allows nothing.
      return Optional.empty();
    }
  }

  /// Whether what jobs print may leave the site while they run. It may quote patients, so a file
  /// that does not say so, or cannot be read, keeps it here.
  public boolean streamsLogs() {
    try {
      return rules(OwnersFile.read(path)).file().streamsLogs();
    } catch (KitException | YamlException | IOException _) {
      return false;
    }
  }

  @Override
  public Optional<Path> python() {
    try {
      return rules(OwnersFile.read(path)).file().python();
    } catch (KitException | YamlException | IOException _) {
      // A file that cannot be read allows nothing; whoever asks for a decision is told why.
      return Optional.empty();
    }
  }

  /// None: the file names no filters.
  @Override
  public List<UpdateFilter> after(JobDefinition job) {
    return List.of();
  }

  private SiteRules rules(OwnersFile file) throws YamlException {
    var known = latest;
    if (known != null && known.sha256().equals(file.sha256())) {
      return known;
    }
    var rules = new SiteRules(file.sha256(), SitePolicyFile.of(file), site, organization, sandbox);
    latest = rules;
    return rules;
  }
}
