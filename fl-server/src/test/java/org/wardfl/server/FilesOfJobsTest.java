package org.wardfl.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.wardfl.server.DrivenFederation.FIRST;
import static org.wardfl.server.DrivenFederation.SECOND;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.model.Durability;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.job.JobStatus;
import org.wardfl.proto.task.TaskOutcome;
import org.wardfl.server.job.Answer;
import org.wardfl.server.job.Command;
import org.wardfl.server.job.JobEngine;
import org.wardfl.server.job.JobEvent;
import org.wardfl.server.job.Jobs;
import org.wardfl.server.store.BlobStore;
import org.wardfl.server.store.EventStore;
import org.wardfl.server.store.FileEventStore;
import org.wardfl.server.store.JobEventCodec;

/// Which files the coordinator keeps, and which it lets go.
class FilesOfJobsTest {

  private static final JobId OTHER = new JobId("0190a1b2-0000-7000-8000-000000000002");

  @TempDir private Path folder;

  /// Two runs of one job with one seed have the same files, and each deletes its own.
  @Test
  void aJobLeavesTheFilesOfItsTwinAlone() throws Exception {
    try (var events = events();
        var federation = new DrivenFederation(folder, events)) {
      var blobs = federation.blobs();
      var job = Jobs.over(2).minSites(2).rounds(2).build();
      var model = federation.stored(1);
      federation.submit(Jobs.ID, job, model);
      federation.submit(OTHER, job, model);
      var early = federation.deliver(OTHER, FIRST, 2);
      federation.deliver(Jobs.ID, FIRST, 2);
      var late = federation.deliver(Jobs.ID, SECOND, 3);
      var next = federation.task(Jobs.ID, FIRST, 2).model().orElseThrow();

      awaitGone(blobs, late);
      assertThat(blobs.find(model)).as("the model of the twin's open round").isPresent();
      assertThat(blobs.find(early)).as("the update that the twin accepted").isPresent();

      federation.deliver(OTHER, SECOND, 3);
      assertThat(federation.task(OTHER, FIRST, 2).model()).contains(next);
      awaitGone(blobs, early);
      awaitGone(blobs, model);
      assertThat(blobs.find(next)).isPresent();
    }
  }

  @Test
  void anAbortedJobLeavesNoUpdates() throws Exception {
    try (var events = events();
        var federation = new DrivenFederation(folder, events)) {
      var model = federation.stored(1);
      federation.submit(Jobs.ID, Jobs.over(2).minSites(2).build(), model);
      var update = federation.deliver(Jobs.ID, FIRST, 2);
      federation.coordinator().abort(Jobs.ID, Optional.empty());
      awaitGone(federation.blobs(), update);
      federation.coordinator().await(Jobs.ID);
    }
  }

  @Test
  void aDeletedJobIsGoneAlsoAfterARestartAndItsIdIsNotTakenAgain() throws Exception {
    ModelHash model;
    try (var events = events();
        var federation = new DrivenFederation(folder, events)) {
      var coordinator = federation.coordinator();
      model = federation.stored(1);
      federation.submit(Jobs.ID, Jobs.over(2).minSites(2).build(), model);
      assertThat(coordinator.delete(Jobs.ID, "lead")).as("a job that runs").isFalse();
      coordinator.abort(Jobs.ID, Optional.of("lead"));
      coordinator.abort(Jobs.ID, Optional.of("admin"));
      assertThat(coordinator.await(Jobs.ID).abortedBy()).as("the first one").contains("lead");
      assertThat(coordinator.results(Jobs.ID).resolve("run.json")).exists();
      assertThat(coordinator.delete(Jobs.ID, "lead")).isTrue();
      assertThat(coordinator.delete(Jobs.ID, "lead")).as("twice").isFalse();
      assertThat(coordinator.jobs()).isEmpty();
      assertThat(coordinator.results(Jobs.ID)).doesNotExist();
      awaitGone(federation.blobs(), model);
    }
    // Killed after the event and before the files.
    var results = folder.resolve("results").resolve(Jobs.ID.value());
    Files.createDirectories(results);
    Files.writeString(results.resolve("model.safetensors"), "left");
    try (var events = events();
        var federation = new DrivenFederation(folder, events)) {
      federation.coordinator().recover();
      assertThat(federation.coordinator().jobs()).isEmpty();
      assertThat(federation.coordinator().isDeleted(Jobs.ID)).isTrue();
      assertThat(results).doesNotExist();
    }
  }

