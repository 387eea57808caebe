package org.wardfl.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.Metrics;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.TrainSummary;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.model.Durability;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.proto.task.TaskOutcome;
import org.wardfl.proto.task.Verdict;
import org.wardfl.server.job.Answer;
import org.wardfl.server.job.Command;
import org.wardfl.server.job.JobEngine;
import org.wardfl.server.job.JobEvent;
import org.wardfl.server.job.Jobs;
import org.wardfl.server.result.RunRecord;
import org.wardfl.server.store.BlobStore;
import org.wardfl.server.store.EventStore;
import org.wardfl.server.store.FileEventStore;
import org.wardfl.server.store.JobEventCodec;

/// Which files the coordinator keeps, and which it lets go.
class FilesOfJobsTest {

  private static final SiteName FIRST = new SiteName("site-1");
  private static final SiteName SECOND = new SiteName("site-2");
  private static final JobId OTHER = new JobId("0190a1b2-0000-7000-8000-000000000002");

  @TempDir private Path folder;
  private final LinkedBlockingQueue<Object> changes = new LinkedBlockingQueue<>();

  /// Two runs of one job with one seed have the same files, and each deletes its own.
  @Test
  void aJobLeavesTheFilesOfItsTwinAlone() throws Exception {
    var blobs = blobs();
    try (var events = events();
        var coordinator = coordinator(events, blobs)) {
      var job = Jobs.over(2).minSites(2).rounds(2).build();
      var model = stored(blobs, 1);
      for (var id : List.of(Jobs.ID, OTHER)) {
        coordinator.submit(new NewJob(id, job, "lead", Optional.of(model), Optional.empty()));
      }
      var early = deliver(coordinator, blobs, OTHER, FIRST, 2);
      deliver(coordinator, blobs, Jobs.ID, FIRST, 2);
      var late = deliver(coordinator, blobs, Jobs.ID, SECOND, 3);
      var next = task(coordinator, Jobs.ID, FIRST, 2).model().orElseThrow();

      awaitGone(blobs, late);
      assertThat(blobs.find(model)).as("the model of the twin's open round").isPresent();
      assertThat(blobs.find(early)).as("the update that the twin accepted").isPresent();

      deliver(coordinator, blobs, OTHER, SECOND, 3);
      assertThat(task(coordinator, OTHER, FIRST, 2).model()).contains(next);
      awaitGone(blobs, early);
      awaitGone(blobs, model);
      assertThat(blobs.find(next)).isPresent();
    }
  }

  @Test
  void anAbortedJobLeavesNoUpdates() throws Exception {
    var blobs = blobs();
    try (var events = events();
        var coordinator = coordinator(events, blobs)) {
      var model = stored(blobs, 1);
      coordinator.submit(
          new NewJob(
              Jobs.ID,
              Jobs.over(2).minSites(2).build(),
              "lead",
              Optional.of(model),
              Optional.empty()));
      var update = deliver(coordinator, blobs, Jobs.ID, FIRST, 2);
      coordinator.abort(Jobs.ID);
      awaitGone(blobs, update);
      coordinator.await(Jobs.ID);
    }
  }

  /// Killed after the first model was accepted and before it was published.
  @Test
  void aFirstModelThatASiteMadeOutlivesARestart() throws Exception {
    var blobs = blobs();
    var model = stored(blobs, 1);
    var unused = stored(blobs, 2);
    var size = Files.size(blobs.require(model));
    var outcome = new TaskOutcome.Initialized(new TaskOutcome.UpdateFile(model, size));
    writeEvents(outcome);
    var reopened = blobs();
    try (var events = events();
        var coordinator = coordinator(events, reopened)) {
      coordinator.recover();
      assertThat(task(coordinator, Jobs.ID, FIRST, 1).model()).contains(model);
      assertThat(reopened.find(model)).isPresent();
      assertThat(reopened.find(unused)).isEmpty();
      assertThat(coordinator.files()).containsExactly(model);
    }
  }

  private void writeEvents(TaskOutcome.Initialized outcome) throws Exception {
    var at = Instant.parse("2026-11-24T00:00:00Z");
    var submitted =
        new JobEvent.Submitted(
            Jobs.ID, Jobs.over(1).build(), "lead", Optional.empty(), Optional.empty(), at);
    var all = new ArrayList<JobEvent>(List.of(submitted));
    var state = JobEngine.begin(submitted);
    var commands = new ArrayList<Command>(List.of(new Command.Start(Optional.empty())));
    while (!commands.isEmpty()) {
      for (var event : JobEngine.decide(state, commands.removeFirst(), at, _ -> true)) {
        all.add(event);
        state = JobEngine.apply(state, event);
        if (event instanceof JobEvent.RoundOpened(_, var plan, _)) {
          commands.add(
              new Command.Answered(plan.tasks().getFirst().key(), new Answer.Accepted(outcome, 0)));
        }
      }
    }
    assertThat(all.getLast()).isInstanceOf(JobEvent.RoundClosed.class);
    try (var events = events()) {
      events.append("job-" + Jobs.ID, 0, 1, all.stream().map(JobEventCodec::toBytes).toList());
    }
  }

  private ModelHash deliver(
      Coordinator coordinator, BlobStore blobs, JobId job, SiteName site, float value)
      throws Exception {
    var task = task(coordinator, job, site, 1);
    var hash = stored(blobs, value);
    var outcome =
        new TaskOutcome.Trained(
            new TaskOutcome.UpdateFile(hash, Files.size(blobs.require(hash))),
            WeightType.DIFF,
            new TrainSummary(1, 1),
            Metrics.none(),
            List.of());
    assertThat(coordinator.deliver(site, task.key(), outcome)).isInstanceOf(Verdict.Accepted.class);
    return hash;
  }

  private TaskAssignment task(Coordinator coordinator, JobId job, SiteName site, int round)
      throws InterruptedException {
    while (true) {
      for (var desired : coordinator.desired(site).jobs()) {
        for (var task : desired.tasks()) {
          if (desired.id().equals(job)
              && task.key().round() == round
              && task.kind() == TaskKind.TRAIN) {
            return task;
          }
        }
      }
      assertThat(changes.poll(30, TimeUnit.SECONDS)).as("a change within 30 s").isNotNull();
    }
  }

  private static void awaitGone(BlobStore blobs, ModelHash hash) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (blobs.missing(java.util.Set.of(hash)).isEmpty()) {
      assertThat(System.nanoTime()).as("file " + hash + " goes within 30 s").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  private static ModelHash stored(BlobStore blobs, float value) throws IOException {
    var file = blobs.incoming("model-" + value);
    var hash = ModelWriter.write(TensorMap.of(Tensor.floats("w", new float[] {value, 1}, 2)), file);
    blobs.adopt(file, hash);
    return hash;
  }

  private BlobStore blobs() throws IOException {
    return new BlobStore(folder.resolve("blobs"), Durability.PROCESS);
  }

  private EventStore events() throws IOException {
    return new FileEventStore(folder.resolve("events"), Durability.PROCESS);
  }

  private Coordinator coordinator(EventStore events, BlobStore blobs) {
    var coordinator =
        new Coordinator(
            ServerConfig.simulation(folder, 1),
            events,
            blobs,
            Clock.systemUTC(),
            (_, _) -> () -> {},
            (_, _, _) -> {},
            new RunRecord.Environment("0.1.0", "25", "Linux amd64", "a processor"));
    for (var site : List.of(FIRST, SECOND)) {
      coordinator.connect(site, () -> changes.add(site));
    }
    return coordinator;
  }
}
