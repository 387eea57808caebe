package org.wardfl.cli.federation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.wardfl.certs.LeafProfile;
import org.wardfl.certs.Passphrase;
import org.wardfl.cli.Commands;
import org.wardfl.cli.Installation;
import org.wardfl.client.admin.AdminSession;
import org.wardfl.client.link.Endpoint;
import org.wardfl.client.link.LinkSettings;
import org.wardfl.client.node.ClientNode;
import org.wardfl.provisioning.kit.ActiveKit;
import org.wardfl.provisioning.kit.StartupKit;
import org.wardfl.provisioning.project.ProjectFile;
import org.wardfl.provisioning.site.ServerFile;
import org.wardfl.provisioning.state.Provisioner;
import org.wardfl.provisioning.yaml.YamlFile;
import org.wardfl.server.node.ServerNode;
import org.wardfl.server.result.RunRecord;
import org.wardfl.server.transport.TransportLimits;

/// A federation of one site in this process: the real server and the real client over mutual TLS on
/// loopback, on a clock that can be moved. Certificates live for a day.
final class InProcess implements AutoCloseable {

  static final String SERVER = "localhost";
  static final String SITE = "site-1";
  static final String ADMIN = "admin@uni.org";
  static final String LEAD = "lead@uni.org";
  static final Passphrase PASSPHRASE = new Passphrase("correct horse battery");

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration LOOK = Duration.ofMillis(50);
  private final Path out;
  private final int port;
  private final List<Part> parts = new ArrayList<>();
  private final AtomicReference<Duration> moved = new AtomicReference<>(Duration.ZERO);

  InProcess(Path folder) throws Exception {
    this(folder, "");
  }

  /// @param participants further ones, a line of `project.yml` each
  InProcess(Path folder, String participants) throws Exception {
    out = folder.resolve("out");
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    var file = ProjectFile.of(YamlFile.parse("project.yml", project(port, participants)));
    new Provisioner(out, PASSPHRASE, clock()).provision(file.project(), Provisioner.Options.NONE);
    var site = kitFolder(SITE).resolve("site.yaml");
    Files.writeString(
        site, Files.readString(site).replace("algorithms: none", "algorithms: [quadratic]"));
  }

  private InProcess(Path out, int port) {
    this.out = out;
    this.port = port;
  }

  /// What was provisioned in this folder before, with everything that it left.
  static InProcess again(Path folder) throws Exception {
    var out = folder.resolve("out");
    var kit = StartupKit.open(out.resolve("kits").resolve(SITE));
    return new InProcess(out, kit.name().address().port());
  }

  private static String project(int port, String participants) {
    return """
    api_version: 3
    name: federation
    participants:
      - {name: localhost, type: server, org: uni, fed_learn_port: %d}
      - {name: site-1, type: client, org: hospa}
      - {name: admin@uni.org, type: admin, org: uni, role: project_admin}
      - {name: lead@uni.org, type: admin, org: uni, role: lead}
    %sbuilders:
      - path: nvflare.lighter.impl.cert.CertBuilder
        args: {leaf_valid_days: 1}
    """
        .formatted(port, participants);
  }

  Path out() {
    return out;
  }

  int port() {
    return port;
  }

  InstantSource clock() {
    return () -> Instant.now().plus(moved.get());
  }

  void advance(Duration time) {
    moved.updateAndGet(it -> it.plus(time));
  }

  Path kitFolder(String name) {
    return out.resolve("kits").resolve(name);
  }

  Path passwordFile(String name) {
    return out.resolve("passwords").resolve(name + ".txt");
  }

  Passphrase password(String name) throws IOException {
    return new Passphrase(Files.readString(passwordFile(name)).strip());
  }

  ActiveKit kit(String name, LeafProfile profile) throws Exception {
    return ActiveKit.open(kitFolder(name), password(name), clock(), Set.of(profile));
  }

  /// What ends with the test.
  private interface Part extends AutoCloseable {
    @Override
    void close();
  }

  private <P> P keep(P part, Part closing) {
    parts.add(closing);
    return part;
  }

  /// Starts the server.
  ActiveKit startServer() throws Exception {
    var kit = kit(SERVER, LeafProfile.SERVER);
    var limits = new ServerFile.Limits(1_000_000, 1_000_000, 64L << 20);
    var year = Duration.ofDays(365);
    var node =
        ServerNode.start(
            new ServerNode.Setup(
                kit,
                new ServerFile("127.0.0.1", port, limits, java.util.Map.of(), 100, year, year),
                out.resolve("server-data"),
                TransportLimits.STANDARD,
                RunRecord.Environment.here("test"),
                LOOK),
            clock());
    return keep(kit, node::close);
  }

  /// A client and the kit that it runs with.
  record Client(ClientNode node, ActiveKit kit) {}

  /// Starts the site's client, which looks often whether it is to renew.
  Client startClient(Duration keepAlive, Duration answer, Optional<Endpoint.Proxy> proxy)
      throws Exception {
    var kit = kit(SITE, LeafProfile.SITE);
    var here = Installation.current();
    var node =
        ClientNode.start(
            new ClientNode.Setup(
                kit,
                clientData(),
                here.java(),
                System.getProperty("surefire.test.class.path", here.classPath()),
                here.processOptions(),
                1,
                List.of(),
                proxy,
                "ward test"),
            clock(),
            new LinkSettings(keepAlive, answer, LOOK));
    return keep(new Client(node, kit), node::close);
  }

  Client startClient() throws Exception {
    return startClient(Duration.ofSeconds(20), Duration.ofSeconds(15), Optional.empty());
  }

  Path clientData() {
    return out.resolve("client-data");
  }

  /// What a person asks the server with.
  AdminSession person(String name) throws Exception {
    var administration = new AdminSession(kit(name, LeafProfile.USER), Optional.empty());
    return keep(administration, administration::close);
  }

  /// Runs a command with somebody's kit, which must succeed.
  String command(String name, String command, String... words) throws IOException {
    var all = new ArrayList<>(List.of(words));
    all.addAll(
        List.of(
            "--kit", kitFolder(name).toString(), "--password-file", passwordFile(name).toString()));
    var said = new StringWriter();
    var err = new StringWriter();
    int code =
        Commands.run(
            new PrintWriter(said), new PrintWriter(err), command, all.toArray(String[]::new));
    assertThat(code).as(command + " " + all + ": " + err).isZero();
    return said.toString();
  }

  /// What the site remembers.
  String siteAudit() throws IOException {
    return Files.readString(clientData().resolve("audit.jsonl"));
  }

  /// What the server remembers.
  String audit() throws IOException {
    return Files.readString(out.resolve("server-data").resolve("audit.jsonl"));
  }

  /// A condition that may fail.
  interface Condition {
    boolean holds() throws Exception;
  }

  /// Waits until something is so.
  static void await(Condition condition, Supplier<String> what) throws Exception {
    await(condition, what, PATIENCE);
  }

  /// Waits so long until something is so.
  static void await(Condition condition, Supplier<String> what, Duration patience)
      throws Exception {
    long end = System.nanoTime() + patience.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not within " + patience + ": " + what.get());
      }
      Thread.sleep(10);
    }
  }

  /// The last part first.
  @Override
  public void close() {
    for (var part : parts.reversed()) {
      part.close();
    }
  }
}
