package org.wardfl.cli.poc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import org.wardfl.algo.SiteName;
import org.wardfl.certs.Passphrase;
import org.wardfl.certs.PrivateFile;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.project.ProjectFile;
import org.wardfl.provisioning.rights.AuthorizationPolicy;
import org.wardfl.provisioning.state.Provisioner;
import org.wardfl.provisioning.yaml.YamlException;
import org.wardfl.provisioning.yaml.YamlFile;
import org.wardfl.provisioning.yaml.YamlText;
import org.wardfl.simulator.SimulationException;
import org.wardfl.simulator.SiteData;

/// Provisions the federation of `ward poc`: a server, its sites and one person, with what their
/// owners would decide on a developer's own machine.
///
/// @param folder where
/// @param settings who
record PocKits(PocFolder folder, PocSettings settings) {

  /// Makes the kits that are not there; what was edited in one that is there stays.
  ///
  /// @param python the Python of all sites
  void provision(Optional<Path> python)
      throws KitException, YamlException, SimulationException, IOException {
    var done = folder.federation().resolve("provisioned");
    if (Files.exists(done)) {
      return;
    }
    var project = ProjectFile.of(YamlFile.parse("project.yml", projectText()));
    new Provisioner(
            folder.federation(), new Passphrase(settings.passphrase()), InstantSource.system())
        .provision(project.project(), Provisioner.Options.NONE);
    for (var site : settings.sites()) {
      write(folder.kit(site).resolve("site.yaml"), siteYaml(site, python));
    }
    write(
        folder.kit(PocFolder.SERVER).resolve("server.yaml"),
        "listen: {address: 127.0.0.1, port: " + settings.port() + "}\n");
    write(done, "");
  }

  private static void write(Path file, String text) throws IOException {
    PrivateFile.write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  private String projectText() {
    var text = new StringBuilder("api_version: 3\nname: poc\nparticipants:\n");
    text.append("  - {name: " + PocFolder.SERVER + ", type: server, org: poc, fed_learn_port: ");
    text.append(settings.port()).append("}\n");
    for (var site : settings.sites()) {
      text.append("  - {name: " + YamlText.quote(site) + ", type: client, org: poc}\n");
    }
    text.append("  - {name: " + PocFolder.PERSON + ", type: admin, org: poc, role: project_admin}");
    return text.append('\n').toString();
  }

  private String siteYaml(String site, Optional<Path> python)
      throws SimulationException, IOException {
    var datasets = "{}";
    if (settings.data().isPresent()) {
      var path = new SiteData(settings.data().get()).of(new SiteName(site));
      datasets = "{'*': {path: " + YamlText.quote(path.toString()) + ", minimum: 0, used_by: any}}";
    }
    return """
    # What %s allows: all that a developer needs on a machine of one's own. A hospital's file says
    # much less. It is read before every task, so a change counts from the next task on.
    rights:
    %s
    # Whatever a job names its dataset, it is this one.
    datasets: %s
    algorithms: any
    own_code: {sandbox: unconfined}
    logs: stream
    """
            .formatted(site, AuthorizationPolicy.DEFAULT_TEXT.indent(2), datasets)
        + python.map(path -> "python: " + YamlText.quote(path.toString()) + "\n").orElse("");
  }
}
