package org.wardfl.server;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.proto.task.TaskKey;
import org.wardfl.server.job.Answer;
import org.wardfl.server.job.Command;
import org.wardfl.server.job.Effect;
import org.wardfl.server.job.JobEngine;
import org.wardfl.server.job.JobEvent;
import org.wardfl.server.job.JobState;
import org.wardfl.server.schedule.Schedule;
import org.wardfl.server.store.BlobStore;

/// Drives jobs: decides what they are told, makes the events durable, shows them to sites and
/// listeners, carries out what the new state asks for.
///
/// Thread-safe. A job is told something on the thread of a call, of the queue, or of the
/// background. What follows is done on that thread under the job's lock; what takes long or asks
/// other jobs (reductions, results, files that are no longer needed) is done in the background
/// without it. What cannot be made durable has not happened.
final class JobDriver {

  private static final Logger LOG = LoggerFactory.getLogger(JobDriver.class);
  private static final Duration RETRY = Duration.ofSeconds(10);

  private final JobTable jobs;
  private final JobJournal journal;
  private final BlobStore blobs;
  private final JobResults results;
  private final SiteDesks desks;
  private final Reducer reducer;
  private final Background background;
  private final InstantSource clock;
  private final JobListener listener;
  private final Runnable look;

  /// @param look has the queue look soon, on another thread: it is asked under a job's lock
  JobDriver(
      JobTable jobs,
      JobJournal journal,
      BlobStore blobs,
      JobResults results,
      SiteDesks desks,
      Reducer reducer,
      Background background,
      InstantSource clock,
      JobListener listener,
      Runnable look) {
    this.jobs = jobs;
    this.journal = journal;
    this.blobs = blobs;
    this.results = results;
    this.desks = desks;
    this.reducer = reducer;
    this.background = background;
    this.clock = clock;
    this.listener = listener;
    this.look = look;
  }

  /// Takes up a job that was replayed, as if nothing had happened; writes the results of one that
  /// has ended before it returns.
  void takeUp(JobRun run) {
    if (run.state.status().isEnded()) {
      finish(run);
      return;
    }
    run.lock.lock();
    try {
      desks.begin(run.submitted);
      desks.take(run.id(), run.taken);
      giveTasks(run);
      carryOut(run);
    } finally {
      run.lock.unlock();
    }
  }

  /// Makes a submission durable and puts the job on its sites' desks; changes nothing if there is
  /// such a job. Its files are claimed.
  ///
  /// @throws IOException if the submission cannot be made durable; then there is no such job
  void submit(JobRun run) throws IOException {
    var id = run.id();
    run.lock.lock();
    try {
      var other = jobs.add(run);
      if (other.isPresent()) {
        if (!other.get().isDurable()) {
          throw new IOException(
              "job " + id + " was submitted at the same time, and is not durable");
        }
        return;
      }
      try {
        journal.begin(run.submitted);
        run.durable = true;
      } catch (IOException e) {
        jobs.remove(id);
        throw e;
      }
      listener.happened(id, run.submitted, run.state);
      desks.begin(run.submitted);
    } finally {
      run.lock.unlock();
    }
  }

  /// Carries out what the queue orders, under the queue's lock; does nothing for a job that is
  /// gone. Does not fail: what cannot be made durable stops the job for a while.
  void carryOut(Schedule.Order order) {
    var known = jobs.find(order.job());
    if (known.isEmpty()) {
      return;
    }
    var run = known.get();
    switch (order) {
      case Schedule.Begin(_, var sites) ->
          tellLater(run, new Command.Start(run.submitted.initialModel(), sites));
      case Schedule.Join(_, var sites) -> tellLater(run, new Command.Join(sites));
      case Schedule.GiveUp(_, var failure) -> tellLater(run, new Command.GiveUp(failure));
      case Schedule.Excuse(_, var site, var reason) -> {
        for (var key : asked(run, site)) {
          tellLater(run, new Command.Answered(key, new Answer.Declined(reason)));
        }
      }
    }
  }

  private static List<TaskKey> asked(JobRun run, SiteName site) {
    run.lock.lock();
    try {
      return run.openRound().stream()
          .flatMap(round ->
              round.plan().tasks().stream()
                  .map(TaskAssignment::key)
                  .filter(key -> key.site().equals(site) && !round.answers().containsKey(key)))
          .toList();
    } finally {
      run.lock.unlock();
    }
  }

  /// Decides a command, makes its events durable, applies them and carries out what follows.
  ///
  /// @throws IOException if an event cannot be made durable; then nothing has happened
  void tell(JobRun run, Command command) throws IOException {
    run.lock.lock();
    try {
      var decided =
          JobEngine.decide(
              run.state, command, clock.instant(), site -> isAvailable(run, command, site));
      if (decided.isEmpty()) {
        return;
      }
      journal.append(run, decided);
      for (var event : decided) {
        var before = run.state;
        run.apply(event);
        show(run, before, event);
      }
      carryOut(run);
    } finally {
      run.lock.unlock();
    }
  }

  /// Tells a job what its site would tell again; where that cannot be written, the job stops for
  /// whoever waits for its end.
  ///
  /// @throws IOException if an event cannot be made durable; then nothing has happened
  void record(JobRun run, Command command) throws IOException {
    try {
      tell(run, command);
    } catch (IOException e) {
      stopWithoutRecord(run, e);
      throw e;
    }
  }

