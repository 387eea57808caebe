package org.wardfl.server;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.wardfl.algo.SiteName;
import org.wardfl.proto.job.JobId;
import org.wardfl.server.schedule.QueuedJob;
import org.wardfl.server.schedule.Reservations;
import org.wardfl.server.schedule.Schedule;
import org.wardfl.server.schedule.Scheduler;
import org.wardfl.server.schedule.SiteView;

/// Looks at all jobs and sites when something has changed or is due, and has done what the
/// [Scheduler] orders. Where nothing happens it does nothing.
///
/// Thread-safe. Its lock is taken before that of a job: whoever holds a job's lock asks for a look
/// later.
final class JobQueue {

  private final Supplier<List<QueuedJob>> jobs;
  private final Function<SiteName, SiteView> sites;
  private final Consumer<Schedule.Order> orders;
  private final Consumer<JobId> changed;
  private final int maxJobs;
  private final InstantSource clock;
  private final Alarm alarm;
  private final Consumer<Runnable> later;
  private final AtomicBoolean asked = new AtomicBoolean();
  private volatile Map<JobId, Schedule.Standing> standings = Map.of();
  private Reservations memory = Reservations.NONE;
  private Runnable cancelAlarm = () -> {};
  private Optional<Instant> wakesAt = Optional.empty();

  /// What a queue knows and does.
  ///
  /// @param jobs all that have not ended
  /// @param sites what is known of a site
  /// @param orders carries one out; does not fail
  /// @param changed is told when what a job waits for is new
  record World(
      Supplier<List<QueuedJob>> jobs,
      Function<SiteName, SiteView> sites,
      Consumer<Schedule.Order> orders,
      Consumer<JobId> changed) {}

  /// @param later runs something on another thread
  JobQueue(World world, int maxJobs, InstantSource clock, Alarm alarm, Consumer<Runnable> later) {
    this.jobs = world.jobs();
    this.sites = world.sites();
    this.orders = world.orders();
    this.changed = world.changed();
    this.maxJobs = maxJobs;
    this.clock = clock;
    this.alarm = alarm;
    this.later = later;
  }

  /// Looks soon, on another thread; once for all who ask until it begins.
  void look() {
    if (asked.compareAndSet(false, true)) {
      later.accept(this::lookNow);
    }
  }

  /// Looks, and returns when what follows is done.
  synchronized void lookNow() {
    asked.set(false);
    var schedule = Scheduler.look(jobs.get(), sites, maxJobs, memory, clock.instant());
    memory = schedule.memory();
    var before = standings;
    standings = schedule.standings();
    wake(schedule.lookAgain());
    schedule.orders().forEach(orders);
    schedule
        .standings()
        .forEach((job, standing) -> {
          if (!standing.equals(before.get(job))) {
            changed.accept(job);
          }
        });
  }

  private void wake(Optional<Instant> at) {
    if (at.equals(wakesAt)) {
      return;
    }
    cancelAlarm.run();
    wakesAt = at;
    cancelAlarm =
        at.map(time ->
                alarm.at(
                    time,
                    () -> {
                      synchronized (this) {
                        wakesAt = Optional.empty();
                      }
                      look();
                    }))
            .orElse(() -> {});
  }

  /// How a job stood at the last look; empty if it has ended or was not seen yet.
  Optional<Schedule.Standing> standing(JobId job) {
    return Optional.ofNullable(standings.get(job));
  }

  synchronized void close() {
    cancelAlarm.run();
  }
}
