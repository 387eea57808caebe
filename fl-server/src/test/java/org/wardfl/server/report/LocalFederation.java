package org.wardfl.server.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.wardfl.algo.AlgoContext;
import org.wardfl.algo.ClientAlgo;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.model.Durability;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.algo.run.AlgoRunner;
import org.wardfl.algo.run.Grace;
import org.wardfl.algo.run.TaskRequest;
import org.wardfl.algo.run.TaskResult;
import org.wardfl.algo.run.UpdateTransform;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.proto.task.TaskKey;
import org.wardfl.proto.task.TaskOutcome;
import org.wardfl.server.Coordinator;
import org.wardfl.server.NewJob;
import org.wardfl.server.ServerConfig;
import org.wardfl.server.result.RunRecord;
import org.wardfl.server.store.BlobStore;
import org.wardfl.server.store.FileEventStore;

/// The real coordinator with its files, and one thread that does every site's tasks with real
/// algorithms, one after the other.
final class LocalFederation {

  private static final JobId JOB = new JobId("6f0d3e52-8f0c-4b5d-9c59-6d3a2a3f3f10");

  private final Path folder;
  private final Supplier<ClientAlgo> algorithm;
  private final Function<SiteName, AlgoContext> contexts;
  private final Set<TaskKey> done = new HashSet<>();

  LocalFederation(
      Path folder, Supplier<ClientAlgo> algorithm, Function<SiteName, AlgoContext> contexts) {
    this.folder = folder;
    this.algorithm = algorithm;
    this.contexts = contexts;
  }

  /// Runs a job to its end.
  ///
  /// @return the folder with the results
  Path run(JobDefinition job) throws IOException, InterruptedException {
    var config = ServerConfig.simulation(folder, 1);
    var blobs = new BlobStore(folder.resolve("blobs"), Durability.PROCESS);
    var environment = new RunRecord.Environment("0.1.0", "25", "Linux amd64", "a processor");
    var changed = new LinkedBlockingQueue<SiteName>();
    try (var events = new FileEventStore(folder.resolve("events"), Durability.PROCESS);
        var coordinator =
            new Coordinator(
                config,
                events,
                blobs,
                Clock.systemUTC(),
                (_, _) -> () -> {},
                (_, _, _) -> {},
                environment)) {
      for (var site : job.sites()) {
        coordinator.connect(site, () -> changed.add(site));
      }
      coordinator.submit(new NewJob(JOB, job, "researcher", Optional.empty(), Optional.empty()));
      while (!coordinator.show(JOB).orElseThrow().status().isEnded()) {
        work(coordinator, blobs, changed, job);
      }
      coordinator.await(JOB);
      return coordinator.results(JOB);
    }
  }

  private void work(
      Coordinator coordinator, BlobStore blobs, BlockingQueue<SiteName> changed, JobDefinition job)
      throws IOException, InterruptedException {
    var site = changed.poll(30, TimeUnit.SECONDS);
    assertThat(site).as("some site has something to do within 30 s").isNotNull();
    for (var desired : coordinator.desired(site).jobs()) {
      for (var task : desired.tasks()) {
        if (done.add(task.key())) {
          coordinator.deliver(site, task.key(), outcome(task, blobs, job));
        }
      }
    }
  }

  private TaskOutcome outcome(TaskAssignment task, BlobStore blobs, JobDefinition job)
      throws IOException {
    var site = task.key().site();
    var update = folder.resolve("update.safetensors");
    var request =
        new TaskRequest(
            task.kind(),
            task.key().round(),
            task.totalRounds(),
            job.seed(),
            task.kind() == TaskKind.INITIAL ? "" : site.value(),
            task.model().isPresent() ? blobs.find(task.model().get()) : Optional.empty(),
            task.wanted(),
            _ -> false,
            Optional.empty(),
            update,
            folder.resolve("state"),
            UpdateTransform.none(),
            (_, _) -> {});
    try (var runner = new AlgoRunner(algorithm.get(), contexts.apply(site), Grace.DEFAULT)) {
      return switch (runner.run(request)) {
        case TaskResult.Initialized(var hash, var size) ->
            new TaskOutcome.Initialized(stored(blobs, update, hash, size));
        case TaskResult.Trained(var hash, var size, var summary, var received, _) ->
            new TaskOutcome.Trained(
                stored(blobs, update, hash, size), task.wanted(), summary, received, List.of());
        case TaskResult.Evaluated(var metrics) -> new TaskOutcome.Evaluated(metrics);
        case TaskResult.Described(var statistics) -> new TaskOutcome.Described(statistics);
        case TaskResult.Failed(var phase, var message, _) ->
            new TaskOutcome.Failed(phase.toString(), message);
        case TaskResult.Aborted(var cause, _) ->
            new TaskOutcome.Failed("train", "aborted: " + cause);
      };
    }
  }

  private static TaskOutcome.UpdateFile stored(
      BlobStore blobs, Path file, ModelHash hash, long size) throws IOException {
    if (blobs.find(hash).isPresent()) {
      Files.delete(file);
    } else {
      blobs.adopt(file, hash);
    }
    return new TaskOutcome.UpdateFile(hash, size);
  }
}
