package org.wardfl.client.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.wardfl.client.job.SignedJobs.ALICE;
import static org.wardfl.client.job.SignedJobs.PROJECT;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.certs.archive.StagedFolder;
import org.wardfl.client.job.SignedJobs;

/// A killed agent locks no job out, lets no ended one in again, and leaves nothing half.
class KilledAdmissionTest {

  private static final int JOBS = 10;
  private static final int LINES = 3 * JOBS;

  @TempDir private Path folder;

  @BeforeEach
  void pack() throws Exception {
    Files.writeString(folder.resolve("trust.pem"), PROJECT.anchors().pem());
    Files.writeString(folder.resolve("ct.csv"), "age\n50\n");
    var policy =
        Files.writeString(
            folder.resolve("site.yaml"),
            """
            rights: {lead: any}
            datasets: {ct: {path: ct.csv, minimum: 1, used_by: any}}
            algorithms: any
            """);
    Files.setPosixFilePermissions(policy, PosixFilePermissions.fromString("rw-------"));
    var packages = Files.createDirectory(folder.resolve("packages"));
    for (int i = 0; i < JOBS; i++) {
      var submission = SignedJobs.submission();
      var file = SignedJobs.pack(folder, SignedJobs.definition(), submission, ALICE);
      Files.move(file, packages.resolve(submission.job() + ".zip"));
    }
  }

  @Test
  void aKilledAgentGoesOnWhereItWas() throws Exception {
    sweep(20261123, 2);
  }

  @Test
  @Tag("slow")
  void anAgentKilledAnywhereGoesOnWhereItWas() throws Exception {
    sweep(4711, 30);
  }

  @Test
  void aFullDiskLetsNothingIn() throws Exception {
    var command = new ArrayList<>(List.of("bash", "-c", "ulimit -f 2; exec \"$@\"", "bash"));
    command.addAll(command());
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isNotZero();
    assertThat(output).contains("File too large").doesNotContain("admitted");
    requireWhole(Map.of());
  }

  private void sweep(long seed, int kills) throws Exception {
    var random = new Random(seed);
    for (int i = 0; i < kills; i++) {
      StagedFolder.delete(folder.resolve("jobs"));
      Files.deleteIfExists(folder.resolve("seen"));
      requireWhole(killed(random.nextInt(LINES), random.nextInt(3_000_000)));
    }
  }

  /// What the process said last of each job.
  private Map<String, String> killed(int lines, int nanos) throws Exception {
    var process = new ProcessBuilder(command()).start();
    var said = new HashMap<String, String>();
    try (var output = process.inputReader(StandardCharsets.UTF_8)) {
      for (var line = output.readLine(); line != null; line = output.readLine()) {
        var words = line.split(" ", -1);
        said.put(words[1], words[0]);
        if (said.size() * 3 > lines) {
          long until = System.nanoTime() + nanos;
          while (System.nanoTime() < until) {
            Thread.onSpinWait();
          }
          process.toHandle().destroyForcibly();
        }
      }
    }
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return said;
  }

  private void requireWhole(Map<String, String> said) throws Exception {
    var admission = AdmissionMain.admission(folder);
    assertThat(names()).noneMatch(name -> name.endsWith(".part"));
    for (var file : AdmissionMain.packages(folder)) {
      var id = AdmissionMain.id(file);
      var last = said.getOrDefault(id.value(), "nothing");
      var known = admission.known(id);
      var answer = known.isPresent() ? known.get() : admission.admit(id, file);
      switch (last) {
        case "ended" -> assertThat(answer).as(last).isInstanceOf(Admission.Refused.class);
        case "ending" -> {}
        default -> assertThat(answer).as(last).isInstanceOf(Admission.Admitted.class);
      }
      if (last.equals("admitted")) {
        assertThat(known).isPresent();
      }
      if (answer instanceof Admission.Admitted(_, var files, _)) {
        assertThat(files.resolve("lib/own.jar")).hasContent("a jar");
      }
    }
  }

  private List<String> names() throws IOException {
    try (var entries = Files.list(folder.resolve("jobs"))) {
      return entries.map(entry -> String.valueOf(entry.getFileName())).toList();
    }
  }

  private List<String> command() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC",
        "-XX:-UsePerfData",
        "-cp",
        System.getProperty("java.class.path"),
        AdmissionMain.class.getName(),
        folder.toString());
  }
}
