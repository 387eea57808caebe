package org.wardfl.provisioning.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.certs.Passphrase;
import org.wardfl.provisioning.project.ProjectFile;
import org.wardfl.provisioning.yaml.YamlFile;

/// The systemd units in kits are ones that systemd accepts.
class ServiceUnitTest {

  private static final Path SYSTEMD = Path.of("/usr/bin/systemd-analyze");
  private static final List<String> LATER = List.of("RestartSteps", "RestartMaxDelaySec");

  @TempDir private Path folder;

  @Test
  void systemdAcceptsTheUnitsOfServerAndSite() throws Exception {
    assumeTrue(Files.isExecutable(SYSTEMD), "systemd-analyze is not installed");
    var yaml =
        """
        api_version: 3
        name: units
        participants:
          - {name: fl.example.org, type: server, org: uni}
          - {name: hospital-a, type: client, org: hospa}
        """;
    new Provisioner(
            folder.resolve("out"), new Passphrase("correct horse battery"), InstantSource.system())
        .provision(
            ProjectFile.of(YamlFile.parse("project.yml", yaml)).project(),
            Provisioner.Options.NONE);
    for (var name : List.of("fl.example.org", "hospital-a")) {
      var text = Files.readString(folder.resolve("out/kits").resolve(name).resolve("ward.service"));
      assertThat(text).contains("StartLimitIntervalSec=0", "RestartPreventExitStatus=2 3");
      // Without it control groups of version 2 are not the client's to make, and its sandbox bounds
      // no
      // sum.
      assertThat(text.lines().filter("Delegate=memory pids"::equals).count())
          .isEqualTo(name.equals("hospital-a") ? 1 : 0);
      // Neither the program nor the account of an installation is here.
      var unit = folder.resolve("ward-" + name + ".service");
      Files.writeString(
          unit, text.replace("/usr/bin/ward ", "/usr/bin/env ").replace("User=ward\n", ""));
      var verify =
          new ProcessBuilder(SYSTEMD.toString(), "verify", "--man=no", unit.toString())
              .redirectErrorStream(true)
              .start();
      var said = new String(verify.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      verify.waitFor();
      // An earlier systemd leaves out what it does not know, and says so.
      assertThat(said.lines().filter(line -> line.contains(unit.getFileName().toString())))
          .allMatch(line -> LATER.stream().anyMatch(line::contains));
    }
  }
}
