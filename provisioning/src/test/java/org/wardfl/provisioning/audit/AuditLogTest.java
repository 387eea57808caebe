package org.wardfl.provisioning.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {

  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-11-23T12:00:00Z"));

  @TempDir private Path folder;

  private Path log() {
    return folder.resolve("audit.jsonl");
  }

  private void write(int from, int count) throws IOException {
    try (var audit = AuditLog.open(log(), CLOCK)) {
      for (int i = from; i < from + count; i++) {
        if (i % 2 == 0) {
          audit.done("ward://p/lead/x", "submit", "job " + i, "\"prev\":\"" + "0".repeat(64));
        } else {
          audit.refused("unknown", "call " + i, "", "IDENTITY", "line\nbreak \u202e");
        }
      }
    }
  }

  @Test
  void aLogThatWasContinuedIsWhole() throws Exception {
    write(0, 3);
    write(3, 4);
    assertThat(AuditLog.verify(log()))
        .isInstanceOfSatisfying(
            AuditVerdict.Whole.class,
            whole -> {
              assertThat(whole.records()).isEqualTo(7);
              assertThat(whole.torn()).isZero();
            });
    assertThat(Files.readAllLines(log()))
        .hasSize(7)
        .element(1)
        .asString()
        .contains("\"detail\":\"line<U+000A>break <U+202E>\"")
        .contains("\"result\":\"refused: IDENTITY\"");
  }

  @Test
  void anEmptyLogIsWhole() throws Exception {
    write(0, 0);
    assertThat(AuditLog.verify(log()))
        .isEqualTo(new AuditVerdict.Whole(0, AuditChain.BEGINNING, 0));
  }

  /// The last line has none after it; a noted head tells.
  @Test
  void everyChangedLineIsFound() throws Exception {
    write(0, 6);
    var lines = Files.readAllLines(log());
    for (int i = 0; i < 6; i++) {
      var changed = new ArrayList<>(lines);
      changed.set(i, lines.get(i).replace("\"object\":\"", "\"object\":\"x"));
      var head = head(lines);
      Files.write(log(), changed);
      if (i < 5) {
        // The line after it no longer follows on it.
        assertThat(brokenLine()).isEqualTo(i + 2);
      } else {
        assertThat(head(changed)).isNotEqualTo(head);
      }
    }
  }

  @Test
  void missingExchangedAddedAndUnreadableLinesAreFound() throws Exception {
    write(0, 6);
    var lines = List.copyOf(Files.readAllLines(log()));
    for (int i = 0; i < 5; i++) {
      var missing = new ArrayList<>(lines);
      missing.remove(i);
      Files.write(log(), missing);
      assertThat(brokenLine()).isEqualTo(i + 1);

      var exchanged = new ArrayList<>(lines);
      Collections.swap(exchanged, i, i + 1);
      Files.write(log(), exchanged);
      assertThat(brokenLine()).isEqualTo(i + 1);

      var repeated = new ArrayList<>(lines);
      repeated.add(i, lines.get(i));
      Files.write(log(), repeated);
      assertThat(brokenLine()).isEqualTo(i + 2);

      var garbage = new ArrayList<>(lines);
      garbage.set(i, "{}");
      Files.write(log(), garbage);
      assertThat(brokenLine()).isEqualTo(i + 1);
    }
  }

  @Test
  void whatACrashLeftOfTheLastLineIsCutOff() throws Exception {
    write(0, 3);
    var whole = Files.readAllBytes(log());
    var more = "{\"seq\":3,\"time\":\"2026";
    for (int length : new int[] {1, 7, more.length()}) {
      Files.write(log(), whole);
      Files.writeString(log(), more.substring(0, length), StandardOpenOption.APPEND);
      assertThat(AuditLog.verify(log()))
          .isEqualTo(
              new AuditVerdict.Whole(3, head(Files.readAllLines(log()).subList(0, 3)), length));
      write(3, 1);
      assertThat(Files.readAllLines(log())).hasSize(4);
      assertThat(AuditLog.verify(log())).isInstanceOf(AuditVerdict.Whole.class);
    }
  }

  @Test
  void bytesThatAreNoBeginningOfARecordAreNoCrash() throws Exception {
    write(0, 3);
    var whole = Files.readAllBytes(log());
    for (var left : List.of("\u0000\u0000\u0000", "{\"seq\":3,\"ti\u0000\u0000", "{\"se")) {
      Files.write(log(), whole);
      Files.writeString(log(), left, StandardOpenOption.APPEND);
      assertThat(AuditLog.verify(log())).isInstanceOf(AuditVerdict.Whole.class);
    }
    for (var left : List.of("{\"seq\":4", "garbage", "{\"seq\":3,\"time\":\"20\u0001")) {
      Files.write(log(), whole);
      Files.writeString(log(), left, StandardOpenOption.APPEND);
      assertThat(brokenLine()).isEqualTo(4);
    }
  }

  @Test
  void studyHashRuleAndPolicyAreFieldsOfTheirOwn() throws Exception {
    try (var audit = AuditLog.open(log(), CLOCK)) {
      audit.record(
          AuditEntry.allowed("a", "admit job", "j")
              .inStudy("ct\u001b[31m")
              .onHash("ab")
              .byRule("role lead: any", "cd")
              .saying("<script>"));
    }
    assertThat(Files.readString(log()))
        .contains(
            "\"action\":\"admit job\",\"object\":\"j\",\"study\":\"ct<U+001B>[31m\",\"hash\":\"ab\","
                + "\"result\":\"allowed\",\"rule\":\"role lead: any\",\"policy\":\"cd\","
                + "\"detail\":\"<script>\",\"prev\"");
  }

  @Test
  void aProcessSaysInWhichStateItFoundTheLog() throws Exception {
    write(0, 2);
    Files.writeString(log(), "{\"seq\":2", StandardOpenOption.APPEND);
    try (var audit = AuditLog.open(log(), CLOCK)) {
      audit.begin("ward://p/site/a", "ward 1");
    }
    assertThat(Files.readString(log()))
        .contains("ward 1 goes on after 2 records; 8 bytes of a record that was not finished");
    var lines = new ArrayList<>(Files.readAllLines(log()));
    lines.set(0, lines.get(0).replace("job", "Job"));
    Files.write(log(), lines);
    try (var audit = AuditLog.open(log(), CLOCK)) {
      audit.begin("ward://p/site/a", "ward 1");
    }
    assertThat(Files.readString(log())).contains("after 3 records; line 2 does not fit");
  }

  @Test
  void whoWaitsTogetherIsTogetherDurable() throws Exception {
    int writers = 40;
    try (var audit = AuditLog.open(log(), CLOCK);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var written = new ArrayList<Future<?>>();
      for (int i = 0; i < writers; i++) {
        var job = "job " + i;
        written.add(
            threads.submit(() -> {
              audit.done("ward://p/lead/x", "submit", job, "");
              assertThat(Files.readString(log())).contains(job + "\"");
              return job;
            }));
      }
      for (var one : written) {
        assertThat(one.get()).isNotNull();
      }
    }
    assertThat(AuditLog.verify(log()))
        .isInstanceOfSatisfying(
            AuditVerdict.Whole.class, whole -> assertThat(whole.records()).isEqualTo(writers));
  }

  @Test
  void anInterruptedCallerDoesNotCloseTheLogForOthers() throws Exception {
    try (var audit = AuditLog.open(log(), CLOCK)) {
      var interrupted =
          Thread.ofVirtual()
              .start(() -> {
                Thread.currentThread().interrupt();
                audit.refused("unknown", "call", "", "BUSY", "too much");
              });
      interrupted.join();
      audit.done("ward://p/lead/x", "submit", "job", "");
    }
    assertThat(Files.readAllLines(log())).hasSize(2);
  }

  @Test
  void longFieldsAreCutAndKeepWhatIsShown() throws Exception {
    try (var audit = AuditLog.open(log(), CLOCK)) {
      audit.done("a", "b", "c", "x".repeat(450) + "\u0007" + "y".repeat(200));
    }
    assertThat(Files.readString(log()))
        .contains("\"detail\":\"" + "x".repeat(450) + "<U+0007>" + "y".repeat(49) + "\"");
  }

  private String head(List<String> lines) {
    var last = lines.getLast().getBytes(java.nio.charset.StandardCharsets.UTF_8);
    return AuditChain.hash(last, last.length);
  }

  private long brokenLine() throws IOException {
    return AuditLog.verify(log()) instanceof AuditVerdict.Broken broken ? broken.line() : 0;
  }
}
