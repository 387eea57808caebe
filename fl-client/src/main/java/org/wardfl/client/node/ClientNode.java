package org.wardfl.client.node;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.model.Durability;
import org.wardfl.algo.run.Grace;
import org.wardfl.certs.PrivateFile;
import org.wardfl.client.admission.JobAdmission;
import org.wardfl.client.audit.SiteAudit;
import org.wardfl.client.control.ControlServer;
import org.wardfl.client.control.DecisionFiles;
import org.wardfl.client.control.SiteControl;
import org.wardfl.client.host.JobProcessCommand;
import org.wardfl.client.host.JobProcessHost;
import org.wardfl.client.link.Endpoint;
import org.wardfl.client.link.GrpcLink;
import org.wardfl.client.link.LinkSettings;
import org.wardfl.client.link.Renewal;
import org.wardfl.client.link.ServerChannel;
import org.wardfl.client.link.WitnessCall;
import org.wardfl.client.log.OutputStreaming;
import org.wardfl.client.policy.Machine;
import org.wardfl.client.policy.SiteFilePolicy;
import org.wardfl.client.sandbox.Sandbox;
import org.wardfl.client.state.ResultStore;
import org.wardfl.client.task.Permits;
import org.wardfl.client.task.SiteAgent;
import org.wardfl.proto.channel.Tls;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.audit.AuditLog;
import org.wardfl.provisioning.data.DataFolder;
import org.wardfl.provisioning.kit.ActiveKit;

