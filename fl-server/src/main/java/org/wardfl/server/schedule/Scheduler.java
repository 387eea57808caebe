package org.wardfl.server.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.wardfl.algo.SiteName;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.job.ResourceRequest;
import org.wardfl.proto.job.Submission;
import org.wardfl.proto.task.ObservedState.Decision;
import org.wardfl.proto.task.SiteCapacity;
import org.wardfl.server.job.Failure;
import org.wardfl.server.schedule.SiteStand.Kind;

/// Gives out sites to jobs: first come, first served; a job that cannot begin is overtaken by those
/// behind it that can.
///
/// A job begins when its mandatory sites and at least `min_sites` of all are connected, take it and
/// have free what it asks for; what it takes of a site it has until it ends. Sites that come to
/// stand ready later join it then, as far as their resources reach. While connected sites have not
/// decided about a job that could begin, what it needs is held for it, but not longer than [#HOLD].
/// A job that has waited for nothing but resources for [#PATIENCE] is not overtaken at its sites
/// any more, or small jobs could keep a large one waiting for ever.
///
/// Pure: the same jobs, sites, memory and time give the same schedule.
public final class Scheduler {

  /// How long a job that could begin holds its sites for those that have not decided yet.
  public static final Duration HOLD = Duration.ofSeconds(30);

  /// How long a job that lacks nothing but resources may be overtaken.
  public static final Duration PATIENCE = Duration.ofHours(1);

  private static final int MOST_NAMES = 8;

  private final int maxJobs;
  private final Function<SiteName, SiteView> view;
  private final Reservations before;
  private final Instant now;
  private final Map<SiteName, SiteView> views = new HashMap<>();
  private final Map<SiteName, Room> rooms = new HashMap<>();
  private final List<Schedule.Order> orders = new ArrayList<>();
  private final Map<JobId, Schedule.Standing> standings = new HashMap<>();
  private final Map<JobId, Instant> heldUntil = new HashMap<>();
  private final Map<JobId, Instant> busySince = new HashMap<>();
  private Optional<Instant> lookAgain = Optional.empty();
  private int running;

  private Scheduler(
      int maxJobs, Function<SiteName, SiteView> view, Reservations before, Instant now) {
    this.maxJobs = maxJobs;
    this.view = view;
    this.before = before;
    this.now = now;
  }

  /// One look.
  ///
  /// @param jobs all that have not ended
  /// @param view what is known of a site
  /// @param maxJobs how many may run at once
  /// @param before what the last look remembered
  public static Schedule look(
      List<QueuedJob> jobs,
      Function<SiteName, SiteView> view,
      int maxJobs,
      Reservations before,
      Instant now) {
    var scheduler = new Scheduler(maxJobs, view, before, now);
    var order = Comparator.comparing(QueuedJob::submitted).thenComparing(job -> job.id().value());
    var sorted = jobs.stream().sorted(order).toList();
    var running = sorted.stream().filter(QueuedJob::running).toList();
    // What is taken stays taken, whoever comes first.
    running.forEach(job -> job.taken().forEach(site -> scheduler.take(job, site)));
    running.forEach(scheduler::goOn);
    scheduler.running = running.size();
    sorted.stream().filter(job -> !job.running()).forEach(scheduler::consider);
    return new Schedule(
        scheduler.orders,
        scheduler.standings,
        new Reservations(scheduler.heldUntil, scheduler.busySince),
        scheduler.lookAgain);
  }

  /// Why a site can never have what a job asks for, in words; empty if it can.
  public static Optional<String> shortOf(SiteCapacity capacity, ResourceRequest request) {
    return new Room(capacity).shortOf(request);
  }

  private void goOn(QueuedJob job) {
    var stands = stands(job);
    var joining = with(stands, Kind.READY);
    joining.removeIf(site -> !view(site).tells());
    if (!joining.isEmpty()) {
      joining.forEach(site -> take(job, site));
      orders.add(new Schedule.Join(job.id(), joining));
    }
    excuse(job, stands);
    standings.put(job.id(), new Schedule.Standing(stands, Optional.empty()));
  }

