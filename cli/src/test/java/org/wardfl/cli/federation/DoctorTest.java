package org.wardfl.cli.federation;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.cli.Commands;
import org.wardfl.provisioning.project.ProjectFile;
import org.wardfl.provisioning.state.Provisioner;
import org.wardfl.provisioning.yaml.YamlFile;

/// What `ward doctor` says of kits, machines and ways that are really broken.
@Timeout(120)
class DoctorTest {

  @TempDir private Path folder;

  /// What one run said.
  private record Report(int code, Map<String, JsonObject> checks, String text) {

    String state(String check) {
      return checks.get(check).get("state").getAsString();
    }

    String sentence(String check) {
      return checks.get(check).get("sentence").getAsString();
    }
  }

  @Test
  void everythingIsWellAndWhatSomebodyMayMissIsNoted() throws Exception {
    try (var federation = new InProcess(folder)) {
      federation.startServer();
      var data = Files.writeString(folder.resolve("ages.csv"), "age\n" + "50\n".repeat(30));
      var yaml = federation.kitFolder(InProcess.SITE).resolve("site.yaml");
      Files.writeString(
          yaml,
          Files.readString(yaml)
              .replace("datasets: {}", "datasets: {ages: {path: " + data + ", used_by: any}}"));
      var site = doctor(federation, InProcess.SITE);
      assertThat(site.code).as(site.text).isZero();
      assertThat(site.checks.keySet())
          .containsExactly(
              "permissions",
              "kit",
              "certificate",
              "revocation",
              "Java",
              "disk",
              "DNS",
              "port",
              "TLS",
              "server",
              "clock",
              "site.yaml",
              "dataset ages",
              "Python",
              "GPU");
      assertThat(site.sentence("dataset ages")).contains("at least 20 patients");
      assertThat(site.state("Python")).isEqualTo("note");
      var person = doctor(federation, InProcess.LEAD);
      assertThat(person.code).as(person.text).isZero();
      assertThat(person.state("server")).isEqualTo("ok");
      var server = doctor(federation, InProcess.SERVER, "--data", data(federation));
      assertThat(server.code).as(server.text).isZero();
      assertThat(server.sentence("port")).contains("is in use; the server with the data folder");
      var table = text(federation);
      assertThat(table).containsPattern("certificate +ok +valid until").doesNotContain("FAILED");
    }
  }

  @Test
  void aClosedPortAndAClockThatIsWrongAreTold() throws Exception {
    try (var federation = new InProcess(folder)) {
      var closed = doctor(federation, InProcess.SITE);
      assertThat(closed.code).isEqualTo(1);
      assertThat(closed.sentence("port"))
          .contains("localhost:" + federation.port() + " accepts no connection")
          .contains("is the server running");
      assertThat(closed.state("TLS")).isEqualTo("skipped");
      federation.advance(Duration.ofMinutes(10));
      federation.startServer();
      var skewed = doctor(federation, InProcess.SITE);
      assertThat(skewed.code).isEqualTo(1);
      assertThat(skewed.state("server")).isEqualTo("ok");
      assertThat(skewed.sentence("clock"))
          .containsPattern("(599|600)\\.\\d s behind the server's")
          .contains("NTP");
    }
  }

  @Test
  void theHopThatFailsIsNamed() throws Exception {
    try (var federation = new InProcess(folder);
        var closed = new ConnectProxy().refusing(403)) {
      federation.startServer();
      var proxy = doctor(federation, InProcess.SITE, "--proxy", closed.url(""));
      assertThat(proxy.code).isEqualTo(1);
      assertThat(proxy.state("port")).isEqualTo("ok");
      assertThat(proxy.sentence("proxy")).contains("does not let this machine through");
      assertThat(proxy.state("TLS")).isEqualTo("skipped");

      var other = provision("other", "localhost", federation.port(), InstantSource.system());
      var foreign = doctor(other, "site-1");
      assertThat(foreign.code).isEqualTo(1);
      assertThat(foreign.state("port")).isEqualTo("ok");
      assertThat(foreign.sentence("TLS")).contains("is not believed");
      assertThat(foreign.state("clock")).isEqualTo("skipped");

      var lost = provision("lost", "ward.invalid", federation.port(), InstantSource.system());
      var unknown = doctor(lost, "site-1");
      assertThat(unknown.code).isEqualTo(1);
      assertThat(unknown.sentence("DNS"))
          .contains("ward.invalid is not known to this machine's name service");
      assertThat(unknown.state("port")).isEqualTo("skipped");

      var old = Instant.now().minus(Duration.ofDays(3));
      var ended = provision("ended", "localhost", federation.port(), () -> old);
      var expired = doctor(ended, "site-1");
      assertThat(expired.code).isEqualTo(1);
      assertThat(expired.sentence("certificate")).contains("it ended at").contains("cert request");
      assertThat(expired.state("port")).isEqualTo("ok");
      assertThat(expired.state("TLS")).isEqualTo("skipped");
    }
  }

