package org.wardfl.server;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.proto.WireException;
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
import org.wardfl.server.report.Report;
import org.wardfl.server.result.ResultFiles;
import org.wardfl.server.result.RunRecord;
import org.wardfl.server.schedule.QueuedJob;
import org.wardfl.server.schedule.Schedule;
import org.wardfl.server.store.BlobStore;
import org.wardfl.server.store.EventStore;
import org.wardfl.server.store.JobEventCodec;

/// The server's domain: takes jobs, tells sites what to do, takes their answers, makes models of
/// them.
///
/// Each job has one writer at a time: a command is decided, its events are made durable, then
/// applied, then followed by their effects. Methods are safe for many threads; those named after a
/// site must be called with the identity of the channel.
public final class Coordinator implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Coordinator.class);
  private static final Duration RETRY = Duration.ofSeconds(10);

  private final ServerConfig config;
  private final EventStore events;
  private final BlobStore blobs;
  private final InstantSource clock;
  private final Alarm alarm;
  private final JobListener listener;
  private final RunRecord.Environment environment;
  private final DeliveryCheck check;
  private final Reducer reducer;
  private final ExecutorService arithmetic;
  private final ExecutorService effects = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<JobId, JobRun> jobs = new ConcurrentHashMap<>();
  private final Set<JobId> deleted = ConcurrentHashMap.newKeySet();
  private final Map<SiteName, SiteDesk> desks = new ConcurrentHashMap<>();
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
    this.config = config;
    this.events = events;
    this.blobs = blobs;
    this.clock = clock;
    this.alarm = alarm;
    this.listener = listener;
    this.environment = environment;
    this.arithmetic =
        Executors.newFixedThreadPool(
            config.aggregationThreads(),
            Thread.ofPlatform().daemon().name("aggregation-", 0).factory());
    this.check = new DeliveryCheck(blobs, config);
    this.reducer = new Reducer(blobs, config, arithmetic);
    this.queue =
        new JobQueue(
            new JobQueue.World(
                this::queued, site -> desk(site).view(), this::carryOut, listener::waits),
            config.maxJobs(),
            clock,
            alarm,
            this::later);
  }

  /// Takes up every job that the event store knows, as if nothing had happened, and deletes the
  /// files that none of them needs. Only before anything else uses the stores.
  ///
  /// @throws IOException if a stream cannot be read, is damaged or was written by a later version
  public void recover() throws IOException {
    for (var stream : events.streams()) {
      if (stream.startsWith(JobRun.STREAM)) {
        var run = replay(stream);
        if (run.deleted) {
          deleted.add(run.id());
          new ResultFiles(results(run.id())).delete();
        } else {
          jobs.put(run.id(), run);
        }
      }
    }
    var needed = files();
    blobs.retain(needed);
    for (var file : blobs.missing(files(this::isUnwritten))) {
      LOG.atError().addKeyValue("file", file).log("a file that a job needs is not in the store");
    }
    var bySubmission = Comparator.<JobRun, Instant>comparing(run -> run.submitted.at());
    for (var run : jobs.values().stream().sorted(bySubmission).toList()) {
      if (run.state.status().isEnded()) {
        finish(run);
      } else {
        run.lock.lock();
        try {
          begin(run);
          run.taken.forEach(site -> desk(site).take(run.id()));
          giveTasks(run);
          carryOut(run);
        } finally {
          run.lock.unlock();
        }
      }
    }
    queue.look();
  }

  /// Takes a job; it starts at once if nothing stands against that. Submitting the same job again
  /// changes nothing.
  ///
  /// @throws IOException if the submission cannot be made durable; then there is no such job
  public void submit(NewJob submission) throws IOException {
    if (Optional.ofNullable(jobs.get(submission.id())).filter(JobRun::isDurable).isPresent()) {
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

  private void submit(JobRun run) throws IOException {
    var id = run.id();
    run.lock.lock();
    try {
      var other = jobs.putIfAbsent(id, run);
      if (other != null) {
        if (!other.isDurable()) {
          throw new IOException(
              "job " + id + " was submitted at the same time, and is not durable");
        }
        return;
      }
      try {
        append(run, 0, List.of(JobEventCodec.toBytes(run.submitted)));
        run.durable = true;
      } catch (IOException e) {
        jobs.remove(id);
        throw e;
      }
      listener.happened(id, run.submitted, run.state);
      begin(run);
    } finally {
      run.lock.unlock();
    }
  }

  private void begin(JobRun run) {
    var submitted = run.submitted;
    for (var site : submitted.definition().sites()) {
      desk(site).begin(run.id(), submitted.definition(), submitted.jobPackage());
    }
  }

  private List<QueuedJob> queued() {
    var queued = new ArrayList<QueuedJob>();
    for (var run : jobs.values()) {
      run.lock.lock();
      try {
        // One whose submission is not durable yet has no events to follow.
        if (!run.state.status().isEnded() && run.durable) {
          queued.add(run.queued());
        }
      } finally {
        run.lock.unlock();
      }
    }
    return queued;
  }

  private void carryOut(Schedule.Order order) {
    var run = jobs.get(order.job());
    if (run == null) {
      return;
    }
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
      return run.state.open().stream()
          .filter(round -> !round.closed())
          .flatMap(round ->
              round.plan().tasks().stream()
                  .map(TaskAssignment::key)
                  .filter(key -> key.site().equals(site) && !round.answers().containsKey(key)))
          .toList();
    } finally {
      run.lock.unlock();
    }
  }

  /// How a job that has not ended stands: what it waits for, and how each site stands to it; empty
  /// if nobody has looked yet.
  public Optional<Schedule.Standing> standing(JobId id) {
    return queue.standing(id);
  }

  /// A site tells what it does, offers and has decided.
  public void observed(SiteName site, ObservedState state) {
    if (desk(site).observed(state)) {
      queue.look();
    }
  }

  /// Asks nothing of a site any more, or again.
  ///
  /// @param why one sentence; empty for again
  public void disable(SiteName site, Optional<String> why) {
    desk(site).disable(why);
    queue.look();
  }

  /// Rises with every start of the server; in every answer, so that a replaced server is noticed.
  public long epoch() {
    return config.epoch();
  }

  /// What a site should be doing.
  public DesiredState desired(SiteName site) {
    return desk(site).desired(config.epoch());
  }

  /// A site is there; the action runs whenever its desired state changes, and must not block.
  ///
  /// @return to be run when the site is away; its tasks wait for it. Does nothing once the site has
  ///   connected anew.
  public Runnable connect(SiteName site, Runnable onChange) {
    var desk = desk(site);
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
    return desk(site).isConnected();
  }

  /// Whether the answer to this task is still waited for, so that its file is worth sending.
  public boolean awaits(TaskKey key) {
    return desk(key.site()).awaits(key);
  }

  /// Whether a site needs a file: a model of its tasks, or the package of a job that it takes part
  /// in.
  public boolean needs(SiteName site, ModelHash file) {
    return desk(site).needs(file);
  }

  /// The signed package that a job came with; empty if there is no such job or nobody signed it.
  public Optional<PackageReference> packageOf(JobId id) {
    return Optional.ofNullable(jobs.get(id))
        .filter(JobRun::isDurable)
        .flatMap(run -> run.submitted.jobPackage());
  }

  /// The study that a job belongs to; empty if there is no such job.
  public Optional<String> studyOf(JobId id) {
    return Optional.ofNullable(jobs.get(id)).map(run -> run.submitted.definition().study());
  }

  /// Every file that a job still needs: packages, models, accepted updates. All others may go.
  public Set<ModelHash> files() {
    return files(_ -> true);
  }

  private Set<ModelHash> files(Predicate<JobRun> of) {
    var files = new HashSet<ModelHash>();
    for (var run : jobs.values()) {
      run.lock.lock();
      try {
        if (of.test(run)) {
          files.addAll(run.live());
        }
      } finally {
        run.lock.unlock();
      }
    }
    return files;
  }

  private boolean isUnwritten(JobRun run) {
    return !run.state.status().isEnded() || !new ResultFiles(results(run.id())).isComplete();
  }

  /// Needs the models of jobs no longer that ended before a time: their results have them.
  public void release(Instant endedBefore) {
    for (var run : jobs.values()) {
      run.lock.lock();
      try {
        var finished = run.history.record(environment).finished();
        run.released |=
            finished.isPresent() && finished.get().isBefore(endedBefore) && !isUnwritten(run);
      } finally {
        run.lock.unlock();
      }
    }
  }

  /// The jobs that are known, by their ids, the earliest submission first.
  public List<RunRecord> jobs() {
    return jobs.keySet().stream()
        .map(this::show)
        .flatMap(Optional::stream)
        .sorted(Comparator.comparing(RunRecord::submitted).thenComparing(job -> job.id().value()))
        .toList();
  }

  /// The jobs that have not ended.
  public Set<JobId> running() {
    return queued().stream().map(QueuedJob::id).collect(Collectors.toSet());
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
    var run = jobs.get(key.job());
    if (run == null) {
      return new Verdict.Obsolete("job " + key.job() + " is not known here");
    }
    Optional<TaskAssignment> task;
    run.lock.lock();
    try {
      var earlier = run.history.answer(key);
      if (earlier.isPresent()) {
        return repeated(earlier.get(), outcome);
      }
      task = openTask(run, key);
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

  private BlobStore.Claim claim(TaskOutcome outcome) {
    return JobRun.file(outcome).map(blobs::claim).orElse(() -> {});
  }

  private void record(JobRun run, Command command) throws IOException {
    try {
      tell(run, command);
    } catch (IOException e) {
      stopWithoutRecord(run, e);
      throw e;
    }
  }

  /// Ends a job; does nothing if it has ended.
  ///
  /// @param by the certified name of the person who wants it, if one does
  /// @throws IOException if the end cannot be made durable
  public void abort(JobId id, Optional<String> by) throws IOException {
    var run = jobs.get(id);
    if (run != null) {
      tell(run, new Command.Abort(by));
    }
  }

  /// Deletes the results of a job that has ended; from then on it is not known here, and its id is
  /// never taken again.
  ///
  /// @param by the certified name of the person who wants it
  /// @return whether it was done: there is such a job, it has ended, and its results were written
  /// @throws IOException if it cannot be made durable; then nothing was deleted
  public boolean delete(JobId id, String by) throws IOException {
    var run = jobs.get(id);
    if (run == null) {
      return false;
    }
    Set<ModelHash> files;
    run.lock.lock();
    try {
      boolean written = run.ended.getCount() == 0 && run.obstacle == null;
      if (!run.state.status().isEnded() || !written || run.deleted) {
        return false;
      }
      files = run.live();
      var event = new JobEvent.Deleted(by, clock.instant());
      append(run, run.sequence, List.of(JobEventCodec.toBytes(event)));
      run.apply(event);
      deleted.add(id);
      jobs.remove(id);
    } finally {
      run.lock.unlock();
    }
    forget(files);
    new ResultFiles(results(id)).delete();
    return true;
  }

  /// Whether a job of this id was deleted.
  public boolean isDeleted(JobId id) {
    return deleted.contains(id);
  }

  /// Everything about a job, if it is known.
  public Optional<RunRecord> show(JobId id) {
    var run = jobs.get(id);
    if (run == null) {
      return Optional.empty();
    }
    run.lock.lock();
    try {
      return Optional.of(run.history.record(environment));
    } finally {
      run.lock.unlock();
    }
  }

  /// Waits until a job has ended and its results are written.
  ///
  /// @return its record
  /// @throws IOException if an event or a result could not be written; what is durable is unharmed
  /// @throws InterruptedException if the thread is interrupted
  public RunRecord await(JobId id) throws IOException, InterruptedException {
    var run = jobs.get(id);
    if (run == null) {
      throw new IllegalArgumentException("job " + id + " is not known here");
    }
    boolean over = false;
    while (!over) {
      ended(run).await();
      run.lock.lock();
      try {
        if (run.obstacle != null) {
          throw run.obstacle;
        }
        over = run.ended.getCount() == 0;
      } finally {
        run.lock.unlock();
      }
    }
    return show(id).orElseThrow();
  }

  private static CountDownLatch ended(JobRun run) {
    run.lock.lock();
    try {
      return run.ended;
    } finally {
      run.lock.unlock();
    }
  }

  /// Where a job's result files are written.
  public Path results(JobId id) {
    return config.data().resolve("results").resolve(id.value());
  }

  @Override
  public void close() {
    queue.close();
    jobs.values().forEach(run -> run.cancelAlarm.run());
    effects.shutdownNow();
    arithmetic.shutdownNow();
  }

  private SiteDesk desk(SiteName site) {
    return desks.computeIfAbsent(site, _ -> new SiteDesk());
  }

  private static Optional<TaskAssignment> openTask(JobRun run, TaskKey key) {
    return run.state.open().filter(round -> !round.closed()).flatMap(round -> round.task(key));
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

  /// Decides a command, makes its events durable, applies them and carries out what follows.
  private void tell(JobRun run, Command command) throws IOException {
    run.lock.lock();
    try {
      var decided =
          JobEngine.decide(
              run.state, command, clock.instant(), site -> isAvailable(run, command, site));
      if (decided.isEmpty()) {
        return;
      }
      append(run, run.sequence, decided.stream().map(JobEventCodec::toBytes).toList());
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

  private boolean isAvailable(JobRun run, Command command, SiteName site) {
    var desk = desk(site);
    boolean taking = command instanceof Command.Start(_, var sites) && sites.contains(site);
    return desk.isConnected() && (taking || desk.isWorking(run.id()));
  }

  private void append(JobRun run, long sequence, List<byte[]> bytes) throws IOException {
    try {
      events.append(run.stream(), sequence, config.epoch(), bytes);
    } catch (EventStore.StaleWriterException e) {
      throw new IOException("another server has taken over: " + e.getMessage(), e);
    }
  }

  /// Makes an event visible: to the sites, to whoever listens, in the log.
  private void show(JobRun run, JobState before, JobEvent event) {
    switch (event) {
      case JobEvent.SitesTaken(var sites, _) -> sites.forEach(site -> desk(site).take(run.id()));
      case JobEvent.RoundOpened _ -> giveTasks(run);
      case JobEvent.TaskAnswered(var task, _, _) -> desk(task.site()).answered(task);
      case JobEvent.RoundClosed _ ->
          before
              .open()
              .ifPresent(round ->
                  round.plan().tasks().forEach(task -> desk(task.key().site()).withdraw(run.id())));
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
    run.state
        .open()
        .filter(round -> !round.closed())
        .ifPresent(round -> {
          var bySite = new java.util.TreeMap<SiteName, List<TaskAssignment>>();
          for (var task : round.plan().tasks()) {
            if (!round.answers().containsKey(task.key())) {
              bySite.computeIfAbsent(task.key().site(), _ -> new java.util.ArrayList<>()).add(task);
            }
          }
          bySite.forEach((site, tasks) -> desk(site).give(run.id(), tasks));
        });
  }

  // Later, and without the lock of a job: what is needed is asked of all jobs.
  private void forget(Set<ModelHash> superseded) {
    if (superseded.isEmpty()) {
      return;
    }
    later(() -> {
      try {
        blobs.forget(superseded, this::files);
      } catch (IOException e) {
        LOG.atWarn().setCause(e).log("a file that is no longer needed could not be deleted");
      }
    });
  }

  private void later(Runnable effect) {
    try {
      effects.execute(effect);
    } catch (RejectedExecutionException e) {
      LOG.atDebug().setCause(e).log("closing; what is owed is done after the next start");
    }
  }

  /// Carries out what the state asks for; everything here may happen twice without harm.
  private void carryOut(JobRun run) {
    run.cancelAlarm.run();
    run.cancelAlarm = () -> {};
    if (run.state.status().isEnded()) {
      later(() -> finish(run));
      return;
    }
    for (var effect : run.state.effects()) {
      switch (effect) {
        case Effect.WakeAt(var at) -> {
          var earlier = run.cancelAlarm;
          var cancel = alarm.at(at, () -> later(() -> tellLater(run, new Command.TimePassed())));
          run.cancelAlarm =
              () -> {
                earlier.run();
                cancel.run();
              };
        }
        case Effect.Reduce reduce -> {
          if (run.reducing.add(reduce.track())) {
            later(() -> {
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
    later(() -> alarm.at(clock.instant().plus(RETRY), () -> later(() -> goOn(run))));
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
      var record = show(run.id()).orElseThrow();
      var files = new ResultFiles(results(run.id()));
      if (!files.isComplete()) {
        files.write(record, blobs, Report::write);
      }
      release(run, files.released(record, blobs));
    } catch (IOException e) {
      LOG.atError().addKeyValue("job", run.id()).setCause(e).log("results could not be written");
      stopWithoutRecord(run, e);
    } catch (RuntimeException e) {
      // Trying again would not help; whoever waits must not wait for ever.
      LOG.atError().addKeyValue("job", run.id()).setCause(e).log("results could not be made");
    }
    run.submitted.definition().sites().forEach(site -> desk(site).end(run.id()));
    ended(run).countDown();
    queue.look();
  }

  private static void release(JobRun run, Map<ModelHash, ModelHash> released) {
    run.lock.lock();
    try {
      run.history.released(released);
    } finally {
      run.lock.unlock();
    }
  }

  private JobRun replay(String stream) throws IOException {
    try {
      var stored = events.read(stream, 0);
      if (stored.isEmpty()
          || !(JobEventCodec.fromBytes(stored.getFirst())
              instanceof JobEvent.Submitted submitted)) {
        throw new IOException("stream " + stream + " does not begin with a submission");
      }
      var run = new JobRun(submitted);
      run.durable = true;
      for (var bytes : stored.subList(1, stored.size())) {
        run.apply(JobEventCodec.fromBytes(bytes));
      }
      return run;
    } catch (WireException | IllegalStateException e) {
      throw new IOException("stream " + stream + ": " + e.getMessage(), e);
    }
  }
}