  /// A site that is out answers no task, and one that may join some day keeps nobody waiting when
  /// everybody else has answered and that is enough.
  private void excuse(QueuedJob job, SortedMap<SiteName, SiteStand> stands) {
    var asked = new TreeMap<>(stands);
    asked.keySet().retainAll(job.asked());
    boolean othersAreDone =
        job.enough()
            && asked.values().stream()
                .map(SiteStand::kind)
                .allMatch(kind -> kind.isOut() || kind.isLater());
    asked.forEach((site, stand) -> {
      if (stand.kind().isOut() || othersAreDone) {
        orders.add(
            new Schedule.Excuse(
                job.id(),
                site,
                stand.kind() == Kind.REFUSED
                    ? stand.sentence()
                    : stand.kind().word() + ": " + stand.sentence()));
      }
    });
  }

  private void consider(QueuedJob job) {
    var stands = stands(job);
    var failure = hopeless(job, stands);
    if (failure.isPresent()) {
      orders.add(new Schedule.GiveUp(job.id(), failure.get()));
      standings.put(job.id(), new Schedule.Standing(stands, Optional.empty()));
      return;
    }
    wake(job.deadline());
    var waiting = obstacle(job, stands);
    if (waiting.isEmpty()) {
      var sites = with(stands, Kind.READY);
      sites.forEach(site -> take(job, site));
      sites.removeIf(site -> !view(site).tells());
      orders.add(new Schedule.Begin(job.id(), sites));
      running++;
    }
    standings.put(job.id(), new Schedule.Standing(stands, waiting));
  }

  /// What keeps a job from beginning; holds or sets aside what it is entitled to meanwhile.
  private Optional<String> obstacle(QueuedJob job, SortedMap<SiteName, SiteStand> stands) {
    var ready = with(stands, Kind.READY);
    var undecided = with(stands, Kind.UNDECIDED);
    if (!isQuorum(job, ready)) {
      var busy = with(stands, Kind.BUSY);
      var enough = new TreeSet<>(ready);
      enough.addAll(busy);
      if (isQuorum(job, enough)) {
        waitForOthers(job, enough);
      }
      return Optional.of(words(job, stands, ready.size()));
    }
    if (running >= maxJobs) {
      return Optional.of(
          "the server runs its " + maxJobs + (maxJobs == 1 ? " job" : " jobs") + " at once");
    }
    if (!undecided.isEmpty()) {
      var until = before.heldUntil().getOrDefault(job.id(), now.plus(HOLD));
      heldUntil.put(job.id(), until);
      if (now.isBefore(until)) {
        wake(until);
        running++;
        ready.forEach(site -> take(job, site));
        return Optional.of("the decision of " + names(undecided));
      }
    }
    return Optional.empty();
  }

  private void waitForOthers(QueuedJob job, Set<SiteName> sites) {
    var since = before.busySince().getOrDefault(job.id(), now);
    busySince.put(job.id(), since);
    var overdue = since.plus(PATIENCE);
    if (now.isBefore(overdue)) {
      wake(overdue);
    } else {
      // Nobody behind it may have them; as soon as they are free it begins.
      sites.forEach(site -> take(job, site));
    }
  }

  private Optional<Failure> hopeless(QueuedJob job, SortedMap<SiteName, SiteStand> stands) {
    var lost =
        stands.entrySet().stream()
            .filter(entry -> entry.getValue().kind() == Kind.REFUSED)
            .map(Map.Entry::getKey)
            .toList();
    var mandatory =
        lost.stream().filter(site -> job.definition().mandatorySites().contains(site)).findFirst();
    if (mandatory.isPresent()) {
      return Optional.of(
          failure(
              mandatory.get(), stands, "mandatory site " + mandatory.get() + " does not take it"));
    }
    int possible = stands.size() - lost.size();
    if (possible < job.definition().minSites()) {
      return Optional.of(
          failure(
              lost.getFirst(),
              stands,
              "at most "
                  + possible
                  + " of "
                  + stands.size()
                  + " sites take it; the job needs "
                  + job.definition().minSites()));
    }
    if (!now.isBefore(job.deadline())) {
      return Optional.of(
          new Failure(
              Optional.empty(),
              "deadline",
              "the job could not begin within "
                  + Submission.longestWait(job.definition()).toDays()
                  + " days; it waited for "
                  + words(job, stands, with(stands, Kind.READY).size())));
    }
    return Optional.empty();
  }

  private static Failure failure(
      SiteName site, SortedMap<SiteName, SiteStand> stands, String what) {
    var sentences =
        stands.entrySet().stream()
            .filter(entry -> entry.getValue().kind() == Kind.REFUSED)
            .limit(MOST_NAMES)
            .map(entry -> entry.getKey() + ": " + entry.getValue().sentence())
            .collect(Collectors.joining("; "));
    return new Failure(Optional.of(site), "policy", what + "; " + sentences);
  }

