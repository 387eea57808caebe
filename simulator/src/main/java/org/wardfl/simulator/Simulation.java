package org.wardfl.simulator;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.model.Durability;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.algo.run.Grace;
import org.wardfl.client.audit.SiteAudit;
import org.wardfl.client.host.AlgorithmCatalog;
import org.wardfl.client.host.AlgorithmHost;
import org.wardfl.client.host.InProcessHost;
import org.wardfl.client.host.JobProcessCommand;
import org.wardfl.client.host.JobProcessHost;
import org.wardfl.client.policy.LocalPolicy;
import org.wardfl.client.state.ResultStore;
import org.wardfl.client.task.Permits;
import org.wardfl.client.task.SiteAgent;
import org.wardfl.proto.job.InitialModel;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.job.JobId;
import org.wardfl.server.Alarm;
import org.wardfl.server.Coordinator;
import org.wardfl.server.JobListener;
import org.wardfl.server.NewJob;
import org.wardfl.server.ServerConfig;
import org.wardfl.server.report.Report;
import org.wardfl.server.report.SiteSamples;
import org.wardfl.server.result.RunRecord;
import org.wardfl.server.store.BlobStore;
import org.wardfl.server.store.FileEventStore;

/// One run of a job by a whole federation in this process: the server and the agents that run in
/// production, with calls between them instead of a network, and nothing forced to the disk.
///
/// It is prepared, which checks everything that was given, then run once.
public final class Simulation {

  private final SimulationConfig config;
  private final AlgorithmCatalog catalog;
  private final JobDefinition job;
  private final Map<SiteName, Path> data;
  private final RunFolder folder;
  private final JobId id = new JobId(UUID.randomUUID().toString());
  private Optional<Coordinator> running = Optional.empty();
  private boolean aborted;

  /// What a run came to.
  ///
  /// @param record everything that happened
  /// @param folder where the result files are
  /// @param elapsed from the beginning of the run to the end of the job
  public record Result(RunRecord record, Path folder, Duration elapsed) {}

  private Simulation(
      SimulationConfig config,
      AlgorithmCatalog catalog,
      JobDefinition job,
      Map<SiteName, Path> data,
      RunFolder folder) {
    this.config = config;
    this.catalog = catalog;
    this.job = job;
    this.data = data;
    this.folder = folder;
  }

  /// Reads the job, finds the sites and their data, and makes the run's folder.
  ///
  /// @param catalog the algorithms that jobs may use
  /// @throws SimulationException naming the first thing that is wrong; then nothing was written
  /// @throws IOException if a file cannot be read
  public static Simulation prepare(SimulationConfig config, AlgorithmCatalog catalog)
      throws SimulationException, IOException {
    var plan = SimulationPlan.of(config, catalog);
    var folder = RunFolder.create(config.workspace(), plan.job().name());
    return new Simulation(config, catalog, plan.job(), plan.data(), folder);
  }

  /// The job that will run.
  public JobDefinition job() {
    return job;
  }

  /// Where the results will be.
  public Path folder() {
    return folder.path();
  }

  /// Runs the job to its end.
  ///
  /// @param listener is told what happens
  /// @throws IOException if the workspace cannot be written; then the job has not ended
  /// @throws InterruptedException if the thread is interrupted
  public Result run(JobListener listener) throws IOException, InterruptedException {
    try {
      var ended = federation(listener);
      // No agent is left now that could still write into the folder.
      folder.finish(ended.results());
      samples(ended.record());
      return new Result(ended.record(), folder.path(), ended.elapsed());
    } catch (IOException | RuntimeException | InterruptedException e) {
      abandon(e);
      throw e;
    }
  }

  /// What server and sites kept is of use to nobody now, and may be what fills the disk.
  private void abandon(Exception why) {
    try {
      folder.abandon();
    } catch (IOException e) {
      why.addSuppressed(e);
    }
  }

  /// Only here all sites' folders are on one machine.
  private void samples(RunRecord record) throws IOException {
    var samples = new TreeMap<SiteName, SiteSamples>();
    for (var site : job.sites()) {
      SiteSamples.read(folder.samples(site.value())).ifPresent(kept -> samples.put(site, kept));
    }
    if (!samples.isEmpty()) {
      Report.write(record, samples, folder.path().resolve("report.html"));
    }
  }

