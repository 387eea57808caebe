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
      new Retention(coordinator, audit, SERVER, keep, Clock.systemUTC()).apply();
      assertThat(coordinator.jobs()).hasSize(2);
      assertThat(coordinator.results(Jobs.ID)).exists();

      var later = Instant.now().plus(Duration.ofDays(31));
      new Retention(coordinator, audit, SERVER, keep, () -> later).apply();
      assertThat(coordinator.isDeleted(Jobs.ID)).isTrue();
      assertThat(coordinator.results(Jobs.ID)).doesNotExist();
      assertThat(coordinator.jobs()).singleElement().matches(run -> run.id().equals(OTHER));
      assertThat(Files.readString(log))
          .containsOnlyOnce("retention.jobs: 30d")
          .contains(SERVER)
          .contains(Jobs.ID.value());
    }
  }
}