  /// What a job waits for: how many sites are missing, and what each of the missing ones lacks.
  private static String words(QueuedJob job, SortedMap<SiteName, SiteStand> stands, int ready) {
    var parts = new ArrayList<String>();
    parts.add(
        "quorum ("
            + ready
            + " of "
            + stands.size()
            + " sites ready, "
            + job.definition().minSites()
            + " needed"
            + (job.definition().mandatorySites().isEmpty()
                ? ")"
                : ", among them " + names(job.definition().mandatorySites()) + ")"));
    for (var kind : Kind.values()) {
      var sites = with(stands, kind);
      if (!kind.word().isEmpty() && !sites.isEmpty()) {
        parts.add(kind.word() + ": " + names(sites));
      }
    }
    return String.join("; ", parts);
  }

  private static boolean isQuorum(QueuedJob job, Set<SiteName> sites) {
    return sites.size() >= job.definition().minSites()
        && sites.containsAll(job.definition().mandatorySites());
  }

  private SortedMap<SiteName, SiteStand> stands(QueuedJob job) {
    var stands = new TreeMap<SiteName, SiteStand>();
    job.definition().sites().forEach(site -> stands.put(site, stand(job, site)));
    return stands;
  }

  private SiteStand stand(QueuedJob job, SiteName site) {
    var known = view(site);
    if (known.disabled().isPresent()) {
      return new SiteStand(Kind.DISABLED, known.disabled().get());
    }
    if (job.taken().contains(site)) {
      return new SiteStand(Kind.TAKEN, "");
    }
    if (!known.connected()) {
      return new SiteStand(Kind.OFFLINE, "");
    }
    if (known.capacity().isEmpty()) {
      return new SiteStand(Kind.READY, "");
    }
    var decision = known.decisions().get(job.id());
    if (decision != null && decision.decision() == Decision.REFUSED) {
      return new SiteStand(Kind.REFUSED, decision.reason());
    }
    var room = room(site);
    var request = job.definition().resources();
    var lack = room.shortOf(request);
    if (lack.isPresent()) {
      return new SiteStand(Kind.SHORT, lack.get());
    }
    if (known.capacity().get().closure().isPresent()) {
      return closed(known.capacity().get().closure().get());
    }
    if (decision == null) {
      return new SiteStand(Kind.UNDECIDED, "has not said yet whether it takes the job");
    }
    return switch (decision.decision()) {
      case AWAITING_APPROVAL -> new SiteStand(Kind.APPROVAL, decision.reason());
      case PAUSED -> new SiteStand(Kind.PAUSED, decision.reason());
      case ADMITTED, REFUSED ->
          room.busy(request)
              .map(sentence -> new SiteStand(Kind.BUSY, sentence))
              .orElseGet(() -> new SiteStand(Kind.READY, "ready"));
    };
  }

  private static SiteStand closed(SiteCapacity.Closure closure) {
    var kind =
        switch (closure.cause()) {
          case PAUSED -> Kind.PAUSED;
          case HOURS -> Kind.HOURS;
          case POLICY -> Kind.POLICY;
        };
    return new SiteStand(
        kind, closure.reason() + closure.until().map(until -> " (until " + until + ")").orElse(""));
  }

  private SiteView view(SiteName site) {
    return views.computeIfAbsent(site, view);
  }

  private Room room(SiteName site) {
    return rooms.computeIfAbsent(
        site, name -> new Room(view(name).capacity().orElse(SiteCapacity.UNBOUNDED)));
  }

  private void take(QueuedJob job, SiteName site) {
    room(site).take(job.definition().resources());
  }

  private void wake(Instant at) {
    if (lookAgain.isEmpty() || at.isBefore(lookAgain.get())) {
      lookAgain = Optional.of(at);
    }
  }

  private static SortedSet<SiteName> with(SortedMap<SiteName, SiteStand> stands, Kind kind) {
    return stands.entrySet().stream()
        .filter(entry -> entry.getValue().kind() == kind)
        .map(Map.Entry::getKey)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String names(java.util.Collection<SiteName> sites) {
    var some =
        sites.stream().limit(MOST_NAMES).map(SiteName::value).collect(Collectors.joining(", "));
    return sites.size() > MOST_NAMES
        ? some + " and " + (sites.size() - MOST_NAMES) + " more"
        : some;
  }
}