  /// The end of a job, before its files are where they stay.
  private record Ended(RunRecord record, Path results, Duration elapsed) {}

  private Ended federation(JobListener listener) throws IOException, InterruptedException {
    long began = System.nanoTime();
    try (var events = new FileEventStore(folder.server().resolve("events"), Durability.NONE);
        var workers = Executors.newVirtualThreadPerTaskExecutor();
        var clockwork = clockwork();
        var host = host()) {
      var blobs = new BlobStore(folder.server().resolve("blobs"), Durability.NONE);
      try (var server =
          new Coordinator(
              ServerConfig.simulation(folder.server(), processors()),
              events,
              blobs,
              InstantSource.system(),
              alarm(clockwork),
              listener,
              config.environment())) {
        var record = run(server, blobs, host, workers);
        return new Ended(record, server.results(id), Duration.ofNanos(System.nanoTime() - began));
      }
    }
  }

  private RunRecord run(
      Coordinator server, BlobStore blobs, AlgorithmHost host, ExecutorService workers)
      throws IOException, InterruptedException {
    var permits = new Permits(config.threads(), config.gpus());
    var agents = new ArrayList<SiteAgent>();
    try {
      for (var site : job.sites()) {
        var agent =
            new SiteAgent(
                new LocalLink(site, server, blobs),
                new UnsignedJobs(config.job()),
                policy(site),
                host,
                new ResultStore(folder.site(site.value()), Durability.NONE),
                permits,
                SiteAudit.NONE,
                workers,
                Optional::empty);
        agents.add(agent);
        agent.start();
      }
      server.submit(
          new NewJob(
              id,
              job,
              System.getProperty("user.name", "simulator"),
              initialModel(blobs),
              Optional.empty()));
      begun(server);
      return server.await(id);
    } finally {
      agents.forEach(SiteAgent::close);
    }
  }

  private LocalPolicy policy(SiteName site) {
    var path = data.get(site);
    return new LocalPolicy(
        path == null ? Map.of() : Map.of(job.data().dataset(), path),
        true,
        List.of(),
        Optional.of(config.processes().python()),
        Optional.of(folder.samples(site.value())));
  }

  private Optional<ModelHash> initialModel(BlobStore blobs) throws IOException {
    return switch (job.initialModel()) {
      case InitialModel.Random _ -> Optional.empty();
      case InitialModel.FromFile(var name) -> {
        var file = config.job().resolve(name);
        try {
          var hash = ModelWriter.hash(file);
          blobs.store(file, hash);
          yield Optional.of(hash);
        } catch (BlobStore.HashMismatchException e) {
          throw new IOException(file + " changed while it was read", e);
        }
      }
    };
  }

  private AlgorithmHost host() {
    if (!config.processes().always() && !catalog.needsOwnProcess(job.algorithm())) {
      return new InProcessHost(catalog, Grace.DEFAULT);
    }
    var processes = config.processes();
    var host =
        new JobProcessHost(
            new JobProcessCommand(
                processes.java(), processes.classPath(), processes.options(), folder.logs()),
            Grace.DEFAULT);
    // They start while the server does; the first round finds them ready.
    for (int i = 0; i < Math.min(config.threads(), job.sites().size()); i++) {
      host.warm(id, job.resources().memoryBytes());
    }
    return host;
  }

  private static int processors() {
    return Runtime.getRuntime().availableProcessors();
  }

  private static ScheduledExecutorService clockwork() {
    return Executors.newSingleThreadScheduledExecutor(
        Thread.ofPlatform().daemon().name("alarm").factory());
  }

  private static Alarm alarm(ScheduledExecutorService clockwork) {
    return (at, action) -> {
      var wait = Duration.between(InstantSource.system().instant(), at);
      var pending =
          clockwork.schedule(action, Math.max(0, wait.toMillis() + 1), TimeUnit.MILLISECONDS);
      return () -> pending.cancel(false);
    };
  }

  private synchronized void begun(Coordinator server) throws IOException {
    running = Optional.of(server);
    if (aborted) {
      server.abort(id, Optional.empty());
    }
  }

  /// Ends the job as aborted; [#run] returns soon after. From any thread, at any time.
  ///
  /// @throws IOException if the end cannot be written
  public synchronized void abort() throws IOException {
    aborted = true;
    if (running.isPresent()) {
      running.get().abort(id, Optional.empty());
    }
  }
}
