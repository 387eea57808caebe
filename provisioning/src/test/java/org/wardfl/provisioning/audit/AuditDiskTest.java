package org.wardfl.provisioning.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A disk that takes no record refuses the action, and leaves no half record.
@Timeout(60)
class AuditDiskTest {

  @TempDir private Path folder;

  private Path log() {
    return folder.resolve("audit.jsonl");
  }

  private String run(String shell, List<String> before, int records) throws Exception {
    var command = new ArrayList<>(List.of("bash", "-c", shell + "; exec \"$@\"", "bash"));
    command.addAll(before);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "-cp",
            System.getProperty("java.class.path"),
            AuditMain.class.getName(),
            log().toString(),
            Integer.toString(records)));
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }

  private void assertHolds(String said) throws IOException {
    long durable =
        said.lines()
            .filter(line -> line.startsWith("durable: "))
            .map(line -> Long.parseLong(line.substring("durable: ".length())))
            .findFirst()
            .orElseThrow(() -> new AssertionError(said));
    assertThat(AuditLog.verify(log()))
        .isInstanceOfSatisfying(
            AuditVerdict.Whole.class,
            whole -> {
              assertThat(whole.records()).as(said).isEqualTo(durable);
              assertThat(whole.torn()).isZero();
            });
  }

  /// No file may grow beyond 4 KiB.
  @Test
  void aFullDiskRefusesTheActionAndTheLogGoesOnWhenThereIsRoom() throws Exception {
    var said = run("ulimit -f 4", List.of(), 100);
    assertThat(said).contains("refused: ", "refused again: ");
    assertHolds(said);
    assertThat(Files.size(log())).isLessThanOrEqualTo(4096).isGreaterThan(3000);
    long before = Files.readAllLines(log()).size();
    try (var log = AuditLog.open(log(), InstantSource.system())) {
      log.done("ward://p/lead/x", "submit", "job", "");
    }
    assertThat(Files.readAllLines(log())).hasSize((int) before + 1);
    assertThat(AuditLog.verify(log())).isInstanceOf(AuditVerdict.Whole.class);
  }

  /// What a failed fsync was for is taken back; a later record is written anew and made durable.
  @Test
  void aFailedFsyncRefusesTheActionAndTakesItsRecordBack() throws Exception {
    assumeThat(canTrace()).as("strace may trace processes").isTrue();
    var strace =
        List.of(
            "strace",
            "-f",
            "-qqq",
            "-o",
            "/dev/null",
            "-e",
            "trace=fsync",
            "-e",
            "inject=fsync:error=EIO:when=3");
    var said = run(":", strace, 10);
    assertThat(said).contains("refused: ").doesNotContain("refused again");
    assertHolds(said);
    assertThat(Files.readString(log())).contains("job 1\"", "the last").doesNotContain("job 2\"");
  }

  private static boolean canTrace() throws InterruptedException {
    try {
      var probe = new ProcessBuilder("strace", "-qq", "-o", "/dev/null", "true");
      return probe.redirectErrorStream(true).start().waitFor() == 0;
    } catch (IOException _) {
      return false;
    }
  }
}
