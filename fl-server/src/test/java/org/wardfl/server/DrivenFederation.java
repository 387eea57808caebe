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
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
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
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.proto.task.TaskOutcome;
import org.wardfl.proto.task.Verdict;
import org.wardfl.server.result.RunRecord;
import org.wardfl.server.store.BlobStore;
import org.wardfl.server.store.EventStore;

/// The real coordinator with two sites whose every move a test makes, and a time that stands still
/// until a test lets an alarm go off.
final class DrivenFederation implements AutoCloseable {

  static final SiteName FIRST = new SiteName("site-1");
  static final SiteName SECOND = new SiteName("site-2");

  private static final int DEADLINE_SECONDS = 30;

  private final BlobStore blobs;
  private final Coordinator coordinator;
  private final BlockingQueue<Alarmed> alarms = new LinkedBlockingQueue<>();
  private final BlockingQueue<SiteName> changes = new LinkedBlockingQueue<>();

  /// What happens when it is time.
  record Alarmed(Instant at, Runnable action) {}

  DrivenFederation(Path folder, EventStore events) throws IOException {
    blobs = new BlobStore(folder.resolve("blobs"), Durability.PROCESS);
    coordinator =
        new Coordinator(
            ServerConfig.simulation(folder, 1),
            events,
            blobs,
            Clock.systemUTC(),
            this::alarm,
            (_, _, _) -> {},
            new RunRecord.Environment("0.1.0", "25", "Linux amd64", "a processor"));
    for (var site : List.of(FIRST, SECOND)) {
      coordinator.connect(site, () -> changes.add(site));
    }
  }

  private Runnable alarm(Instant at, Runnable action) {
    var alarmed = new Alarmed(at, action);
    alarms.add(alarmed);
    return () -> alarms.remove(alarmed);
  }

  Coordinator coordinator() {
    return coordinator;
  }

  BlobStore blobs() {
    return blobs;
  }

  void submit(JobId id, JobDefinition job, ModelHash model) throws IOException {
    coordinator.submit(new NewJob(id, job, "lead", Optional.of(model), Optional.empty()));
  }

  /// Waits until there is an alarm for the next minute; takes it.
  ///
  /// @return makes it go off
  Runnable alarm() throws InterruptedException {
    var soon = Instant.now().plusSeconds(60);
    var later = new ArrayList<Alarmed>();
    while (true) {
      var alarmed = alarms.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
      assertThat(alarmed).as("an alarm within %s s", DEADLINE_SECONDS).isNotNull();
      if (alarmed != null && alarmed.at().isBefore(soon)) {
        alarms.addAll(later);
        return alarmed.action();
      }
      later.add(alarmed);
    }
  }

  /// Waits for a task of a site to train.
  TaskAssignment task(JobId job, SiteName site, int round) throws InterruptedException {
    return task(job, site, round, TaskKind.TRAIN);
  }

  private TaskAssignment task(JobId job, SiteName site, int round, TaskKind kind)
      throws InterruptedException {
    while (true) {
      for (var desired : coordinator.desired(site).jobs()) {
        for (var task : desired.tasks()) {
          if (desired.id().equals(job) && task.key().round() == round && task.kind() == kind) {
            return task;
          }
        }
      }
      assertThat(changes.poll(DEADLINE_SECONDS, TimeUnit.SECONDS))
          .as("round %s within %s s", round, DEADLINE_SECONDS)
          .isNotNull();
    }
  }

  /// Answers a task of the first round, with an update of such values.
  ModelHash deliver(JobId job, SiteName site, float value)
      throws IOException, InterruptedException {
    var hash = stored(value);
    assertThat(train(job, site, hash, Metrics.none())).isInstanceOf(Verdict.Accepted.class);
    return hash;
  }

  /// Answers a task of the first round, with this update and these scores.
  Verdict train(JobId job, SiteName site, ModelHash update, Metrics received)
      throws IOException, InterruptedException {
    var outcome =
        new TaskOutcome.Trained(
            new TaskOutcome.UpdateFile(update, Files.size(blobs.require(update))),
            WeightType.DIFF,
            new TrainSummary(1, 1),
            received,
            List.of());
    return coordinator.deliver(site, task(job, site, 1).key(), outcome);
  }

  /// Answers a task of a round to evaluate.
  Verdict evaluate(JobId job, SiteName site, int round, Metrics scores)
      throws IOException, InterruptedException {
    return coordinator.deliver(
        site, task(job, site, round, TaskKind.EVALUATE).key(), new TaskOutcome.Evaluated(scores));
  }

  /// A model of two values in the blob store.
  ModelHash stored(float value) throws IOException {
    var file = blobs.incoming("model-" + value);
    var hash = ModelWriter.write(TensorMap.of(Tensor.floats("w", new float[] {value, 1}, 2)), file);
    blobs.adopt(file, hash);
    return hash;
  }

  @Override
  public void close() {
    coordinator.close();
  }
}
