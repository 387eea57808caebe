package org.wardfl.client.policy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.TaskKind;
import org.wardfl.client.filter.FilterRefusalException;
import org.wardfl.client.filter.UpdateFilter;
import org.wardfl.client.host.TaskLimits;
import org.wardfl.client.job.SignedJob;
import org.wardfl.proto.job.AlgorithmDefinition;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.task.SiteCapacity;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.site.OpeningHours;
import org.wardfl.provisioning.site.OwnersFile;
import org.wardfl.provisioning.site.SitePolicyFile;
import org.wardfl.provisioning.site.StatisticsRules;
import org.wardfl.provisioning.yaml.YamlException;

/// The site's last word as its `site.yaml` has it.
///
/// The file is read for every decision, so an edit counts from the next task on. A file that is
/// absent, broken, a link or open to other writers allows nothing. Safe for many threads.
public final class SiteFilePolicy implements SitePolicy {

  private static final Logger LOG = LoggerFactory.getLogger(SiteFilePolicy.class);
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);
  private static final int MOST_JOBS = 10_000;
  private static final String UNREADABLE = "this site's policy cannot be read";

  private final Path path;
  private final SiteName site;
  private final String organization;
  private final boolean sandbox;
  private final Machine machine;
  private final LocalDecisions decisions;
  private final InstantSource clock;
  private final Changes changes = new Changes();
  private final Map<JobId, Seen> seen = new LinkedHashMap<>();
  private final Set<JobId> begun = new HashSet<>();
  private final Map<JobId, SignedJob> jobs = new ConcurrentHashMap<>();
  private volatile @Nullable SiteRules latest;

  /// A policy by this file, which need not be there yet.
  ///
  /// @param path the site's `site.yaml`
  /// @param site the site's certified name
  /// @param organization the site's certified organization
  /// @param sandbox whether this site can confine a job's own code
  /// @param machine what the site has
  /// @param decisions what its people have decided beside the file
  /// @param clock tells whether it is open
  public SiteFilePolicy(
      Path path,
      SiteName site,
      String organization,
      boolean sandbox,
      Machine machine,
      LocalDecisions decisions,
      InstantSource clock) {
    this.path = path;
    this.site = site;
    this.organization = organization;
    this.sandbox = sandbox;
    this.machine = machine;
    this.decisions = decisions;
    this.clock = clock;
  }

  /// A job that was decided about.
  ///
  /// @param job which
  /// @param decision the latest about it
  public record Seen(SignedJob job, JobDecision decision) {}

  /// The jobs that were decided about and have not ended, the oldest first.
  public synchronized List<Seen> jobs() {
    return List.copyOf(seen.values());
  }

  /// Whether this job may run here at all, by the file as it is now.
  public JobDecision decide(SignedJob job) {
    var decision = foresee(job);
    synchronized (this) {
      seen.put(job.id(), new Seen(job, decision));
      if (seen.size() > MOST_JOBS) {
        seen.remove(seen.keySet().iterator().next());
      }
    }
    return decision;
  }

  /// What this site would decide about a job that somebody only asks about; nothing is kept of it.
  public JobDecision foresee(SignedJob job) {
    return decisions.hasLeft(job.id())
        ? new JobDecision.Declined(fileSha256(), "this site has left the job", "ward site stop")
        : byFile(job);
  }

  private JobDecision byFile(SignedJob job) {
    OwnersFile file;
    try {
      file = OwnersFile.read(path);
    } catch (KitException | IOException e) {
      return unreadable("", e);
    }
    try {
      return rules(file).decide(job, decisions.isApproved(job));
    } catch (YamlException e) {
      return unreadable(file.sha256(), e);
    }
  }

  private static JobDecision unreadable(String sha256, Exception e) {
    return new JobDecision.Declined(
        sha256, UNREADABLE + ", so it runs nothing", String.valueOf(e.getMessage()));
  }

  /// A job was let in: its tasks may be asked for.
  public void letIn(SignedJob job) {
    jobs.put(job.id(), job);
  }

  /// A job has ended: its tasks may be asked for no more.
  public void forget(JobId job) {
    jobs.remove(job);
    synchronized (this) {
      seen.remove(job);
      begun.remove(job);
    }
    // Another job may have its place.
    changes.happened();
  }

  /// Tells whoever waits for another decision when something it rests on has changed.
  public Changes changes() {
    return changes;
  }

  /// SHA-256 of the site's file; empty if it cannot be read.
  public String fileSha256() {
    try {
      return OwnersFile.read(path).sha256();
    } catch (KitException | IOException _) {
      return "";
    }
  }

  /// Why the site's file allows nothing; empty if it can be read.
  public Optional<String> fileTrouble() {
    try {
      var _ = rules(OwnersFile.read(path));
      return Optional.empty();
    } catch (KitException | YamlException | IOException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /// What jobs may use, all together.
  public Machine offered() {
    try {
      return rules(OwnersFile.read(path)).offered();
    } catch (KitException | YamlException | IOException _) {
      return new Machine(List.of(), 0, 0);
    }
  }

  /// What the server is told that this site offers.
  public SiteCapacity capacity() {
    try {
      var rules = rules(OwnersFile.read(path));
      var offered = rules.offered();
      return new SiteCapacity(
          offered.gpus().size(),
          offered.cpuThreads(),
          offered.memoryBytes(),
          rules.file().resources().maxJobs(),
          closure(rules.file().hours()));
    } catch (KitException | YamlException | IOException _) {
      return new SiteCapacity(
          0,
          0,
          0,
          0,
          Optional.of(
              new SiteCapacity.Closure(
                  SiteCapacity.Cause.POLICY,
                  UNREADABLE + ", so it runs nothing",
                  Optional.empty())));
    }
  }

  private Optional<SiteCapacity.Closure> closure(OpeningHours hours) {
    if (decisions.pausedBy().isPresent()) {
      return Optional.of(
          new SiteCapacity.Closure(
              SiteCapacity.Cause.PAUSED, "site " + site + " is paused", Optional.empty()));
    }
    var now = clock.instant();
    return hours.isOpen(now)
        ? Optional.empty()
        : Optional.of(
            new SiteCapacity.Closure(
                SiteCapacity.Cause.HOURS,
                "site " + site + " begins tasks at " + hours.nextOpening(now),
                Optional.of(now.plus(hours.untilOpen(now)))));
  }

  /// Waits for another decision: until something has changed, or the site opens.
  @Override
  public void await(long seen) throws InterruptedException {
    var until =
        capacity()
            .closure()
            .flatMap(SiteCapacity.Closure::until)
            .map(end -> Duration.between(clock.instant(), end).plusMillis(1))
            .filter(wait -> wait.compareTo(LONGEST_WAIT) < 0);
    changes.await(seen, until.orElse(LONGEST_WAIT));
  }

  @Override
  public long changeCount() {
    return changes.count();
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
    var decision = decide(signed);
    return switch (decision) {
      case JobDecision.Permitted(_, _, var dataset) -> placed(signed, dataset, decision.basis());
      case JobDecision.AwaitsApproval(_, var reason, _) -> new Held(reason);
      case JobDecision.Declined(_, var reason, _) -> new Declined(reason, decision.basis());
    };
  }

  /// Keeps to the hours, and to the number of jobs at once.
  private Decision placed(SignedJob job, Optional<Path> dataset, PolicyBasis basis) {
    var capacity = capacity();
    if (capacity.closure().isPresent()) {
      return new Held(capacity.closure().get().reason());
    }
    synchronized (this) {
      if (!begun.contains(job.id()) && begun.size() >= capacity.maxJobs()) {
        return new Held("site " + site + " takes part in " + capacity.maxJobs() + " jobs at once");
      }
      begun.add(job.id());
    }
    return new Permitted(dataset, basis);
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

  @Override
  public Arguments settings(AlgorithmDefinition algorithm) {
    if (!algorithm.type().equals(AlgorithmDefinition.BUNDLE)) {
      return Arguments.none();
    }
    var name = String.valueOf(Path.of(algorithm.code().orElseThrow()).getFileName());
    try {
      return rules(OwnersFile.read(path))
          .file()
          .bundle(name.replaceFirst("\\.zip$", ""))
          .map(settings -> new Arguments(settings.values()))
          .orElseGet(Arguments::none);
    } catch (KitException | YamlException | IOException _) {
      // Nothing runs by a file that cannot be read.
      return Arguments.none();
    }
  }

  @Override
  public Optional<Path> samples(JobId job) {
    try {
      return rules(OwnersFile.read(path)).file().samples().map(all -> all.resolve(job.value()));
    } catch (KitException | YamlException | IOException _) {
      // As above.
      return Optional.empty();
    }
  }

  @Override
  public List<UpdateFilter> after(JobDefinition job) throws FilterRefusalException {
    return readable().filters(job);
  }

  @Override
  public TaskLimits limits(JobDefinition job) {
    try {
      return readable().limits(job);
    } catch (FilterRefusalException _) {
      // Whoever asks whether the job may run is told why not; until then the narrowest holds.
      return new TaskLimits(
          Duration.ofSeconds(1), Optional.of(new TaskLimits.Confinement(1L << 20, 16)));
    }
  }

  private SiteRules readable() throws FilterRefusalException {
    try {
      return rules(OwnersFile.read(path));
    } catch (KitException | YamlException | IOException e) {
      LOG.atWarn().setCause(e).log("the site's policy cannot be read");
      throw new FilterRefusalException(UNREADABLE);
    }
  }

  private SiteRules rules(OwnersFile file) throws YamlException {
    var known = latest;
    if (known != null && known.sha256().equals(file.sha256())) {
      return known;
    }
    var rules =
        new SiteRules(file.sha256(), SitePolicyFile.of(file), site, organization, sandbox, machine);
    latest = rules;
    return rules;
  }
}
