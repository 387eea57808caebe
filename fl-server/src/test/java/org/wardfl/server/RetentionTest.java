package org.wardfl.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.proto.job.JobId;
import org.wardfl.provisioning.audit.AuditLog;
import org.wardfl.server.job.Jobs;
import org.wardfl.server.store.SqliteEventStore;

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
      var job = Jobs.over(2).minSites(2).build();
      federation.submit(Jobs.ID, job, federation.stored(1));
      federation.submit(OTHER, job, federation.stored(2));
      coordinator.abort(Jobs.ID, Optional.of("lead"));
      coordinator.await(Jobs.ID);

      var keep = Duration.ofDays(30);
      new Retention(coordinator, audit, SERVER, keep, keep, Clock.systemUTC()).apply();
      assertThat(coordinator.jobs()).hasSize(2);
      assertThat(coordinator.results(Jobs.ID)).exists();

      var later = Instant.now().plus(Duration.ofDays(31));
      new Retention(coordinator, audit, SERVER, keep, keep, () -> later).apply();
      assertThat(coordinator.isDeleted(Jobs.ID)).isTrue();
      assertThat(coordinator.results(Jobs.ID)).doesNotExist();
      assertThat(coordinator.jobs()).singleElement().matches(run -> run.id().equals(OTHER));
      assertThat(Files.readString(log))
          .containsOnlyOnce("retention.jobs: 30d")
          .contains(SERVER)
          .contains(Jobs.ID.value());
    }
  }

  @Test
  void theStoreLetsGoOfModelsThatTheResultsHaveAndARestartMissesNothing() throws Exception {
    ModelHash model;
    try (var events = SqliteEventStore.open(folder.resolve("journal.db"));
        var audit = AuditLog.open(folder.resolve("audit.jsonl"), Clock.systemUTC());
        var federation = new DrivenFederation(folder, events)) {
      var coordinator = federation.coordinator();
      model = federation.stored(1);
      federation.submit(Jobs.ID, Jobs.over(2).minSites(2).build(), model);
      federation.task(Jobs.ID, DrivenFederation.FIRST, 1);
      coordinator.abort(Jobs.ID, Optional.of("lead"));
      coordinator.await(Jobs.ID);
      assertThat(coordinator.files()).contains(model);
      var later = Instant.now().plus(Duration.ofDays(8));
      var year = Duration.ofDays(365);
      new Retention(coordinator, audit, SERVER, year, Duration.ofDays(7), () -> later).apply();
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
