package org.wardfl.server;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
import org.wardfl.proto.task.TaskKey;
import org.wardfl.proto.task.TaskOutcome;
import org.wardfl.proto.task.Verdict;
import org.wardfl.server.job.Command;
import org.wardfl.server.job.JobEvent;
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

  private final long epoch;
  private final BlobStore blobs;
  private final InstantSource clock;
  private final ExecutorService arithmetic;
  private final Background background;
  private final JobTable jobs = new JobTable();
  private final SiteDesks desks = new SiteDesks();
  private final JobJournal journal;
  private final JobResults results;
  private final JobDriver driver;
  private final AnswerIntake answers;
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
    this.driver =
        new JobDriver(
            jobs,
            journal,
            blobs,
            results,
            desks,
            new Reducer(blobs, config, arithmetic),
            background,
            clock,
            listener,
            this::look);
    this.answers = new AnswerIntake(jobs, driver, new DeliveryCheck(blobs, config), blobs);
    this.queue =
        new JobQueue(
            new JobQueue.World(
                jobs::queued, site -> desks.of(site).view(), driver::carryOut, listener::waits),
            config.maxJobs(),
            clock,
            alarm,
            background::later);
  }

  private void look() {
    queue.look();
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
    jobs.all().stream().sorted(bySubmission).forEach(driver::takeUp);
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
      driver.submit(run);
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
    return answers.take(site, key, outcome);
  }

  /// Ends a job; does nothing if it has ended.
  ///
  /// @param by the certified name of the person who wants it, if one does
  /// @throws IOException if the end cannot be made durable
  public void abort(JobId id, Optional<String> by) throws IOException {
    var run = jobs.find(id);
    if (run.isPresent()) {
      driver.tell(run.get(), new Command.Abort(by));
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
    return run.isPresent() && driver.delete(run.get(), by);
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
}
