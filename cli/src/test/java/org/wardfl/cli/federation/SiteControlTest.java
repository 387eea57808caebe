package org.wardfl.cli.federation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.cli.Commands;
import org.wardfl.client.sandbox.Sandbox;

/// What a hospital decides about its own client with `ward site`, in a federation that runs.
@Timeout(180)
class SiteControlTest {

  private static final String OWN =
      "{type: java, jar: own.jar, class: org.wardfl.algo.fixture.QuadraticAlgo}";

  @TempDir private Path folder;

  @Test
  void aJobWithOwnCodeWaitsUntilItIsApprovedAndThenRuns() throws Exception {
    try (var federation = started("own_code: {allow: approval, sandbox: unconfined}")) {
      var id = submit(federation, "own", OWN);
      await(federation, id, "waiting for approval");
      assertThat(site(federation, 0, "jobs"))
          .contains("lead@uni.org", "own", "sha256:", "to let it run: ward site approve " + id);
      assertThat(site(federation, 0, "jobs", "--json"))
          .contains("\"state\": \"waiting for approval\"", "\"submitter\": \"lead@uni.org\"");
      assertThat(federation.command(InProcess.LEAD, "job", "show", id, "--json"))
          .doesNotContain("FAILED");
      assertThat(site(federation, 2, "approve", "0000")).contains("this site knows no job '0000'");
      assertThat(site(federation, 0, "approve", id.substring(0, 13))).contains("approved");
      assertThat(completed(federation, id)).isTrue();
    }
  }

  @Test
  void ownCodeRunsInASandboxAndMakesTheSameModel() throws Exception {
    var found = Sandbox.find(folder.resolve("probe"), List.of());
    assumeTrue(found.sandbox().isPresent(), found.finding());
    String confined;
    try (var federation = started("own_code: yes")) {
      confined = model(federation, submit(federation, "own", OWN));
      assertThat(site(federation, 0, "status")).contains("bubblewrap");
      assertThat(model(federation, submit(federation, "installed", "{type: quadratic}")))
          .isEqualTo(confined);
    }
  }

  @Test
  void aPausedSiteBeginsNothingAndOneThatHasLeftAJobSaysSo() throws Exception {
    try (var federation = started("own_code: no")) {
      assertThat(site(federation, 0, "pause")).contains("paused: no task begins; none is in work");
      var left = submit(federation, "left", "{type: quadratic}");
      var kept = submit(federation, "kept", "{type: quadratic}");
      await(federation, left, "let in");
      await(federation, kept, "let in");
      assertThat(site(federation, 0, "status")).contains("site site-1 is paused", "connected");
      assertThat(site(federation, 0, "stop", left)).contains("this site has left job " + left);
      // Refused at once; gone from the list as soon as the server has ended the job.
      InProcess.await(
          () -> lines(federation, left).allMatch(line -> line.contains("has left the job")),
          () -> site(federation, 0, "jobs"));
      assertThat(site(federation, 0, "resume")).contains("resumed");
      assertThat(completed(federation, kept)).isTrue();
      assertThat(completed(federation, left)).isFalse();
      assertThat(federation.command(InProcess.LEAD, "job", "show", left))
          .contains("this site has left the job");
    }
  }

  @Test
  void withoutAClientItIsSaid() {
    assertThat(run(4, "status", "--data", folder.toString()))
        .contains("no client answers in " + folder);
    assertThat(run(2, "status")).contains("--data is missing");
  }

  private InProcess started(String ownCode) throws Exception {
    var federation = new InProcess(folder);
    var file = federation.kitFolder(InProcess.SITE).resolve("site.yaml");
    Files.writeString(
        file,
        Files.readString(file)
            .replace("own_code: no", ownCode)
            .replace("algorithms: [quadratic]", "algorithms: [quadratic, java]"));
    federation.startServer();
    var client = federation.startClient();
    InProcess.await(client.node()::isConnected, () -> "connected");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(federation.clientData().resolve("control"))))
        .isEqualTo("rw-------");
    return federation;
  }

  private String submit(InProcess federation, String name, String algorithm) throws IOException {
    var job = Files.createDirectories(folder.resolve("jobs").resolve(name));
    Files.writeString(
        job.resolve("job.yaml"),
        """
        name: %s
        study: default
        sites: all
        min_sites: 1
        seed: 3
        workflow: {type: fedavg, rounds: 2, round_deadline: 2m}
        initial_model: random
        algorithm: %s
        resources: {memory: 64MiB}
        """
            .formatted(name, algorithm));
    try (var jar = new JarOutputStream(Files.newOutputStream(job.resolve("own.jar")))) {
      // The class is on the path of the tests.
      jar.finish();
    }
    return federation.command(InProcess.LEAD, "job", "submit", job.toString()).strip();
  }

  private void await(InProcess federation, String id, String state) throws Exception {
    InProcess.await(
        () -> lines(federation, id).anyMatch(line -> line.contains(state)),
        () -> id + " " + state + ": " + site(federation, 0, "jobs"));
  }

  private static Stream<String> lines(InProcess federation, String id) {
    return site(federation, 0, "jobs").lines().filter(line -> line.startsWith(id));
  }

  private static boolean completed(InProcess federation, String id) throws Exception {
    InProcess.await(() -> ended(federation, id), () -> id + " has not ended");
    return federation
        .command(InProcess.LEAD, "job", "show", id, "--json")
        .contains("\"status\": \"COMPLETED\"");
  }

  private static boolean ended(InProcess federation, String id) throws IOException {
    var shown = federation.command(InProcess.LEAD, "job", "show", id, "--json");
    return shown.contains("\"status\": \"COMPLETED\"") || shown.contains("\"status\": \"FAILED\"");
  }

  private static String model(InProcess federation, String id) throws Exception {
    assertThat(completed(federation, id)).isTrue();
    return Federation.model(federation.command(InProcess.LEAD, "job", "show", id, "--json"));
  }

  private static String site(InProcess federation, int exitCode, String... words) {
    var all = new String[words.length + 2];
    System.arraycopy(words, 0, all, 0, words.length);
    all[words.length] = "--data";
    all[words.length + 1] = federation.clientData().toString();
    return run(exitCode, all);
  }

  /// What a command prints, on either stream.
  private static String run(int exitCode, String... words) {
    var said = new StringWriter();
    var out = new PrintWriter(said);
    assertThat(Commands.run(out, out, "site", words)).as(said.toString()).isEqualTo(exitCode);
    return said.toString();
  }
}