  @Test
  void resultsThatAreThereAreNotWrittenAgainAfterARestart() throws Exception {
    Path metrics;
    try (var events = events();
        var federation = new DrivenFederation(folder, events)) {
      federation.submit(Jobs.ID, Jobs.over(2).minSites(2).build(), federation.stored(1));
      federation.coordinator().abort(Jobs.ID, Optional.empty());
      federation.coordinator().await(Jobs.ID);
      metrics = federation.coordinator().results(Jobs.ID).resolve("metrics.jsonl");
    }
    Files.writeString(metrics, "mine");
    var complete = metrics.resolveSibling("run.json");
    for (var expected : List.of("mine", "")) {
      try (var events = events();
          var federation = new DrivenFederation(folder, events)) {
        federation.coordinator().recover();
        federation.coordinator().await(Jobs.ID);
        assertThat(Files.readString(metrics)).isEqualTo(expected);
      }
      // Killed while they were written.
      Files.delete(complete);
    }
  }

  /// Killed after the first model was accepted and before it was published.
  @Test
  void aFirstModelThatASiteMadeOutlivesARestart() throws Exception {
    ModelHash model;
    ModelHash unused;
    try (var events = events();
        var federation = new DrivenFederation(folder, events)) {
      model = federation.stored(1);
      unused = federation.stored(2);
      var size = Files.size(federation.blobs().require(model));
      writeEvents(events, new TaskOutcome.Initialized(new TaskOutcome.UpdateFile(model, size)));
    }
    try (var events = events();
        var federation = new DrivenFederation(folder, events)) {
      federation.coordinator().recover();
      assertThat(federation.task(Jobs.ID, FIRST, 1).model()).contains(model);
      assertThat(federation.blobs().find(model)).isPresent();
      assertThat(federation.blobs().find(unused)).isEmpty();
      assertThat(federation.coordinator().files()).containsExactly(model);
    }
  }

  /// Nobody can say what was in the file, so the job fails; the reason names no path.
  @Test
  void anUpdateThatWasDamagedWhileTheServerWasDownIsNotUsed() throws Exception {
    ModelHash update;
    try (var events = events();
        var federation = new DrivenFederation(folder, events)) {
      federation.submit(Jobs.ID, Jobs.over(2).minSites(2).build(), federation.stored(1));
      update = federation.deliver(Jobs.ID, FIRST, 2);
    }
    var file = new BlobStore(folder.resolve("blobs"), Durability.PROCESS).require(update);
    var bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);
    try (var events = events();
        var federation = new DrivenFederation(folder, events)) {
      federation.coordinator().recover();
      federation.deliver(Jobs.ID, SECOND, 3);
      var run = federation.coordinator().await(Jobs.ID);
      assertThat(run.status()).isEqualTo(JobStatus.FAILED);
      assertThat(run.failure().orElseThrow().reason())
          .contains("round 1: a stored file is missing or damaged")
          .doesNotContain(folder.toString());
      assertThat(file).doesNotExist();
      assertThat(folder.resolve("blobs/damaged/" + update)).exists();
    }
  }

  private static void writeEvents(EventStore events, TaskOutcome.Initialized outcome)
      throws Exception {
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
    events.append("job-" + Jobs.ID, 0, 1, all.stream().map(JobEventCodec::toBytes).toList());
  }

  private static void awaitGone(BlobStore blobs, ModelHash hash) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (blobs.missing(Set.of(hash)).isEmpty()) {
      assertThat(System.nanoTime()).as("file " + hash + " goes within 30 s").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  private EventStore events() throws IOException {
    return new FileEventStore(folder.resolve("events"), Durability.PROCESS);
  }
}
