package org.wardfl.server.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.certs.LeafProfile;
import org.wardfl.proto.job.JobStatus;
import org.wardfl.provisioning.audit.AuditCheckpoint;
import org.wardfl.provisioning.audit.AuditEntry;
import org.wardfl.provisioning.audit.AuditLog;
import org.wardfl.server.job.JobEngine;
import org.wardfl.server.job.JobEvent;
import org.wardfl.server.job.Jobs;

/// When the server signs how far its audit log has come.
class WitnessesTest {

  private static final String LEAD = "ward://chest_ct/lead/lead%40uni.org";

  @TempDir private Path folder;
  private final ProvisionedProject project = ProvisionedProject.get();
  private final AtomicReference<Instant> now = new AtomicReference<>(ProvisionedProject.NOW);
  private AuditLog log;
  private Witnesses witnesses;

  @SuppressWarnings("NullAway.Init")
  WitnessesTest() {}

  @BeforeEach
  void open() throws Exception {
    log = AuditLog.open(folder.resolve("audit.jsonl"), now::get);
    witnesses =
        new Witnesses(log, () -> project.identity("fl.example.org"), project::trust, now::get);
    log.done(LEAD, "submit", "1", "");
    witnesses.look();
    assertThat(signed()).as("the first look").isEqualTo(1);
  }

  @AfterEach
  void close() throws Exception {
    log.close();
  }

  private long signed() throws Exception {
    try (var lines = Files.lines(folder.resolve("audit.jsonl"))) {
      return lines.filter(line -> line.contains("\"action\":\"checkpoint\"")).count();
    }
  }

  private void advance(Duration time) {
    now.updateAndGet(it -> it.plus(time));
  }

  @Test
  void whatIsNewIsSignedAfterFiveMinutesAndWhereNothingIsNewNothingIs() throws Exception {
    log.done(LEAD, "submit", "2", "");
    advance(Witnesses.EVERY.minusSeconds(1));
    witnesses.look();
    assertThat(signed()).isEqualTo(1);
    advance(Duration.ofSeconds(1));
    witnesses.look();
    assertThat(signed()).isEqualTo(2);
    advance(Duration.ofDays(1));
    witnesses.look();
    assertThat(signed()).as("nothing has happened").isEqualTo(2);
    log.done(LEAD, "submit", "3", "");
    witnesses.look();
    assertThat(signed()).as("the last was long ago").isEqualTo(3);
  }

  @Test
  void aThousandRecordsAreSignedAtOnce() throws Exception {
    var entry = AuditEntry.refused("unknown", "connect", "", "IDENTITY");
    for (long i = 1; i < Witnesses.RECORDS; i++) {
      log.note(entry);
    }
    witnesses.look();
    assertThat(signed()).isEqualTo(1);
    log.note(entry);
    witnesses.look();
    assertThat(signed()).isEqualTo(2);
  }

  @Test
  void theEndOfAJobIsSignedAtOnceAndAnyOtherEventIsNot() throws Exception {
    var submitted =
        new JobEvent.Submitted(
            Jobs.ID, Jobs.over(1).build(), "test", Optional.empty(), Optional.empty(), now.get());
    var state = JobEngine.begin(submitted);
    log.done(LEAD, "deliver", "1", "");
    witnesses.happened(Jobs.ID, submitted, state);
    witnesses.look();
    assertThat(signed()).isEqualTo(1);
    var ended =
        new JobEvent.Ended(JobStatus.ABORTED, Optional.empty(), Optional.of(LEAD), now.get());
    witnesses.happened(Jobs.ID, ended, state);
    witnesses.look();
    assertThat(signed()).isEqualTo(2);
  }

  @Test
  void aSiteIsGivenTheOneThatWasSignedAsLongAsNothingElseHappens() throws Exception {
    var peer =
        project
            .trust()
            .verify(project.identity("site-1").chain(), now.get(), Set.of(LeafProfile.SITE));
    var given = AuditCheckpoint.decode(witnesses.exchange(peer, new byte[0]));
    assertThat(given.records()).isEqualTo(1);
    assertThat(witnesses.exchange(peer, new byte[0])).isEqualTo(given.encode());
    assertThat(signed()).isEqualTo(1);
    try (var site = AuditLog.open(folder.resolve("site.jsonl"), now::get)) {
      assertThat(site.witness(given)).isEmpty();
      assertThat(site.witness(given)).isEmpty();
    }
    assertThat(Files.readAllLines(folder.resolve("site.jsonl"))).hasSize(1);
  }
}
