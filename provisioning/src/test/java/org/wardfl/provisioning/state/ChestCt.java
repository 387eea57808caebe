package org.wardfl.provisioning.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.wardfl.certs.Passphrase;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.kit.StartupKit;
import org.wardfl.provisioning.project.Project;
import org.wardfl.provisioning.project.ProjectFile;
import org.wardfl.provisioning.yaml.YamlException;
import org.wardfl.provisioning.yaml.YamlFile;

/// A project in a folder, and what its admin and its participants do there.
record ChestCt(Path out, ManualClock clock) {

  static final Passphrase PASSPHRASE = Passphrase.random();
  static final String SITES = "  - {name: hospital-a, type: client, org: hospa}\n";

  static final String FILE =
      """
      api_version: 3
      name: chest_ct
      participants:
        - {name: fl.example.org, type: server, org: uni}
        - {name: admin@uni.org, type: admin, org: uni, role: project_admin}
      """;

  private record Start(String more, Provisioner.Options options, Instant time) {}

  private record Started(Path folder, Provisioner.Result result) {}

  private static final Map<Start, Started> STARTED = new ConcurrentHashMap<>();

  static Project project(String more) {
    try {
      return ProjectFile.of(YamlFile.parse("project.yml", FILE + more)).project();
    } catch (YamlException e) {
      throw new AssertionError(e);
    }
  }

  Provisioner.Result provision(String more) throws KitException, IOException {
    return provision(more, Provisioner.Options.NONE);
  }

  Provisioner.Result provision(String more, Provisioner.Options options)
      throws KitException, IOException {
    var start = new Start(more, options, clock.instant());
    if (Files.exists(out)) {
      return new Provisioner(out, PASSPHRASE, clock).provision(project(more), options);
    }
    // Most tests start with one of few projects: each is made once and then copied.
    var made = STARTED.get(start);
    if (made == null) {
      var folder = Files.createTempDirectory("ward-project").resolve("out");
      var result = new Provisioner(folder, PASSPHRASE, clock).provision(project(more), options);
      made = new Started(folder, result);
      STARTED.put(start, made);
    }
    copy(made.folder(), out);
    return made.result();
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var files = Files.walk(from)) {
      for (var file : files.toList()) {
        Files.copy(
            file, to.resolve(from.relativize(file).toString()), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  Provisioner.Result provisionWithOwnKey(String more, String name)
      throws KitException, IOException {
    return provision(more, new Provisioner.Options(Set.of(name), Set.of()));
  }

  Path kitFolder(String name) {
    return out.resolve("kits").resolve(name);
  }

  StartupKit kit(String name) throws KitException, IOException {
    return StartupKit.open(kitFolder(name));
  }

  Passphrase password(String name) throws IOException {
    return new Passphrase(
        Files.readString(out.resolve("passwords").resolve(name + ".txt")).strip());
  }

  Enrolment enrolment() {
    return new Enrolment(out, PASSPHRASE, clock);
  }

  Revocations revocations() {
    return new Revocations(out, PASSPHRASE, clock);
  }

  RootRollOver rollOver() {
    return new RootRollOver(out, PASSPHRASE, clock);
  }
}
