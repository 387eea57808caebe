package org.wardfl.cli.federation;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.wardfl.certs.Passphrase;
import org.wardfl.cli.Commands;
import org.wardfl.cli.WardProcess;

/// A federation on this machine, made by the commands that people type: provisioned, in processes
/// of their own, over mutual TLS on loopback.
final class Federation implements AutoCloseable {

  static final String SERVER = "localhost";
  static final String LEAD = "lead@uni.org";
  static final String ADMIN = "admin@uni.org";
  private static final Pattern SHA256 = Pattern.compile("\"sha256\": \"([0-9a-f]{64})\"");

  private final Path folder;
  private final List<String> sites;
  private final Map<String, WardProcess> running = new HashMap<>();

  /// Provisions a server, these sites, a lead and an admin.
  Federation(Path folder, String... sites) throws Exception {
    this.folder = folder;
    this.sites = List.of(sites);
    int port;
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    var project = new StringBuilder("api_version: 3\nname: federation\nparticipants:\n");
    project.append("  - {name: localhost, type: server, org: uni, fed_learn_port: " + port + "}\n");
    for (var site : sites) {
      project.append("  - {name: " + site + ", type: client, org: " + organization(site) + "}\n");
    }
    project.append("  - {name: admin@uni.org, type: admin, org: uni, role: project_admin}\n");
    project.append("  - {name: lead@uni.org, type: admin, org: uni, role: lead}\n");
    Files.writeString(folder.resolve("project.yml"), project);
    secret("passphrase.txt", "correct horse battery");
    expect(
        local(
            "provision",
            folder.resolve("project.yml").toString(),
            "--out",
            folder.resolve("out").toString(),
            "--passphrase-file",
            folder.resolve("passphrase.txt").toString()));
    for (var site : sites) {
      edit(site, "algorithms: none", "algorithms: [quadratic, faulty, torch-tabular]");
    }
    var server = kit(SERVER).resolve("server.yaml");
    Files.writeString(
        server, Files.readString(server).replace("address: 0.0.0.0", "address: 127.0.0.1"));
  }

  private static String organization(String site) {
    return site.replace('-', '_');
  }

  private void secret(String name, String text) throws IOException {
    var file =
        Files.createFile(
            folder.resolve(name),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, text + "\n");
  }

  Path kit(String name) {
    return folder.resolve("out").resolve("kits").resolve(name);
  }

  /// What opens somebody's key.
  Passphrase password(String name) throws IOException {
    var file = folder.resolve("out").resolve("passwords").resolve(name + ".txt");
    return new Passphrase(Files.readString(file).strip());
  }

