package org.wardfl.server.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.model.Durability;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.certs.CertificateAuthority;
import org.wardfl.certs.CertifiedName;
import org.wardfl.certs.Identity;
import org.wardfl.certs.IdentityKeyManager;
import org.wardfl.certs.PeerTrustManager;
import org.wardfl.certs.TrustAnchors;
import org.wardfl.proto.channel.Tls;
import org.wardfl.proto.job.PackageReference;
import org.wardfl.proto.task.TaskKey;
import org.wardfl.proto.wire.AdministrationGrpc;
import org.wardfl.proto.wire.LogPage;
import org.wardfl.proto.wire.LogsRequest;
import org.wardfl.provisioning.audit.AuditLog;
import org.wardfl.provisioning.audit.AuditVerdict;
import org.wardfl.provisioning.rights.AuthorizationPolicy;
import org.wardfl.server.Coordinator;
import org.wardfl.server.NewJob;
import org.wardfl.server.ServerConfig;
import org.wardfl.server.federation.Membership;
import org.wardfl.server.job.Jobs;
import org.wardfl.server.log.JobLogs;
import org.wardfl.server.result.RunRecord;
import org.wardfl.server.store.BlobStore;
import org.wardfl.server.store.FileEventStore;
import org.wardfl.server.store.Uploads;
import org.wardfl.server.transport.ServerTransport;
import org.wardfl.server.transport.TransportLimits;

/// The server's port on loopback with everything real behind it: services, coordinator, stores. One
/// job of two sites waits for site-1's first model; its package is there for both. Of
/// administration there is only the gate before it, and whoever follows what the job prints.
public final class RunningServer implements AutoCloseable {

  /// What a test waits for must come within this.
  public static final Duration PATIENCE = Duration.ofSeconds(10);

  /// The task that site-1 is asked for.
  public static final TaskKey TASK = new TaskKey(Jobs.ID, 0, 0, new SiteName("site-1"));

  // It warns, with a stack trace, of every rule of its own that is broken here on purpose.
  private static final Logger NETWORK = Logger.getLogger("io.grpc");

  static {
    NETWORK.setLevel(Level.OFF);
  }

  private static final long LARGEST_UPDATE = 256L << 20;

