package org.wardfl.cli.doctor;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.wardfl.client.policy.PatientCount;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.kit.StartupKit;
import org.wardfl.provisioning.site.OwnersFile;
import org.wardfl.provisioning.site.SitePolicyFile;
import org.wardfl.provisioning.yaml.YamlException;

/// Looks at what the owner wrote: a site's `site.yaml` with its datasets and its Python, a server's
/// `server.yaml` with its port.
///
/// @param findings where it tells
record OwnerChecks(Findings findings) {

  private static final String PROBE =
      "import sys; assert sys.version_info >= (3, 9), sys.version; import numpy;"
          + " print(sys.version.split()[0], 'with numpy', numpy.__version__)";

  void site(StartupKit kit) throws IOException, InterruptedException {
    SitePolicyFile file;
    try {
      file = SitePolicyFile.of(OwnersFile.read(kit.siteFile()));
    } catch (KitException | YamlException e) {
      findings.failed("site.yaml", e.getMessage() + "; until then this site runs nothing");
      return;
    }
    if (!file.algorithms().any() && file.algorithms().names().isEmpty()) {
      findings.note("site.yaml", "it allows no algorithm, so no job runs here");
    } else {
      findings.ok("site.yaml", "it can be read");
    }
    datasets(file);
    python(file);
  }

  private void datasets(SitePolicyFile file) {
    if (file.datasets().isEmpty()) {
      findings.note("datasets", "site.yaml declares none, so jobs that name one are declined");
    }
    new TreeMap<>(file.datasets()).forEach((name, dataset) -> dataset("dataset " + name, dataset));
  }

  private void dataset(String check, SitePolicyFile.Dataset dataset) {
    var path = dataset.path();
    if (!Files.exists(path)) {
      findings.failed(check, "there is no " + path + "; correct the path in site.yaml");
      return;
    }
    if (!Files.isReadable(path)) {
      findings.failed(
          check,
          path
              + " cannot be read by "
              + System.getProperty("user.name")
              + ", the account that this runs as");
      return;
    }
    try {
      var enough = PatientCount.isEnough(dataset);
      if (enough.isEmpty()) {
        findings.failed(
            check,
            path + " is no CSV file: say in site.yaml how many patients there are (patients: N)");
      } else if (enough.get()) {
        findings.ok(check, path + ", at least " + dataset.minimum() + " patients");
      } else {
        findings.failed(
            check,
            path
                + " has fewer than the "
                + dataset.minimum()
                + " patients of its minimum, so this site stays silent about it");
      }
    } catch (IOException e) {
      findings.failed(check, path + " cannot be read: " + e.getMessage());
    }
  }

  private void python(SitePolicyFile file) throws IOException, InterruptedException {
    if (file.python().isEmpty()) {
      findings.note("Python", "site.yaml names none, so jobs in Python are declined");
      return;
    }
    var python = file.python().get();
    var said = MachineChecks.run(List.of(python.toString(), "-c", PROBE));
    if (said.isEmpty()) {
      findings.failed("Python", "there is no program " + python + "; correct site.yaml");
    } else if (said.get().code() != 0) {
      var lines = said.get().text().lines().toList();
      findings.failed(
          "Python",
          python
              + " is not 3.9 or later with numpy: "
              + (lines.isEmpty() ? "" : lines.getLast())
              + "; docs/python.md says how to make one");
    } else {
      findings.ok("Python", python + ", " + said.get().text());
    }
  }

  void server(StartupKit kit, Path data) throws IOException {
    try {
      var file = kit.serverFile();
      findings.ok("server.yaml", "it can be read");
      try (var socket = new ServerSocket()) {
        socket.bind(new InetSocketAddress(file.address(), file.port()));
        findings.ok("port", file.address() + ":" + file.port() + " is free for the server");
      } catch (IOException e) {
        listening(file.address() + ":" + file.port(), data, e);
      }
    } catch (KitException e) {
      findings.failed("server.yaml", String.valueOf(e.getMessage()));
      findings.skipped("port", "it stands in server.yaml");
    }
  }

  private void listening(String address, Path data, IOException e) throws IOException {
    var lock = data.resolve("lock");
    if (Files.exists(lock) && isAlive(Files.readString(lock).strip())) {
      findings.ok(
          "port", address + " is in use; the server with the data folder " + data + " runs");
    } else {
      findings.failed(
          "port",
          address
              + " cannot be listened on: "
              + e.getMessage()
              + "; end the program that has it (ss -ltnp), or choose another port");
    }
  }

  private static boolean isAlive(String process) {
    return process.matches("[0-9]{1,18}")
        && ProcessHandle.of(Long.parseLong(process)).map(ProcessHandle::isAlive).orElse(false);
  }
}
