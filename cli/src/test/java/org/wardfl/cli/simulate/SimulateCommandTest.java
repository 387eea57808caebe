package org.wardfl.cli.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardfl.cli.WardProcess;

@Timeout(150)
class SimulateCommandTest {

  private static final String JOB =
      """
      name: demo
      min_sites: 2
      workflow: {type: fedavg, rounds: 2, key_metric: {name: distance, direction: min}}
      algorithm: {type: faulty, args: {fault: none}}
      resources: {memory: 64MiB}
      """;

  @TempDir private Path folder;
  private Path job;
  private String workspace;

  @BeforeEach
  void prepare() throws IOException {
    job = Files.createDirectory(folder.resolve("job"));
    workspace = folder.resolve("workspace").toString();
    Files.writeString(job.resolve("job.yaml"), JOB);
  }

  private WardProcess.Result simulate(String... more) throws Exception {
    var words =
        new java.util.ArrayList<>(
            List.of("simulate", job.toString(), "--workspace", workspace, "--sites", "3"));
    words.addAll(List.of(more));
    return WardProcess.run(folder, words.toArray(String[]::new));
  }

  @Test
  void theResultIsATableOnStandardOutputAndProgressOnStandardError() throws Exception {
    var result = simulate();
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out())
        .containsPattern("site +samples +distance")
        .contains("COMPLETED after 2 rounds")
        .contains("run-001/report.html");
    assertThat(result.err())
        .contains("demo: 3 sites, 2 rounds, seed 0")
        .containsPattern("round +2/2 +3 of 3 sites");
  }

  @Test
  void roundsThatOnlyScoreHaveNumbersAndLinesOfTheirOwn() throws Exception {
    var cyclic =
        "{type: cyclic, rounds: 1, order: fixed, key_metric: {name: distance, direction: min}}";
    Files.writeString(
        job.resolve("job.yaml"),
        JOB.replace("workflow: {", "workflow: [" + cyclic + ", {")
            .replace("direction: min}}\nalgo", "direction: min}}, {type: cross_site}]\nalgo"));
    var result = simulate();
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out()).contains("COMPLETED after 5 rounds");
    assertThat(result.err())
        .contains("demo: 3 sites, 5 rounds")
        .containsPattern("round +3/5 +1 of 1 sites")
        .containsPattern("scores +3 of 3 sites")
        .containsPattern("round +6/6 +3 of 3 sites")
        .containsPattern("final model +3 of 3 sites")
        .containsOnlyOnce("cross-site");
    // Round 4 only scores: what round 5 receives was made in round 3.
    try (var metrics = Files.lines(folder.resolve("workspace/demo/run-001/metrics.jsonl"))) {
      assertThat(metrics.map(line -> line.replaceAll(".*\"round\": ?([0-9]+).*", "$1")))
          .containsOnly("0", "1", "2", "3", "5", "6");
    }
  }

  @Test
  void jsonIsOneDocumentWithTheKeysThatScriptsDependOn() throws Exception {
    var result = simulate("--json");
    assertThat(result.exitCode()).as(result.err()).isZero();
    // Python's reader stands for whatever a script uses.
    var script =
        """
        import json, sys
        d = json.load(sys.stdin)
        assert d["job"] == "demo" and d["status"] == "COMPLETED" and d["rounds"] == 2, d
        assert len(d["model"]["sha256"]) == 64 and d["model"]["path"].endswith(".safetensors")
        assert d["best"]["round"] == 2 and len(d["best"]["sha256"]) == 64 and d["best"]["value"] > 0
        assert d["metrics"]["distance"] > 0 and d["elapsedSeconds"] > 0
        assert [s["name"] for s in d["sites"]] == ["site-1", "site-2", "site-3"]
        assert all(s["samples"] == 16 and s["metrics"]["distance"] > 0 for s in d["sites"])
        """;
    var python = new ProcessBuilder("python3", "-c", script).redirectErrorStream(true).start();
    try (var in = python.outputWriter()) {
      in.write(result.out());
    }
    var said = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(python.waitFor()).as(said).isZero();
  }

  @Test
  void aFailedJobEndsWithExitCode1AndSaysWhereAndWhy() throws Exception {
    Files.writeString(job.resolve("job.yaml"), JOB.replace("fault: none", "fault: throw"));
    var result = simulate();
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.out()).contains("FAILED after 0 rounds");
    assertThat(result.err())
        // The second failure decides, and a third may come too late.
        .containsPattern("ward: round 1, site-[123]: failed in train: the algorithm threw")
        .contains("ward: the job failed")
        .doesNotContain("\tat ")
        .doesNotContain("Jane");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          rounds: 2  | rouds: 2  | unknown key `rouds`
          min_sites  | minsites  | did you mean `min_sites`?
          fault      | {         | job.yaml
          """)
  void wrongInputEndsWithExitCode2AndWritesNothing(String text, String other, String expected)
      throws Exception {
    Files.writeString(job.resolve("job.yaml"), JOB.replace(text, other));
    var result = simulate();
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
    assertThat(result.err())
        .startsWith("ward: ")
        .contains(expected)
        .doesNotContain("\tat ")
        .hasLineCount(1);
    assertThat(Path.of(workspace)).doesNotExist();
    assertThat(simulate("--debug").err()).contains("\tat ");
  }

  @ParameterizedTest
  @CsvSource({"-1", "'0,0'"})
  void devicesThatCannotBeAreRefused(String devices) throws Exception {
    var result = simulate("--gpus", devices);
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).startsWith("ward: --gpus: found [").hasLineCount(1);
    assertThat(Path.of(workspace)).doesNotExist();
  }

  @Test
  void aFullDiskIsSaidAndEndsWithExitCode1() throws Exception {
    // A limit on the size of files stands for a full disk: the same failure at the same calls.
    Files.writeString(job.resolve("job.yaml"), JOB.replace("fault: none", "size: 100000"));
    var result =
        WardProcess.start(
                folder,
                "ulimit -f 100",
                "simulate",
                job.toString(),
                "--workspace",
                workspace,
                "--sites",
                "3")
            .await();
    assertThat(result.exitCode()).as(result.err()).isEqualTo(1);
    assertThat(result.err()).contains("a file could not be read or written: File too large");
    assertThat(result.err()).doesNotContain("\tat ");
  }

  @Test
  void aDiskThatIsFullForTheServerLeavesNothingHalfWritten() throws Exception {
    // Enough for the models, too little for the results.
    var result =
        WardProcess.start(
                folder,
                "ulimit -f 10",
                "simulate",
                job.toString(),
                "--workspace",
                workspace,
                "--sites",
                "3")
            .await();
    assertThat(result.exitCode()).as(result.err()).isEqualTo(1);
    assertThat(result.err()).contains("the simulation stopped", "see that the workspace");
    assertThat(Path.of(workspace, "demo")).isEmptyDirectory();
  }

  @Test
  void ctrlCAbortsTheJobAndKeepsItsRecord() throws Exception {
    assumeThat(ignoresInterrupts()).as("started with SIGINT ignored, as by nohup").isFalse();
    Files.writeString(
        job.resolve("job.yaml"), JOB.replace("fault: none", "fault: hang, from_round: 2"));
    var process =
        WardProcess.start(
            folder,
            ":",
            "simulate",
            job.toString(),
            "--workspace",
            workspace,
            "--sites",
            "2",
            "--job-processes");
    process.interruptAfter("round   1/2");
    var result = process.await();
    assertThat(result.exitCode()).isEqualTo(130);
    assertThat(result.err()).contains("stopping: the job is aborted").contains("aborted; what");
    // The result is told whole, although the process is ending.
    assertThat(result.out()).contains("ABORTED after 1 rounds", "run-001/report.html");
    assertThat(Files.readString(Path.of(workspace, "demo", "run-001", "run.json")))
        .contains("\"status\": \"ABORTED\"");
    assertThat(Path.of(workspace, "demo", "run-001", "server")).doesNotExist();
  }

  @Test
  void anAlgorithmThatEndsTheWholeProcessDoesNotChooseItsExitCode() throws Exception {
    Files.writeString(job.resolve("job.yaml"), JOB.replace("fault: none", "fault: exit"));
    var result = simulate();
    assertThat(result.exitCode()).as(result.err()).isEqualTo(1);
    assertThat(result.err()).contains("the algorithm called System.exit", "--job-processes");
    assertThat(result.out()).contains("ABORTED after 0 rounds");
    assertThat(Files.readString(Path.of(workspace, "demo", "run-001", "run.json")))
        .contains("\"status\": \"ABORTED\"");
  }

  /// Whether this process, and so its children, were started with SIGINT ignored.
  private static boolean ignoresInterrupts() throws IOException {
    var status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return false;
    }
    try (var lines = Files.lines(status)) {
      return lines
          .filter(line -> line.startsWith("SigIgn:"))
          .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 2) != 0);
    }
  }
}