  @Test
  void whatIsWrongWithFilesIsTold() throws Exception {
    try (var federation = new InProcess(folder)) {
      var kit = federation.kitFolder(InProcess.SITE);
      var yaml = kit.resolve("site.yaml");
      var few = Files.writeString(folder.resolve("few.csv"), "age\n50\n");
      Files.writeString(
          yaml,
          Files.readString(yaml)
                  .replace(
                      "datasets: {}",
                      "datasets:\n  none: {path: /nowhere/x.csv, used_by: any}\n  few: {path: "
                          + few
                          + ", used_by: any}\n  images: {path: "
                          + folder
                          + ", used_by: any}")
              + "\npython: /nowhere/python3\n");
      var site = doctor(federation, InProcess.SITE, "--data", "/proc/ward/data");
      assertThat(site.code).isEqualTo(1);
      assertThat(site.sentence("dataset none")).contains("there is no /nowhere/x.csv");
      assertThat(site.sentence("dataset few")).contains("fewer than the 20 patients");
      assertThat(site.sentence("dataset images")).contains("say in site.yaml how many patients");
      assertThat(site.sentence("Python")).contains("there is no program /nowhere/python3");
      assertThat(site.sentence("disk")).contains("/proc cannot be written");

      Files.writeString(yaml, "rigths: {}\n");
      assertThat(doctor(federation, InProcess.SITE).sentence("site.yaml"))
          .contains("site.yaml:1")
          .contains("rigths")
          .contains("this site runs nothing");
      try (var _ = new ServerSocket(federation.port(), 1, InetAddress.getLoopbackAddress())) {
        var server = federation.kitFolder(InProcess.SERVER).resolve("server.yaml");
        Files.writeString(
            server, Files.readString(server).replace("address: 0.0.0.0", "address: 127.0.0.1"));
        assertThat(doctor(federation, InProcess.SERVER).sentence("port"))
            .contains("cannot be listened on");
      }
      Files.setPosixFilePermissions(
          kit.resolve("identity.pem"), PosixFilePermissions.fromString("rw-r--r--"));
      var open = doctor(federation, InProcess.SITE);
      assertThat(open.code).isEqualTo(1);
      assertThat(open.sentence("permissions")).contains("identity.pem").contains("chmod");
      assertThat(open.state("kit")).isEqualTo("skipped");
      var none = run("doctor", "--kit", folder.resolve("no-kit").toString());
      assertThat(none).startsWith("2 ").contains("expected the folder of a startup kit");
    }
  }

  private static String data(InProcess federation) {
    return federation.out().resolve("server-data").toString();
  }

  /// A project of its own, whose kits lead to this server.
  private Path provision(String name, String server, int port, InstantSource clock)
      throws Exception {
    var out = folder.resolve(name);
    var yaml =
        """
        api_version: 3
        name: federation
        participants:
          - {name: %s, type: server, org: uni, fed_learn_port: %d}
          - {name: site-1, type: client, org: hospa}
        builders:
          - path: nvflare.lighter.impl.cert.CertBuilder
            args: {leaf_valid_days: 1}
        """
            .formatted(server, port);
    new Provisioner(out, InProcess.PASSPHRASE, clock)
        .provision(
            ProjectFile.of(YamlFile.parse("project.yml", yaml)).project(),
            Provisioner.Options.NONE);
    return out;
  }

  private static Report doctor(InProcess federation, String name, String... words) {
    return doctor(federation.out(), name, words);
  }

  private static Report doctor(Path out, String name, String... words) {
    var all = new ArrayList<>(List.of("doctor", "--json"));
    all.addAll(withKit(out, name));
    all.addAll(List.of(words));
    var said = run(all.toArray(String[]::new));
    int end = said.indexOf(' ');
    var checks = new LinkedHashMap<String, JsonObject>();
    for (var check :
        JsonParser.parseString(said.substring(end)).getAsJsonObject().getAsJsonArray("checks")) {
      checks.put(check.getAsJsonObject().get("check").getAsString(), check.getAsJsonObject());
    }
    return new Report(Integer.parseInt(said.substring(0, end)), checks, said);
  }

  private static String text(InProcess federation) {
    var all = new ArrayList<>(List.of("doctor"));
    all.addAll(withKit(federation.out(), InProcess.LEAD));
    return run(all.toArray(String[]::new));
  }

  private static List<String> withKit(Path out, String name) {
    return List.of(
        "--kit",
        out.resolve("kits").resolve(name).toString(),
        "--password-file",
        out.resolve("passwords").resolve(name + ".txt").toString());
  }

  /// The exit code, a space, and what was said.
  private static String run(String... words) {
    var said = new StringWriter();
    int code = Commands.run(new PrintWriter(said), new PrintWriter(said), words);
    return code + " " + said;
  }
}
