package org.wardfl.cli.poc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.cli.WardProcess;

/// A developer's federation: real processes, which are up, killed, up again, and gone.
@Timeout(180)
class PocTest {

  private static final Path EXAMPLE =
      Path.of(System.getProperty("ward.root"), "examples/breast-cancer");
  private static final String DATA = EXAMPLE.resolve("data").toString();

  @TempDir private Path folder;

  @AfterEach
  void end() throws Exception {
    ward("poc", "down");
  }

  @Test
  void aJobEndsWithTheSimulatorsModelAlsoAfterAKillAndNothingIsLeftBehind() throws Exception {
    var up = ward("poc", "up", "-n", "2", "--data", DATA, "--json");
    assertThat(up.exitCode()).as(up.err()).isZero();
    assertThat(json(up).get("sites").getAsJsonArray()).hasSize(2);

    var id = submit();
    kill("localhost");
    kill("site-2");
    var half = ward("poc", "status");
    assertThat(half.exitCode()).isEqualTo(1);
    assertThat(half.out()).containsPattern("site-2 +not running").contains("'ward poc up' starts");
    var away = ward("job", "list");
    assertThat(away.exitCode()).isEqualTo(2);
    assertThat(away.err()).contains("--kit is missing").contains("'ward poc up'");

    var again = ward("poc", "up");
    assertThat(again.exitCode()).as(again.err()).isZero();
    assertThat(again.err()).contains("running already: site-1");
    var report = ward("job", "wait", id, "--json");
    assertThat(report.exitCode()).as(report.err() + report.out()).isZero();
    assertThat(report.err()).contains("note: the kit of 'ward poc' is used");
    assertThat(model(report)).isEqualTo(simulated());

    secondUp();
    var processes = new PocProcesses(poc()).running().values();
    assertThat(processes).hasSize(3);
    var down = ward("poc", "down");
    assertThat(down.out()).contains("3 processes ended");
    assertThat(processes).noneMatch(ProcessHandle::isAlive);
    assertThat(poc().path()).doesNotExist();
    assertThat(ward("poc", "status").out()).contains("there is no federation in");
    assertThat(ward("poc", "down").exitCode()).isZero();
    var gone = ward("job", "list");
    assertThat(gone.exitCode()).isEqualTo(2);
    assertThat(gone.err()).contains("--kit is missing").doesNotContain("poc");
  }

  private void secondUp() throws Exception {
    var same = ward("poc", "up", "-n", "2", "--data", DATA);
    assertThat(same.exitCode()).as(same.err()).isZero();
    assertThat(same.err()).contains("it is up already");
    var other = ward("poc", "up", "-n", "3", "--data", DATA);
    assertThat(other.exitCode()).isEqualTo(2);
    assertThat(other.err())
        .contains("there is a federation in")
        .contains("2 sites (site-1, site-2)")
        .contains("'ward poc down'");
  }

  @Test
  void whatCannotBecomeAFederationIsToldAndNothingIsMade() throws Exception {
    refused("site site-5 has no data", "-n", "5", "--data", DATA);
    refused("there is no data folder", "-n", "2", "--data", folder.resolve("no").toString());
    refused("found both, expected one of them", "-n", "2", "--sites", "a");
    refused("a is named twice", "--sites", "a,a");
    refused("not a site name: 'a b'", "--sites", "a b");
    refused("expected 1 to 100", "-n", "0");
    refused("there is no program", "-n", "1", "--python", "/nowhere/python3");
    assertThat(poc().path()).doesNotExist();

    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var port = Integer.toString(taken.getLocalPort());
      var up = ward("poc", "up", "-n", "1", "--port", port);
      assertThat(up.exitCode()).isEqualTo(1);
      assertThat(up.err()).contains("port " + port + " of this machine is taken");
    }
    assertThat(poc().path()).doesNotExist();
    Files.createDirectories(poc().path());
    var own = Files.writeString(poc().path().resolve("thesis.txt"), "mine");
    refused("holds no federation of 'ward poc', but other files", "-n", "1");
    var down = ward("poc", "down");
    assertThat(down.exitCode()).isEqualTo(2);
    assertThat(own).exists();
    Files.delete(own);
  }

  @Test
  void aPortThatIsTakenLaterAndAProcessThatCannotStartAreTold() throws Exception {
    var up = ward("poc", "up", "--sites", "berlin");
    assertThat(up.exitCode()).as(up.err()).isZero();
    int port = poc().settings().orElseThrow().port();
    kill("localhost");
    try (var _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      var taken = ward("poc", "up");
      assertThat(taken.exitCode()).isEqualTo(1);
      assertThat(taken.err()).contains("port " + port + " of this machine is taken");
    }
    Files.writeString(poc().kit("localhost").resolve("server.yaml"), "listn: {}\n");
    var broken = ward("poc", "up");
    assertThat(broken.exitCode()).isEqualTo(1);
    assertThat(broken.err())
        .contains("localhost ended at its start, exit code 2")
        .contains("server.yaml:1")
        .contains("listn")
        .contains("'ward poc down' ends and deletes all");
    assertThat(ward("poc", "down").exitCode()).isZero();
    assertThat(poc().path()).doesNotExist();
  }

  private void refused(String sentence, String... words) throws Exception {
    var all = new java.util.ArrayList<>(java.util.List.of("poc", "up"));
    all.addAll(java.util.List.of(words));
    var up = ward(all.toArray(String[]::new));
    assertThat(up.exitCode()).as(up.err()).isEqualTo(2);
    assertThat(up.err()).contains(sentence);
  }

  /// The example with two rounds.
  private Path job() throws IOException {
    var job = Files.createDirectories(folder.resolve("job"));
    var yaml = Files.readString(EXAMPLE.resolve("job.yaml")).replace("rounds: 20", "rounds: 2");
    Files.writeString(job.resolve("job.yaml"), yaml);
    var statistics = job.resolve("standardization.csv");
    if (Files.notExists(statistics)) {
      Files.copy(EXAMPLE.resolve("standardization.csv"), statistics);
    }
    return job;
  }

  private String submit() throws Exception {
    var submitted = ward("job", "submit", job().toString(), "--json");
    assertThat(submitted.exitCode()).as(submitted.err()).isZero();
    return json(submitted).get("id").getAsString();
  }

  private String simulated() throws Exception {
    var workspace = folder.resolve("workspace").toString();
    return model(
        ward(
            "simulate",
            job().toString(),
            "--sites",
            "2",
            "--data",
            DATA,
            "--workspace",
            workspace,
            "--json"));
  }

  private void kill(String participant) throws Exception {
    var process =
        java.util.Objects.requireNonNull(
            new PocProcesses(poc()).running().get(participant), participant);
    process.destroyForcibly();
    process.onExit().get(30, TimeUnit.SECONDS);
  }

  private static String model(WardProcess.Result result) {
    return json(result).getAsJsonObject("model").get("sha256").getAsString();
  }

  private static JsonObject json(WardProcess.Result result) {
    return JsonParser.parseString(result.out()).getAsJsonObject();
  }

  private PocFolder poc() {
    return PocFolder.of(folder.resolve("poc"));
  }

  private WardProcess.Result ward(String... words) throws IOException, InterruptedException {
    var shell = "export WARD_POC='" + folder.resolve("poc") + "'; unset WARD_KIT WARD_PROXY";
    return WardProcess.start(folder, shell, words).await();
  }
}
