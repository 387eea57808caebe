package org.wardfl.cli.federation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.proto.wire.JobDefinition;

/// Names that would be markup, or commands to a terminal, wherever people see them.
@Timeout(120)
class HostileNamesTest {

  private static final String MARKUP = "<img src=x onerror=alert(1)>&";
  private static final List<String> CONTROLS = List.of("\u001b[2J", "\n", "\u202e", "\u0007");

  @TempDir private Path folder;

  /// It is a name like any other, and stays one in the page that a browser opens.
  @Test
  void markupInAJobsNameIsTextEverywhere() throws Exception {
    try (var federation = new InProcess(folder)) {
      federation.startServer();
      federation.startClient();
      var id = federation.command(InProcess.LEAD, "job", "submit", job(MARKUP).toString()).strip();
      federation.command(InProcess.LEAD, "job", "wait", id);
      assertThat(federation.command(InProcess.LEAD, "job", "list")).contains(MARKUP);
      assertThat(federation.command(InProcess.LEAD, "job", "show", id)).contains(MARKUP);
      var results = folder.resolve("results");
      federation.command(InProcess.LEAD, "job", "download", id, "--out", results.toString());
      try (var files = Files.walk(results)) {
        var report = files.filter(file -> file.endsWith("report.html")).findFirst().orElseThrow();
        assertThat(Files.readString(report))
            .contains("&lt;img src=x onerror=alert(1)&gt;&amp;")
            .doesNotContain("<img src=x");
      }
    }
  }

  @Test
  void aSignedJobWithControlCharactersInANameIsRefusedAndRecordedInVisibleCharacters()
      throws Exception {
    try (var federation = new InProcess(folder)) {
      federation.startServer();
      for (var control : CONTROLS) {
        refused(federation, definition -> definition.setName("job" + control), "name: ");
        refused(federation, definition -> definition.setStudy("study" + control), "study: ");
      }
      refused(federation, definition -> definition.setStudy(MARKUP), "study: ");
      assertThat(federation.audit()).contains("JOB_REFUSED");
      for (var line : federation.audit().lines().toList()) {
        assertThat(line.codePoints()).noneMatch(HostileNamesTest::isControl);
      }
      var list = federation.command(InProcess.LEAD, "job", "list");
      assertThat(list).doesNotContain("study").doesNotContain("\u001b");
    }
  }

  private static boolean isControl(int point) {
    return Character.isISOControl(point) || Character.getType(point) == Character.FORMAT;
  }

  private void refused(
      InProcess federation, Consumer<JobDefinition.Builder> change, String expected)
      throws Exception {
    assertThat(HandMadeJob.refusal(federation, job("plain"), folder, change))
        .contains(expected)
        .satisfies(said -> assertThat(said.codePoints()).noneMatch(HostileNamesTest::isControl));
  }

  private Path job(String name) throws Exception {
    var job = Files.createTempDirectory(folder, "job");
    Files.writeString(
        job.resolve("job.yaml"),
        """
        name: "%s"
        min_sites: 1
        workflow: {type: fedavg, rounds: 1}
        algorithm: {type: quadratic}
        resources: {memory: 64MiB}
        """
            .formatted(name));
    return job;
  }
}