/// A running agent of one site.
///
/// In its data folder lie what it has done and not yet forgotten (`results`), the jobs that were
/// let in (`jobs`), those that are not let in again (`seen`), what people here have decided
/// (`decisions`), the socket that they ask over (`control`), files on their way (`downloads`), the
/// output of job processes (`logs`), the files of sandboxes (`sandbox`) and the audit log
/// (`audit.jsonl`). It needs one outbound connection, and works on without it.
public final class ClientNode implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ClientNode.class);
  private static final Duration RELOAD = Duration.ofSeconds(1);
  private static final Duration LOOK = Duration.ofSeconds(10);

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final GrpcLink link;

  /// How an agent is set up.
  ///
  /// @param kit whom it speaks for and whom it believes
  /// @param data where its state lies
  /// @param java the executable that job processes run on
  /// @param classPath of job processes
  /// @param options further options of job processes
  /// @param tasksAtOnce how many tasks work at once
  /// @param gpus the devices that jobs may use
  /// @param proxy the HTTP proxy on the way to the server, if there is one
  /// @param software what the server is told
  public record Setup(
      ActiveKit kit,
      Path data,
      Path java,
      String classPath,
      List<String> options,
      int tasksAtOnce,
      List<Integer> gpus,
      Optional<Endpoint.Proxy> proxy,
      String software) {}

  /// Starts an agent; it connects by itself, now and whenever the connection is gone.
  ///
  /// @throws KitException if the data folder is refused
  /// @throws IOException if the state cannot be read or written
  public static ClientNode start(Setup setup, InstantSource clock)
      throws KitException, IOException {
    return start(setup, clock, LinkSettings.STANDARD);
  }

  /// Starts an agent that looks after its connection in this way.
  ///
  /// @throws KitException if the data folder is refused
  /// @throws IOException if the state cannot be read or written
  public static ClientNode start(Setup setup, InstantSource clock, LinkSettings settings)
      throws KitException, IOException {
    var parts = new ArrayDeque<AutoCloseable>();
    try {
      return build(setup, clock, settings, parts);
    } catch (KitException | IOException | RuntimeException e) {
      closeAll(parts);
      throw e;
    }
  }

  private static ClientNode build(
      Setup setup, InstantSource clock, LinkSettings settings, Deque<AutoCloseable> parts)
      throws KitException, IOException {
    var kit = setup.kit();
    var folder = DataFolder.open(setup.data(), kit.identity().name());
    parts.push(folder);
    var data = folder.path();
    var logs = data.resolve("logs");
    PrivateFile.createFolder(logs);
    var site = new SiteName(kit.identity().name().name());
    var channel =
        new ServerChannel(
            endpoint(setup), Tls.ofThisMachine(), kit.keys(), kit.peers(), clock, settings);
    parts.push(channel);
    var link =
        new GrpcLink(
            channel,
            kit.keys(),
            folder.instance(),
            folder.start(),
            setup.software(),
            data.resolve("downloads"));
    parts.push(link);
    var log = AuditLog.open(data.resolve("audit.jsonl"), clock);
    parts.push(log);
    log.begin(kit.identity().name().uri(), setup.software());
    var audit = new SiteAudit(log, kit.identity().name(), kit.kit().name().server());
    var sandbox = Sandbox.find(data.resolve("sandbox"), List.of(kit.kit().folder(), data));
    LOG.atInfo().addKeyValue("finding", sandbox.finding()).log("sandbox for jobs' own code");
    var decisions = new DecisionFiles(data.resolve("decisions"), clock);
    var policy =
        new SiteFilePolicy(
            kit.kit().siteFile(),
            site,
            kit.identity().organization(),
            sandbox.sandbox().isPresent(),
            Machine.here(setup.gpus()),
            decisions,
            clock);
    var admission =
        new JobAdmission(
            data.resolve("jobs"),
            kit::trust,
            clock,
            policy,
            new SeenJobFiles(data.resolve("seen"), clock.instant()),
            audit);
    var output =
        new OutputStreaming(
            link::tellLog, policy::streamsLogs, clock.instant().toEpochMilli() << 20);
    parts.push(output);
    output.start();
    var host =
        new JobProcessHost(
            new JobProcessCommand(setup.java(), setup.classPath(), setup.options(), logs),
            Grace.DEFAULT,
            sandbox.sandbox(),
            output);
    parts.push(host);
    var threads = Executors.newVirtualThreadPerTaskExecutor();
    parts.push(() -> end(threads));
    var permits = new Permits(setup.tasksAtOnce(), policy.offered());
    var agent =
        new SiteAgent(
            link,
            new PackagedJobs(link, admission, audit, data.resolve("packages")),
            policy,
            host,
            new ResultStore(data.resolve("results"), Durability.DISK),
            permits,
            audit,
            threads,
            () -> Optional.of(policy.capacity()));
    parts.push(agent);
    var clockwork =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("clockwork").factory());
    parts.push(clockwork::shutdownNow);
    var _ =
        clockwork.scheduleWithFixedDelay(
            new KitWatch(kit, audit), 0, RELOAD.toMillis(), TimeUnit.MILLISECONDS);
    var policyWatch = new PolicyWatch(policy, permits, agent);
    var _ =
        clockwork.scheduleWithFixedDelay(
            policyWatch, RELOAD.toMillis(), RELOAD.toMillis(), TimeUnit.MILLISECONDS);
    admission.recall();
    control(
        parts,
        data,
        new SiteControl(
            policy,
            decisions,
            agent,
            audit,
            site.value(),
            sandbox.finding(),
            link::isConnected,
            link::trouble));
    repeat(
        parts,
        "renewal",
        new AutomaticRenewal(new Renewal(channel, kit), link::isConnected),
        settings.renewal());
    repeat(
        parts,
        "witness",
        new Witnessing(new WitnessCall(channel), log, kit, clock, link::isConnected, agent::ended),
        settings.renewal().compareTo(LOOK) < 0 ? settings.renewal() : LOOK);
    agent.start();
    link.answerWith(new JobQuestions(kit::trust, clock, policy));
    link.connect();
    return new ClientNode(parts, link);
  }

  /// Without a local socket the agent works on; its people are told.
  private static void control(Deque<AutoCloseable> parts, Path data, SiteControl control) {
    try {
      parts.push(ControlServer.open(data, control));
    } catch (IOException e) {
      LOG.atWarn().setCause(e).log("`ward site` cannot reach this client");
    }
  }

  private static Endpoint endpoint(Setup setup) {
    var name = setup.kit().kit().name();
    return new Endpoint(name.server(), name.address().host(), name.address().port(), setup.proxy());
  }

  /// On a thread of its own: it waits for the server.
  private static void repeat(
      Deque<AutoCloseable> parts, String name, Runnable work, Duration every) {
    var thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name(name).factory());
    parts.push(thread::shutdownNow);
    long pause = every.toMillis();
    var _ =
        thread.scheduleWithFixedDelay(
            work, Math.min(pause, LOOK.toMillis()), pause, TimeUnit.MILLISECONDS);
  }

  private static void end(ExecutorService threads) throws InterruptedException {
    threads.shutdown();
    if (!threads.awaitTermination(5, TimeUnit.SECONDS)) {
      threads.shutdownNow();
    }
  }

  private ClientNode(Deque<AutoCloseable> parts, GrpcLink link) {
    this.parts.addAll(parts);
    this.link = link;
  }

  /// Whether there is a session with the server now.
  public boolean isConnected() {
    return link.isConnected();
  }

  /// What keeps this site from its server now, in one sentence; empty while there is a session.
  public Optional<String> trouble() {
    return link.trouble();
  }

  @Override
  public void close() {
    closeAll(parts);
  }

  /// The last part first; one that fails does not keep the others open.
  private static void closeAll(Deque<AutoCloseable> parts) {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      } catch (Exception e) {
        // Whatever a part throws, the next must be closed.
        LOG.atError().setCause(e).log("a part of the agent could not be closed");
      }
    }
  }
}