  private final List<ServerCallStreamObserver<LogPage>> followers = new CopyOnWriteArrayList<>();
  private final Path audit;
  private final ModelHash jobPackage;
  private final FileEventStore events;
  private final Coordinator coordinator;
  private final Sessions sessions;
  private final AuditLog log;
  private final ServerTransport transport;
  private final PeerTrustManager trust;
  private final IdentityKeyManager identity;
  private final Set<CertifiedName> roster = ConcurrentHashMap.newKeySet();
  private final AtomicReference<Optional<CertificateAuthority>> authority =
      new AtomicReference<>(Optional.empty());
  private final AtomicReference<Instant> now = new AtomicReference<>(ProvisionedProject.NOW);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService watch =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());
  private final Path file;

  /// A server that listens.
  ///
  /// @param packageBytes the size of the job's package
  public RunningServer(Path folder, Tls tls, TransportLimits limits, int packageBytes)
      throws IOException {
    InstantSource clock = now::get;
    var project = ProvisionedProject.get();
    audit = folder.resolve("audit.jsonl");
    log = AuditLog.open(audit, clock);
    events = new FileEventStore(folder.resolve("events"), Durability.PROCESS);
    var blobs = new BlobStore(folder.resolve("blobs"), Durability.PROCESS);
    coordinator =
        new Coordinator(
            ServerConfig.simulation(folder, 1),
            events,
            blobs,
            clock,
            (_, _) -> () -> {},
            (_, _, _) -> {},
            new RunRecord.Environment("0.1.0", "25", "Linux amd64", "a processor"));
    file = randomFile(folder.resolve("package"), packageBytes);
    jobPackage = ModelWriter.hash(file);
    blobs.link(file, jobPackage);
    for (var name : List.of("site-1", "site-2", "lead@uni.org", "admin@uni.org")) {
      roster.add(project.name(name));
    }
    trust = PeerTrustManager.ofServer(project.trust(), clock);
    identity = new IdentityKeyManager(project.identity("fl.example.org"));
    sessions = new Sessions(Membership.open(events, clock, 1), clock, "ward test");
    var uploads =
        new Uploads(folder.resolve("uploads"), blobs, 4 * LARGEST_UPDATE, coordinator::files);
    var rights = AuthorizationPolicy.standard();
    var logs = new JobLogs(folder.resolve("logs"), clock, 1 << 20);
    var service =
        new FederationService(
            coordinator,
            sessions,
            new FileAccess(coordinator, blobs, _ -> LARGEST_UPDATE, rights),
            new Transfers(blobs, uploads, limits, watch),
            log,
            new Witnesses(log, identity::identity, trust::anchors, clock),
            new LogIntake(coordinator, logs, clock),
            threads);
    transport =
        ServerTransport.start(
            new ServerTransport.Setup(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                tls,
                identity,
                trust,
                roster::contains,
                rights,
                log,
                clock,
                1,
                limits),
            List.of(
                service,
                new EnrollmentService(
                    Renewals.open(
                        folder.resolve("renewals"),
                        new Renewals.Authority(trust::anchors, authority::get),
                        clock,
                        log)),
                new AdministrationGrpc.AdministrationImplBase() {
                  @Override
                  public void logs(LogsRequest request, StreamObserver<LogPage> out) {
                    var call = (ServerCallStreamObserver<LogPage>) out;
                    followers.add(call);
                    new LogFollower(coordinator, logs, Jobs.ID, Optional.empty(), 0, call)
                        .begin(true);
                  }
                }));
    var _ = coordinator.connect(new SiteName("site-1"), () -> {});
    coordinator.submit(
        new NewJob(
            Jobs.ID,
            Jobs.over(2).build(),
            project.name("lead@uni.org").uri() + " uni",
            Optional.empty(),
            Optional.of(new PackageReference(jobPackage, packageBytes))));
    assertThat(coordinator.awaits(TASK)).isTrue();
  }

  /// A server with the standard limits.
  public RunningServer(Path folder, Tls tls) throws IOException {
    this(folder, tls, TransportLimits.STANDARD, 1000);
  }

  /// A file of random bytes, always the same ones for one size.
  public static Path randomFile(Path path, int bytes) throws IOException {
    var content = new byte[bytes];
    new Random(bytes).nextBytes(content);
    return Files.write(path, content);
  }

  /// Where it listens.
  public int port() {
    return transport.port();
  }

  /// Its transport.
  public ServerTransport transport() {
    return transport;
  }

  Sessions sessions() {
    return sessions;
  }

  Coordinator coordinator() {
    return coordinator;
  }

  /// The package that both sites may fetch.
  public ModelHash jobPackage() {
    return jobPackage;
  }

  /// Who has asked to follow what the job prints.
  public List<ServerCallStreamObserver<LogPage>> followers() {
    return followers;
  }

  /// Its bytes.
  public Path packageFile() {
    return file;
  }

  /// Moves the server's clock.
  public void setTime(Instant time) {
    now.set(time);
  }

  /// Hands an authority to the server.
  void delegate(CertificateAuthority handed) {
    authority.set(Optional.of(handed));
  }

  /// Lets the server know one participant more.
  public void register(CertifiedName name) {
    roster.add(name);
  }

  /// Exchanges the server's trust, as an update does.
  public void exchange(TrustAnchors next) {
    trust.exchange(next);
    transport.trustChanged();
  }

  /// Exchanges the server's identity.
  public void exchange(Identity next) {
    identity.exchange(next);
  }

  /// Waits for a record of a refusal with this reason and text.
  public void assertRecorded(String actor, String reason, String text) {
    await(
        () -> records().anyMatch(it -> isRecord(it, actor, reason, text)),
        () ->
            "a record of "
                + actor
                + ", "
                + reason
                + ", '"
                + text
                + "' among\n"
                + records().collect(Collectors.joining("\n")));
  }

  /// How many records of refusals there are with this reason.
  public long recorded(String reason) {
    return records().filter(line -> line.contains("\"result\":\"refused: " + reason)).count();
  }

  private static boolean isRecord(String line, String actor, String reason, String text) {
    return line.contains("\"actor\":\"" + actor + "\"")
        && line.contains("\"result\":\"refused: " + reason + "\"")
        && line.contains(text);
  }

  private Stream<String> records() {
    try {
      return Files.readAllLines(audit).stream();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /// Waits until something is so.
  public static void await(BooleanSupplier condition, Supplier<String> what) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within " + PATIENCE + ": " + what.get());
      }
      LockSupport.parkNanos(2_000_000);
    }
  }

  /// A site that did nothing wrong gets what it asks for.
  public void assertServes() {
    try (var site = SiteChannel.of(this, "site-2")) {
      assertThat(site.fetch(jobPackage)).isEqualTo(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() throws IOException {
    transport.close();
    coordinator.close();
    events.close();
    log.close();
    watch.shutdownNow();
    threads.shutdownNow();
    assertThat(AuditLog.verify(audit)).isInstanceOf(AuditVerdict.Whole.class);
  }
}
