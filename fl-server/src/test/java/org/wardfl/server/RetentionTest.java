package org.wardfl.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.proto.job.JobId;
import org.wardfl.provisioning.audit.AuditLog;
import org.wardfl.server.job.Jobs;
import org.wardfl.server.log.JobLogs;
import org.wardfl.server.store.SqliteEventStore;
import org.wardfl.server.store.Uploads;

class RetentionTest {

  private static final JobId OTHER = new JobId("0197c1f0-0000-7000-8000-000000000002");
  private static final String SERVER = "ward://chest_ct/server/fl.example.org";

  @TempDir private Path folder;

  @Test
  void aJobThatEndedLongAgoIsDeletedAndRecordedAndOneThatRunsIsNot() throws Exception {
    var log = folder.resolve("audit.jsonl");
    try (var events = SqliteEventStore.open(folder.resolve("journal.db"));
        var audit = AuditLog.open(log, Clock.systemUTC());
        var federation = new DrivenFederation(folder, events)) {
      var coordinator = federation.coordinator();
      var logs = new JobLogs(folder.resolve("logs"), Clock.systemUTC(), 1 << 20);
      var job = Jobs.over(2).minSites(2).build();
      federation.submit(Jobs.ID, job, federation.stored(1));
      federation.submit(OTHER, job, federation.stored(2));
      coordinator.abort(Jobs.ID, Optional.of("lead"));
      coordinator.await(Jobs.ID);

      var keep = Duration.ofDays(30);
      new Retention(coordinator, logs, audit, SERVER, keep, keep, Clock.systemUTC()).apply();
      assertThat(coordinator.jobs()).hasSize(2);
      assertThat(coordinator.results(Jobs.ID)).exists();
      for (var printing : List.of(Jobs.ID, OTHER)) {
        logs.add(printing, DrivenFederation.FIRST, 0, List.of("epoch 1"), 0);
      }

      var later = Instant.now().plus(Duration.ofDays(31));
      new Retention(coordinator, logs, audit, SERVER, keep, keep, () -> later).apply();
      assertThat(coordinator.isDeleted(Jobs.ID)).isTrue();
      assertThat(coordinator.results(Jobs.ID)).doesNotExist();
      assertThat(logs.read(Jobs.ID, 0, Optional.empty()).lines()).isEmpty();
      assertThat(logs.read(OTHER, 0, Optional.empty()).lines()).hasSize(1);
      assertThat(coordinator.jobs()).singleElement().matches(run -> run.id().equals(OTHER));
      assertThat(Files.readString(log))
          .containsOnlyOnce("retention.jobs: 30d")
          .contains(SERVER)
          .contains(Jobs.ID.value());
    }
  }

  @Test
  void whereNoRecordCanBeWrittenWhatMakesRoomIsDeletedAllTheSame() throws Exception {
    try (var events = SqliteEventStore.open(folder.resolve("journal.db"));
        var federation = new DrivenFederation(folder, events)) {
      var coordinator = federation.coordinator();
      var logs = new JobLogs(folder.resolve("logs"), Clock.systemUTC(), 1 << 20);
      federation.submit(Jobs.ID, Jobs.over(2).minSites(2).build(), federation.stored(1));
      coordinator.abort(Jobs.ID, Optional.of("lead"));
      coordinator.await(Jobs.ID);
      var orphan = federation.stored(2);
      var audit = AuditLog.open(folder.resolve("audit.jsonl"), Clock.systemUTC());
      // It takes no record any more.
      audit.close();
      var later = Instant.now().plus(Duration.ofDays(31));
      var keep = Duration.ofDays(30);
      var uploads =
          new Uploads(folder.resolve("uploads"), federation.blobs(), 1 << 20, coordinator::files);
      var housekeeping =
          new Housekeeping(
              coordinator,
              new Retention(coordinator, logs, audit, SERVER, keep, keep, () -> later),
              uploads,
              federation.blobs(),
              logs,
              () -> later);
      housekeeping.run();
      // A file is deleted by the second sweep that finds nobody in need of it.
      housekeeping.run();
      assertThat(coordinator.isDeleted(Jobs.ID)).isFalse();
      assertThat(federation.blobs().find(orphan)).isEmpty();
    }
  }

  @Test
  void theStoreLetsGoOfModelsThatTheResultsHaveAndARestartMissesNothing() throws Exception {
    ModelHash model;
    try (var events = SqliteEventStore.open(folder.resolve("journal.db"));
        var audit = AuditLog.open(folder.resolve("audit.jsonl"), Clock.systemUTC());
        var federation = new DrivenFederation(folder, events)) {
      var coordinator = federation.coordinator();
      var logs = new JobLogs(folder.resolve("logs"), Clock.systemUTC(), 1 << 20);
      model = federation.stored(1);
      federation.submit(Jobs.ID, Jobs.over(2).minSites(2).build(), model);
      federation.task(Jobs.ID, DrivenFederation.FIRST, 1);
      coordinator.abort(Jobs.ID, Optional.of("lead"));
      coordinator.await(Jobs.ID);
      assertThat(coordinator.files()).contains(model);
      var later = Instant.now().plus(Duration.ofDays(8));
      var year = Duration.ofDays(365);
      new Retention(coordinator, logs, audit, SERVER, year, Duration.ofDays(7), () -> later)
          .apply();
      assertThat(coordinator.files()).doesNotContain(model);
      assertThat(coordinator.jobs()).hasSize(1);
      federation.blobs().sweep(coordinator::files);
    }
    try (var events = SqliteEventStore.open(folder.resolve("journal.db"));
        var federation = new DrivenFederation(folder, events)) {
      federation.coordinator().recover();
      assertThat(federation.coordinator().await(Jobs.ID).model()).contains(model);
      assertThat(federation.coordinator().results(Jobs.ID).resolve("model.safetensors")).exists();
    }
  }
}
