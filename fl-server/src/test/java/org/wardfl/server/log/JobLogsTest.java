package org.wardfl.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.SiteName;
import org.wardfl.proto.admin.LogLine;
import org.wardfl.proto.job.JobId;

class JobLogsTest {

  private static final JobId JOB = new JobId("0190a1b2-0000-7000-8000-000000000001");
  private static final SiteName ONE = new SiteName("site-1");
  private static final SiteName TWO = new SiteName("site-2");
  private static final Instant NOW = Instant.parse("2026-11-24T00:00:00Z");

  @TempDir private Path folder;

  private JobLogs logs(long most) throws IOException {
    return new JobLogs(folder.resolve("logs"), () -> NOW, most);
  }

  @Test
  void linesOfAllSitesAreReadInTheOrderInWhichTheyCame() throws Exception {
    var logs = logs(1000);
    logs.add(JOB, ONE, 10, List.of("a", "b"), 0);
    logs.add(JOB, TWO, 3, List.of("c d"), 0);
    var page = logs.read(JOB, 0, Optional.empty());
    assertThat(page.lines())
        .containsExactly(
            new LogLine(ONE, NOW, "a"), new LogLine(ONE, NOW, "b"), new LogLine(TWO, NOW, "c d"));
    assertThat(logs.read(JOB, page.next(), Optional.empty()).lines()).isEmpty();
    assertThat(logs.read(JOB, 0, Optional.of(TWO)).lines())
        .containsExactly(new LogLine(TWO, NOW, "c d"));
  }

  @Test
  void linesThatWereToldBeforeAreNotKeptTwice() throws Exception {
    var logs = logs(1000);
    logs.add(JOB, ONE, 10, List.of("a", "b"), 0);
    logs.add(JOB, ONE, 10, List.of("a", "b"), 0);
    logs.add(JOB, ONE, 11, List.of("b", "c"), 0);
    assertThat(texts(logs)).containsExactly("a", "b", "c");
  }

  @Test
  void whatWasLeftOutIsSaid() throws Exception {
    var logs = logs(1000);
    logs.add(JOB, ONE, 10, List.of("a"), 7);
    assertThat(texts(logs)).containsExactly("(7 lines were left out here: too many at once)", "a");
  }

  @Test
  void soMuchOfASiteAndNoMoreIsKeptAlsoAfterARestart() throws Exception {
    var logs = logs(100);
    assertThat(logs.add(JOB, ONE, 0, List.of("x".repeat(50)), 0)).isTrue();
    assertThat(logs.add(JOB, ONE, 1, List.of("y".repeat(50), "z"), 0)).isFalse();
    assertThat(logs.add(JOB, ONE, 3, List.of("more"), 0)).isFalse();
    assertThat(logs(100).add(JOB, ONE, 4, List.of("more"), 0)).isFalse();
    assertThat(logs(100).add(JOB, TWO, 0, List.of("another site's"), 0)).isTrue();
    assertThat(texts(logs))
        .containsExactly(
            "x".repeat(50),
            "y".repeat(50),
            "(the server keeps no more of this site's output)",
            "another site's");
  }

  @Test
  void aLineCannotMoveACursorNorPretendToBeAnother() throws Exception {
    var logs = logs(10_000);
    logs.add(JOB, ONE, 0, List.of("\u001b[2J\n0 site-2 forged", "x".repeat(5000)), 0);
    assertThat(logs.read(JOB, 0, Optional.of(TWO)).lines()).isEmpty();
    assertThat(texts(logs).getFirst()).isEqualTo("\\u001b[2J\\u000a0 site-2 forged");
    assertThat(texts(logs).getLast()).hasSize(LogLine.LONGEST);
  }

  @Test
  void aPageEndsAtALineAndTheNextGoesOnThere() throws Exception {
    var logs = logs(10 << 20);
    for (int i = 0; i < 400; i++) {
      logs.add(JOB, ONE, i, List.of(i + " " + "x".repeat(1000)), 0);
    }
    int count = 0;
    for (var page = logs.read(JOB, 0, Optional.empty());
        !page.lines().isEmpty();
        page = logs.read(JOB, page.next(), Optional.empty())) {
      for (var line : page.lines()) {
        assertThat(line.text()).startsWith(count + " ");
        count++;
      }
    }
    assertThat(count).isEqualTo(400);
  }

  @Test
  void whoWaitsIsWokenByTheNextLine() throws Exception {
    var logs = logs(1000);
    var waiter = Thread.ofVirtual().start(() -> await(logs));
    logs.add(JOB, ONE, 0, List.of("a"), 0);
    assertThat(waiter.join(Duration.ofSeconds(20))).isTrue();
  }

  private static void await(JobLogs logs) {
    try {
      logs.await(JOB, 0, Duration.ofMinutes(5));
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void oldLogsOfEndedJobsGo() throws Exception {
    var logs = logs(1000);
    var other = new JobId("0190a1b2-0000-7000-8000-000000000002");
    logs.add(JOB, ONE, 0, List.of("a"), 0);
    logs.add(other, ONE, 0, List.of("a"), 0);
    logs.expire(Duration.ofDays(30), Set.of());
    assertThat(texts(logs)).hasSize(1);
    var later = new JobLogs(folder.resolve("logs"), () -> Instant.now().plusSeconds(3600), 1000);
    later.expire(Duration.ofMinutes(1), Set.of(other));
    assertThat(texts(logs)).isEmpty();
    assertThat(logs.read(other, 0, Optional.empty()).lines()).hasSize(1);
    logs.delete(other);
    try (var files = Files.list(folder.resolve("logs"))) {
      assertThat(files).isEmpty();
    }
  }

  private static List<String> texts(JobLogs logs) throws IOException {
    return logs.read(JOB, 0, Optional.empty()).lines().stream().map(LogLine::text).toList();
  }
}
