package org.wardfl.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.aggregator.UpdateLikeness;
import org.wardfl.algo.SiteName;
import org.wardfl.proto.channel.Reason;
import org.wardfl.proto.channel.Refusal;
import org.wardfl.proto.job.JobStatus;
import org.wardfl.proto.task.TaskOutcome;
import org.wardfl.server.federation.Membership;
import org.wardfl.server.job.Answer;
import org.wardfl.server.job.JobEngine;
import org.wardfl.server.job.JobEvent;
import org.wardfl.server.job.JobState;

/// A journal that an earlier version wrote is read by this one, to the same state.
class OldJournalTest {

  @TempDir private Path folder;

  @Test
  void everyEventOfVersionOneIsRead() throws Exception {
    try (var journal = journal()) {
      for (var job : EveryEvent.jobs().entrySet()) {
        var read = new ArrayList<JobEvent>();
        for (var bytes : journal.read("job-" + job.getKey(), 0)) {
          read.add(JobEventCodec.fromBytes(bytes));
        }
        assertThat(read).isEqualTo(job.getValue());
        assertThat(replayed(read)).isEqualTo(replayed(job.getValue()));
      }
      assertThat(journal.streams()).hasSize(EveryEvent.jobs().size() + 1);
    }
  }

  /// What came after version 1 is held to the bytes that were written first.
  @Test
  void laterEventsAreRead() throws Exception {
    var likeness = new TreeMap<SiteName, UpdateLikeness>();
    likeness.put(new SiteName("a"), new UpdateLikeness(-0.5, 2));
    var compared = new JobEvent.UpdatesCompared("global", likeness, Instant.ofEpochMilli(1));
    var bytes =
        HexFormat.of()
            .parseHex("0801621f0a06676c6f62616c12150a016111000000000000e0bf190000000000000040");
    assertThat(JobEventCodec.toBytes(compared)).isEqualTo(bytes);
    assertThat(JobEventCodec.fromBytes(bytes)).isEqualTo(compared);
  }

  @Test
  void itsSitesAreStillThemselves() throws Exception {
    try (var journal = journal()) {
      var membership = Membership.open(journal, InstantSource.fixed(EveryEvent.AT), 4);
      var other = UUID.fromString("00000000-0000-0000-0000-000000000001");
      assertThat(membership.claim(EveryEvent.SITE, other, 9))
          .hasValueSatisfying(
              refusal -> assertThat(refusal.reason()).isEqualTo(Reason.OTHER_INSTANCE));
      assertThat(membership.claim(EveryEvent.SITE, EveryEvent.INSTANCE, 3).map(Refusal::reason))
          .contains(Reason.REPLACED);
      assertThat(membership.claim(EveryEvent.SITE, EveryEvent.INSTANCE, 4)).isEmpty();
      assertThat(membership.claim(EveryEvent.RELEASED, other, 1)).isEmpty();
    }
  }

  @Test
  void everyEventOfLaterVersionsComesBack() throws Exception {
    for (var events : EveryEvent.later().values()) {
      for (var event : events) {
        assertThat(JobEventCodec.fromBytes(JobEventCodec.toBytes(event))).isEqualTo(event);
      }
      assertThat(replayed(events).status()).isEqualTo(JobStatus.ABORTED);
    }
  }

  @Test
  void everyKindOfEventIsAmongThem() {
    var kinds = new HashSet<Class<?>>();
    var all = new ArrayList<>(EveryEvent.jobs().values());
    all.addAll(EveryEvent.later().values());
    for (var events : all) {
      for (var event : events) {
        kinds.add(event.getClass());
        if (event instanceof JobEvent.TaskAnswered(_, var answer, _)) {
          kinds.add(answer.getClass());
          if (answer instanceof Answer.Accepted(var outcome, _)) {
            kinds.add(outcome.getClass());
          }
        }
      }
    }
    assertThat(kinds).containsAll(Set.of(JobEvent.class.getPermittedSubclasses()));
    assertThat(kinds).containsAll(Set.of(Answer.class.getPermittedSubclasses()));
    // A site that declined or failed is an answer of its own.
    assertThat(kinds)
        .contains(
            TaskOutcome.Initialized.class,
            TaskOutcome.Trained.class,
            TaskOutcome.Evaluated.class,
            TaskOutcome.Described.class);
  }

  private static JobState replayed(List<JobEvent> events) {
    var state = JobEngine.begin((JobEvent.Submitted) events.getFirst());
    for (var event : events.subList(1, events.size())) {
      state = JobEngine.apply(state, event);
    }
    return state;
  }

  private SqliteEventStore journal() throws IOException {
    var file = folder.resolve("journal.db");
    try (var fixture = OldJournalTest.class.getResourceAsStream("journal-v1.db")) {
      Files.copy(Objects.requireNonNull(fixture, "journal-v1.db"), file);
    }
    return SqliteEventStore.open(file);
  }
}