  /// Changes what a site allows.
  void edit(String site, String text, String replacement) throws IOException {
    var file = kit(site).resolve("site.yaml");
    var yaml = Files.readString(file);
    if (!yaml.contains(text)) {
      throw new IllegalArgumentException(file + " has no " + text);
    }
    // The site may be reading it.
    var edited =
        Files.writeString(file.resolveSibling("site.yaml.new"), yaml.replace(text, replacement));
    Files.move(edited, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /// Starts the server and every site.
  Federation start() throws Exception {
    startServer();
    for (var site : sites) {
      startSite(site);
    }
    return this;
  }

  void startServer() throws Exception {
    start(SERVER, "server").awaitText("ready: server");
  }

  WardProcess startSite(String site) throws Exception {
    var process = start(site, "client");
    process.awaitText("ready: site");
    return process;
  }

  /// Starts the server or a site so that the system kills it when it makes something durable for
  /// the n-th time: a file, a folder, or a file's new name.
  WardProcess startKilledAt(int step, String name) throws IOException {
    var calls = "fsync,fdatasync,rename,renameat,renameat2";
    var trace = "strace -D -f -qqq -o /dev/null -e trace=" + calls;
    var inject = " -e inject=" + calls + ":signal=KILL:when=" + step;
    return start(
        name, name.equals(SERVER) ? "server" : "client", "set -- " + trace + inject + " \"$@\"");
  }

  private WardProcess start(String name, String command) throws IOException {
    return start(name, command, ":");
  }

  private WardProcess start(String name, String command, String shell) throws IOException {
    var process = WardProcess.start(folder, shell, withKit(name, command));
    running.put(name, process);
    return process;
  }

  WardProcess process(String name) {
    return running.get(name);
  }

  /// Kills a participant's own process, not the job processes of a site, which must notice.
  void kill(String name) throws InterruptedException {
    running.remove(name).kill();
  }

  /// Runs a person's command with a kit and its password; in this process, since what it talks to
  /// are processes of their own.
  WardProcess.Result run(String name, String... words) {
    return local(withKit(name, words));
  }

  /// Starts a person's command in a process of its own, which ends with the federation.
  WardProcess begin(String name, String... words) throws IOException {
    var process = WardProcess.start(folder, ":", withKit(name, words));
    running.put(name, process);
    return process;
  }

  /// Runs a command that needs no kit.
  static WardProcess.Result local(String... words) {
    var out = new StringWriter();
    var err = new StringWriter();
    int code = Commands.run(new PrintWriter(out), new PrintWriter(err), words);
    return new WardProcess.Result(code, out.toString(), err.toString());
  }

  private String[] withKit(String name, String... words) {
    var all = new ArrayList<>(List.of(words));
    all.addAll(
        List.of(
            "--kit",
            kit(name).toString(),
            "--password-file",
            folder.resolve("out").resolve("passwords").resolve(name + ".txt").toString()));
    return all.toArray(String[]::new);
  }

  /// Runs a command of the project admin's.
  WardProcess.Result admin(String... words) {
    var all = new ArrayList<>(List.of(words));
    all.addAll(
        List.of(
            "--out",
            folder.resolve("out").toString(),
            "--passphrase-file",
            folder.resolve("passphrase.txt").toString()));
    return local(all.toArray(String[]::new));
  }

  Path out() {
    return folder.resolve("out");
  }

  /// Writes a job folder.
  Path job(String name, String yaml) throws IOException {
    var job = Files.createDirectories(folder.resolve("jobs").resolve(name));
    Files.writeString(job.resolve("job.yaml"), yaml);
    return job;
  }

  /// Submits a job as the lead.
  ///
  /// @return its id
  String submit(Path job) throws Exception {
    return expect(run(LEAD, "job", "submit", job.toString())).strip();
  }

  /// Waits for a job.
  WardProcess.Result await(String id) throws Exception {
    return run(LEAD, "job", "wait", id, "--json");
  }

  /// The hash of the model in a job's report.
  static String model(String json) {
    var found = SHA256.matcher(json);
    if (!found.find()) {
      throw new IllegalStateException("no model in " + json);
    }
    return found.group(1);
  }

  /// The model of the same job in the simulator: what a federation must end with.
  String simulated(Path job, String... options) throws Exception {
    var words =
        new ArrayList<>(
            List.of(
                "simulate",
                job.toString(),
                "--sites",
                String.join(",", sites),
                "--workspace",
                folder.resolve("workspace").toString(),
                "--json"));
    words.addAll(List.of(options));
    return model(expect(WardProcess.run(folder, words.toArray(String[]::new))));
  }

  static String expect(WardProcess.Result result) {
    if (result.exitCode() != 0) {
      throw new AssertionError("exit code " + result.exitCode() + ": " + result.err());
    }
    return result.out();
  }

  /// What everybody said, for a test that failed.
  String said() throws IOException {
    var text = new StringBuilder();
    for (var process : running.entrySet()) {
      text.append("== ").append(process.getKey()).append('\n').append(process.getValue().said());
    }
    return text.toString();
  }

  @Override
  public void close() {
    for (var process : running.values()) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      try {
        process.kill();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
