package org.wardfl.server;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.job.PackageReference;
import org.wardfl.proto.task.DesiredState;
import org.wardfl.proto.task.ObservedState;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.proto.task.TaskKey;
import org.wardfl.proto.task.TaskOutcome;
import org.wardfl.proto.task.Verdict;
import org.wardfl.server.job.Answer;
import org.wardfl.server.job.Command;
import org.wardfl.server.job.Effect;
import org.wardfl.server.job.JobEngine;
import org.wardfl.server.job.JobEvent;
import org.wardfl.server.job.JobState;
import org.wardfl.server.result.RunRecord;
import org.wardfl.server.schedule.QueuedJob;
import org.wardfl.server.schedule.Schedule;
import org.wardfl.server.store.BlobStore;
import org.wardfl.server.store.EventStore;

/// The server's domain: takes jobs, tells sites what to do, takes their answers, makes models of
/// them.
///
/// Each job has one writer at a time: a command is decided, its events are made durable, then
/// applied, then followed by their effects. Methods are safe for many threads; those named after a
/// site must be called with the identity of the channel.
public final class Coordinator implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Coordinator.class);
  private static final Duration RETRY = Duration.ofSeconds(10);

  private final long epoch;
  private final BlobStore blobs;
  private final InstantSource clock;
  private final ExecutorService arithmetic;
  private final Background background;
  private final JobTable jobs = new JobTable();
  private final SiteDesks desks = new SiteDesks();
  private final JobJournal journal;
  private final JobResults results;
  private final DeliveryCheck check;
  private final Reducer reducer;
  private final JobListener listener;
  private final JobQueue queue;

  /// A coordinator over stores that it does not close.
  public Coordinator(
      ServerConfig config,
      EventStore events,
      BlobStore blobs,
      InstantSource clock,
      Alarm alarm,
      JobListener listener,
      RunRecord.Environment environment) {
    this.epoch = config.epoch();
    this.blobs = blobs;
    this.clock = clock;
    this.arithmetic =
        Executors.newFixedThreadPool(
            config.aggregationThreads(),
            Thread.ofPlatform().daemon().name("aggregation-", 0).factory());
    this.background = new Background(alarm);
    this.journal = new JobJournal(events, epoch);
    this.results = new JobResults(config.data().resolve("results"), blobs, environment);
    this.check = new DeliveryCheck(blobs, config);
    this.reducer = new Reducer(blobs, config, arithmetic);
    this.listener = listener;
    this.queue =
        new JobQueue(
            new JobQueue.World(
                jobs::queued, site -> desks.of(site).view(), this::carryOut, listener::waits),
            config.maxJobs(),
            clock,
            alarm,
            background::later);
  }

  /// Takes up every job that the event store knows, as if nothing had happened, and deletes the
  /// files that none of them needs. Only before anything else uses the stores.
  ///
  /// @throws IOException if a stream cannot be read, is damaged or was written by a later version
  public void recover() throws IOException {
    for (var run : journal.replay()) {
      if (run.deleted) {
        jobs.delete(run.id());
        results.delete(run.id());
      } else {
        jobs.add(run);
      }
    }
    blobs.retain(jobs.files());
    for (var file : blobs.missing(jobs.files(results::isUnwritten))) {
      LOG.atError().addKeyValue("file", file).log("a file that a job needs is not in the store");
    }
    var bySubmission = Comparator.<JobRun, Instant>comparing(run -> run.submitted.at());
    jobs.all().stream().sorted(bySubmission).forEach(this::takeUp);
    queue.look();
  }

  /// Takes a job; it starts at once if nothing stands against that. Submitting the same job again
  /// changes nothing.
  ///
  /// @throws IOException if the submission cannot be made durable; then there is no such job
  public void submit(NewJob submission) throws IOException {
    if (jobs.find(submission.id()).filter(JobRun::isDurable).isPresent()) {
      return;
    }
    var submitted =
        new JobEvent.Submitted(
            submission.id(),
            submission.definition(),
            submission.submitter(),
            submission.initialModel(),
            submission.jobPackage(),
            clock.instant());
    var run = new JobRun(submitted);
    var claims = run.live().stream().map(blobs::claim).toList();
    try {
      for (var file : run.live()) {
        blobs.require(file);
      }
      submit(run);
    } finally {
      claims.forEach(BlobStore.Claim::close);
    }
    queue.lookNow();
  }

  /// How a job that has not ended stands: what it waits for, and how each site stands to it; empty
  /// if nobody has looked yet.
  public Optional<Schedule.Standing> standing(JobId id) {
    return queue.standing(id);
  }

  /// A site tells what it does, offers and has decided.
  public void observed(SiteName site, ObservedState state) {
    if (desks.of(site).observed(state)) {
      queue.look();
    }
  }

  /// Asks nothing of a site any more, or again.
  ///
  /// @param why one sentence; empty for again
  public void disable(SiteName site, Optional<String> why) {
    desks.of(site).disable(why);
    queue.look();
  }

  /// Rises with every start of the server; in every answer, so that a replaced server is noticed.
  public long epoch() {
    return epoch;
  }

  /// What a site should be doing.
  public DesiredState desired(SiteName site) {
    return desks.of(site).desired(epoch);
  }

  /// A site is there; the action runs whenever its desired state changes, and must not block.
  ///
  /// @return to be run when the site is away; its tasks wait for it. Does nothing once the site has
  ///   connected anew.
  public Runnable connect(SiteName site, Runnable onChange) {
    var desk = desks.of(site);
    long connection = desk.connect(onChange);
    onChange.run();
    queue.look();
    return () -> {
      desk.disconnect(connection);
      queue.look();
    };
  }

  /// Whether a site is connected.
  public boolean isConnected(SiteName site) {
    return desks.of(site).isConnected();
  }

  /// Whether the answer to this task is still waited for, so that its file is worth sending.
  public boolean awaits(TaskKey key) {
    return desks.of(key.site()).awaits(key);
  }

  /// Whether a site needs a file: a model of its tasks, or the package of a job that it takes part
  /// in.
  public boolean needs(SiteName site, ModelHash file) {
    return desks.of(site).needs(file);
  }

  /// The signed package that a job came with; empty if there is no such job or nobody signed it.
  public Optional<PackageReference> packageOf(JobId id) {
    return jobs.find(id).filter(JobRun::isDurable).flatMap(run -> run.submitted.jobPackage());
  }

  /// The study that a job belongs to; empty if there is no such job.
  public Optional<String> studyOf(JobId id) {
    return jobs.find(id).map(run -> run.submitted.definition().study());
  }

  /// Every file that a job still needs: packages, models, accepted updates. All others may go.
  public Set<ModelHash> files() {
    return jobs.files();
  }

  /// Needs the models of jobs no longer that ended before a time: their results have them.
  public void release(Instant endedBefore) {
    for (var run : jobs.all()) {
      run.lock.lock();
      try {
        var finished = results.record(run).finished();
        run.released |=
            finished.isPresent()
                && finished.get().isBefore(endedBefore)
                && !results.isUnwritten(run);
      } finally {
        run.lock.unlock();
      }
    }
  }

  /// The jobs that are known, by their ids, the earliest submission first.
  public List<RunRecord> jobs() {
    return jobs.all().stream()
        .map(results::record)
        .sorted(Comparator.comparing(RunRecord::submitted).thenComparing(job -> job.id().value()))
        .toList();
  }

  /// The jobs that have not ended.
  public Set<JobId> running() {
    return jobs.queued().stream().map(QueuedJob::id).collect(Collectors.toSet());
  }

  /// A model or update as an immutable file.
  ///
  /// @throws IOException if it is not here
  public Path fetch(ModelHash model) throws IOException {
    return blobs.require(model);
  }

  /// Takes a site's answer to a task; the file that it names is in the blob store already.
  ///
  /// @param site the identity of the channel
  /// @throws MissingFileException if that is not so
  /// @throws IOException if the answer cannot be checked or made durable; the site delivers it
  ///   again
  public Verdict deliver(SiteName site, TaskKey key, TaskOutcome outcome) throws IOException {
    if (!site.equals(key.site())) {
      return new Verdict.Refused(site + " delivered a task of " + key.site());
    }
    var known = jobs.find(key.job());
    if (known.isEmpty()) {
      return new Verdict.Obsolete("job " + key.job() + " is not known here");
    }
    var run = known.get();
    Optional<TaskAssignment> task;
    run.lock.lock();
    try {
      var earlier = run.history.answer(key);
      if (earlier.isPresent()) {
        return repeated(earlier.get(), outcome);
      }
      task = run.openTask(key);
    } finally {
      run.lock.unlock();
    }
    if (task.isEmpty()) {
      return new Verdict.Obsolete(
          "nobody waits for round " + key.round() + " of job " + key.job() + " any more");
    }
    try (var _ = claim(outcome)) {
      var answer = check.check(task.get(), run.state.definition(), run.workflow(), outcome);
      record(run, new Command.Answered(key, answer));
    }
    run.lock.lock();
    try {
      return run.history
          .answer(key)
          .map(found -> repeated(found, outcome))
          .orElseGet(() -> new Verdict.Obsolete("the round was closed in the meantime"));
    } finally {
      run.lock.unlock();
    }
  }

  /// Ends a job; does nothing if it has ended.
  ///
  /// @param by the certified name of the person who wants it, if one does
  /// @throws IOException if the end cannot be made durable
  public void abort(JobId id, Optional<String> by) throws IOException {
    var run = jobs.find(id);
    if (run.isPresent()) {
      tell(run.get(), new Command.Abort(by));
    }
  }

  /// Deletes the results of a job that has ended; from then on it is not known here, and its id is
  /// never taken again.
  ///
  /// @param by the certified name of the person who wants it
  /// @return whether it was done: there is such a job, it has ended, and its results were written
  /// @throws IOException if it cannot be made durable; then nothing was deleted
  public boolean delete(JobId id, String by) throws IOException {
    var run = jobs.find(id);
    return run.isPresent() && delete(run.get(), by);
  }

  /// Whether a job of this id was deleted.
  public boolean isDeleted(JobId id) {
    return jobs.isDeleted(id);
  }

  /// Everything about a job, if it is known.
  public Optional<RunRecord> show(JobId id) {
    return jobs.find(id).map(results::record);
  }

  /// Waits until a job has ended and its results are written.
  ///
  /// @return its record
  /// @throws IOException if an event or a result could not be written; what is durable is unharmed
  /// @throws InterruptedException if the thread is interrupted
  public RunRecord await(JobId id) throws IOException, InterruptedException {
    jobs.find(id)
        .orElseThrow(() -> new IllegalArgumentException("job " + id + " is not known here"))
        .await();
    return show(id).orElseThrow();
  }

  /// Where a job's result files are written.
  public Path results(JobId id) {
    return results.folder(id);
  }

  @Override
  public void close() {
    queue.close();
    jobs.all().forEach(run -> run.cancelAlarm.run());
    background.close();
    arithmetic.shutdownNow();
  }

  private BlobStore.Claim claim(TaskOutcome outcome) {
    return JobRun.file(outcome).map(blobs::claim).orElse(() -> {});
  }

  private static Verdict repeated(Answer answer, TaskOutcome outcome) {
    return switch (answer) {
      case Answer.Accepted(var accepted, _) ->
          accepted.equals(outcome)
              ? new Verdict.Accepted()
              : new Verdict.Obsolete("another result of this task was accepted before");
      case Answer.Refused(var reason) -> new Verdict.Refused(reason);
      case Answer.Failed _, Answer.Declined _ -> new Verdict.Accepted();
    };
  }

  /// Takes up a job that was replayed, as if nothing had happened; writes the results of one that
  /// has ended before it returns.
  private void takeUp(JobRun run) {
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
  private void submit(JobRun run) throws IOException {
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
  private void carryOut(Schedule.Order order) {
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
  private void tell(JobRun run, Command command) throws IOException {
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
  private void record(JobRun run, Command command) throws IOException {
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
  private boolean delete(JobRun run, String by) throws IOException {
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
      queue.look();
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
      if (run.obstacle != null) {
        run.obstacle = null;
        run.ended = new CountDownLatch(1);
      }
      carryOut(run);
    } finally {
      run.lock.unlock();
    }
    queue.look();
  }

  private void finish(JobRun run) {
    try {
      // What was deleted in the meantime is not written anew.
      results.write(jobs.find(run.id()).orElseThrow());
    } catch (IOException e) {
      LOG.atError().addKeyValue("job", run.id()).setCause(e).log("results could not be written");
      stopWithoutRecord(run, e);
    } catch (RuntimeException e) {
      // Trying again would not help; whoever waits must not wait for ever.
      LOG.atError().addKeyValue("job", run.id()).setCause(e).log("results could not be made");
    }
    desks.end(run.submitted);
    run.ended().countDown();
    queue.look();
  }
}