  /// Deletes a job that has ended, if its results were written, with its results and the files that
  /// no other job needs.
  ///
  /// @return whether it was done
  /// @throws IOException if it cannot be made durable; then nothing was deleted
  boolean delete(JobRun run, String by) throws IOException {
    Set<ModelHash> files;
    run.lock.lock();
    try {
      boolean written = run.ended.getCount() == 0 && run.obstacle == null;
      if (!run.state.status().isEnded() || !written || run.deleted) {
        return false;
      }
      files = run.live();
      var event = new JobEvent.Deleted(by, clock.instant());
      journal.append(run, List.of(event));
      run.apply(event);
      jobs.delete(run.id());
    } finally {
      run.lock.unlock();
    }
    forget(files);
    results.delete(run.id());
    return true;
  }

  private boolean isAvailable(JobRun run, Command command, SiteName site) {
    var desk = desks.of(site);
    boolean taking = command instanceof Command.Start(_, var sites) && sites.contains(site);
    return desk.isConnected() && (taking || desk.isWorking(run.id()));
  }

  /// Makes an event visible: to the sites, to whoever listens, in the log.
  private void show(JobRun run, JobState before, JobEvent event) {
    switch (event) {
      case JobEvent.SitesTaken(var sites, _) -> desks.take(run.id(), sites);
      case JobEvent.RoundOpened _ -> giveTasks(run);
      case JobEvent.TaskAnswered(var task, _, _) -> desks.of(task.site()).answered(task);
      case JobEvent.RoundClosed _ ->
          before.open().ifPresent(round -> desks.withdraw(run.id(), round));
      case JobEvent.Submitted _,
          JobEvent.Started _,
          JobEvent.ModelPublished _,
          JobEvent.UpdatesCompared _,
          JobEvent.BestModelChosen _,
          JobEvent.Ended _,
          JobEvent.Deleted _ -> {
        // An end is told to the sites once the results are written.
      }
    }
    if (run.isPartial()) {
      // A site that is not in it may have to be excused now.
      look.run();
    }
    forget(run.superseded(before));
    listener.happened(run.id(), event, run.state);
  }

  private void giveTasks(JobRun run) {
    run.openRound().ifPresent(round -> desks.give(run.id(), round));
  }

  // Later, and without the lock of a job: what is needed is asked of all jobs.
  private void forget(Set<ModelHash> superseded) {
    if (superseded.isEmpty()) {
      return;
    }
    background.later(() -> {
      try {
        blobs.forget(superseded, jobs::files);
      } catch (IOException e) {
        LOG.atWarn().setCause(e).log("a file that is no longer needed could not be deleted");
      }
    });
  }

  /// Carries out what the state asks for; everything here may happen twice without harm.
  private void carryOut(JobRun run) {
    run.cancelAlarm.run();
    run.cancelAlarm = () -> {};
    if (run.state.status().isEnded()) {
      background.later(() -> finish(run));
      return;
    }
    for (var effect : run.state.effects()) {
      switch (effect) {
        case Effect.WakeAt(var at) -> {
          var earlier = run.cancelAlarm;
          var cancel = background.at(at, () -> tellLater(run, new Command.TimePassed()));
          run.cancelAlarm =
              () -> {
                earlier.run();
                cancel.run();
              };
        }
        case Effect.Reduce reduce -> {
          if (run.reducing.add(reduce.track())) {
            background.later(() -> {
              var reduced = reduce(run, reduce);
              run.lock.lock();
              try {
                run.reducing.remove(reduce.track());
              } finally {
                run.lock.unlock();
              }
              if (reduced.isPresent()) {
                try (var _ = reduced.get().claim()) {
                  tellLater(run, reduced.get().command());
                }
              }
            });
          }
        }
      }
    }
  }

  private Optional<Reducer.Reduced> reduce(JobRun run, Effect.Reduce reduce) {
    try {
      return Optional.of(reducer.reduce(reduce));
    } catch (IOException e) {
      LOG.atError().addKeyValue("job", run.id()).setCause(e).log("a model could not be written");
      stopWithoutRecord(run, e);
      return Optional.empty();
    } catch (InterruptedException _) {
      // The server is closing; the reduction is done again after its next start.
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private void tellLater(JobRun run, Command command) {
    try {
      tell(run, command);
    } catch (IOException e) {
      LOG.atError()
          .addKeyValue("job", run.id())
          .setCause(e)
          .log("an event could not be made durable");
      stopWithoutRecord(run, e);
    }
  }

  // Where the server cannot write, it cannot go on; whoever waits must not wait for ever. The job
  // itself is unchanged on the disk, and goes on as soon as it can be written again.
  private void stopWithoutRecord(JobRun run, IOException obstacle) {
    run.lock.lock();
    try {
      run.obstacle = obstacle;
      run.ended.countDown();
    } finally {
      run.lock.unlock();
    }
    background.later(() -> background.at(clock.instant().plus(RETRY), () -> goOn(run)));
  }

  private void goOn(JobRun run) {
    run.lock.lock();
    try {
      // Each write that fails comes back here; once is enough.
      if (run.obstacle == null || run.deleted) {
        return;
      }
      run.obstacle = null;
      run.ended = new CountDownLatch(1);
      carryOut(run);
    } finally {
      run.lock.unlock();
    }
    look.run();
  }

  private void finish(JobRun run) {
    if (jobs.find(run.id()).isEmpty()) {
      // What was deleted in the meantime is not written anew.
      return;
    }
    try {
      results.write(run);
      run.overcome();
    } catch (IOException e) {
      LOG.atError().addKeyValue("job", run.id()).setCause(e).log("results could not be written");
      stopWithoutRecord(run, e);
    } catch (RuntimeException e) {
      // Trying again would not help; whoever waits must not wait for ever.
      LOG.atError().addKeyValue("job", run.id()).setCause(e).log("results could not be made");
    }
    desks.end(run.submitted);
    run.ended().countDown();
    look.run();
  }
}
