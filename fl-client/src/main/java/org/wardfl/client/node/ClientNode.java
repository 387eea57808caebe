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
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.model.Durability;
import org.wardfl.algo.run.Grace;
import org.wardfl.certs.PrivateFile;
import org.wardfl.client.admission.JobAdmission;
import org.wardfl.client.host.JobProcessCommand;
import org.wardfl.client.host.JobProcessHost;
import org.wardfl.client.link.Endpoint;
import org.wardfl.client.link.GrpcLink;
import org.wardfl.client.link.LinkSettings;
import org.wardfl.client.link.Renewal;
import org.wardfl.client.link.ServerChannel;
import org.wardfl.client.log.OutputStreaming;
import org.wardfl.client.policy.SiteFilePolicy;
import org.wardfl.client.state.ResultStore;
import org.wardfl.client.task.Permits;
import org.wardfl.client.task.SiteAgent;
import org.wardfl.proto.channel.Tls;
import org.wardfl.proto.task.SiteCapacity;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.data.DataFolder;
import org.wardfl.provisioning.kit.ActiveKit;

/// A running agent of one site.
///
/// In its data folder lie what it has done and not yet forgotten (`results`), the jobs that were
/// let in (`jobs`), those that are not let in again (`seen`), files on their way (`downloads`) and
/// the output of job processes (`logs`). It needs one outbound connection, and works on without it.
public final class ClientNode implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ClientNode.class);
  private static final Duration RELOAD = Duration.ofSeconds(1);
  private static final Duration FIRST_LOOK = Duration.ofSeconds(10);

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
    // Code that jobs bring along is confined in a later version; until then only a site that says
    // `unconfined` runs any.
    var policy =
        new SiteFilePolicy(kit.kit().siteFile(), site, kit.identity().organization(), false);
    var admission =
        new JobAdmission(
            data.resolve("jobs"),
            kit::trust,
            clock,
            policy,
            new SeenJobFiles(data.resolve("seen"), clock.instant()));
    var output =
        new OutputStreaming(
            link::tellLog, policy::streamsLogs, clock.instant().toEpochMilli() << 20);
    parts.push(output);
    output.start();
    var host =
        new JobProcessHost(
            new JobProcessCommand(setup.java(), setup.classPath(), setup.options(), logs),
            Grace.DEFAULT,
            output);
    parts.push(host);
    var threads = Executors.newVirtualThreadPerTaskExecutor();
    parts.push(() -> end(threads));
    var agent =
        new SiteAgent(
            link,
            new PackagedJobs(link, admission, data.resolve("packages")),
            policy,
            host,
            new ResultStore(data.resolve("results"), Durability.DISK),
            new Permits(setup.tasksAtOnce(), setup.gpus()),
            threads,
            () -> Optional.of(capacity(setup)));
    parts.push(agent);
    var clockwork =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("clockwork").factory());
    parts.push(clockwork::shutdownNow);
    watch(clockwork, kit);
    renew(parts, new AutomaticRenewal(new Renewal(channel, kit), link::isConnected), settings);
    agent.start();
    link.answerWith(new JobQuestions(kit::trust, clock, policy));
    link.connect();
    return new ClientNode(parts, link);
  }

  private static SiteCapacity capacity(Setup setup) {
    return new SiteCapacity(
        setup.gpus().size(),
        SiteCapacity.NO_BOUND,
        Long.MAX_VALUE,
        SiteCapacity.NO_BOUND,
        Optional.empty());
  }

  private static Endpoint endpoint(Setup setup) {
    var name = setup.kit().kit().name();
    return new Endpoint(name.server(), name.address().host(), name.address().port(), setup.proxy());
  }

  private static void watch(ScheduledExecutorService clockwork, ActiveKit kit) {
    var _ =
        clockwork.scheduleWithFixedDelay(
            () -> {
              try {
                if (kit.reload()) {
                  LOG.atInfo().log("the kit's files have changed and are in use");
                }
              } catch (KitException | IOException | RuntimeException e) {
                LOG.atError().setCause(e).log("the kit's files have changed and are refused");
              }
            },
            RELOAD.toMillis(),
            RELOAD.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  /// On a thread of its own: it waits for the server.
  private static void renew(
      Deque<AutoCloseable> parts, AutomaticRenewal renewal, LinkSettings settings) {
    var thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("renewal").factory());
    parts.push(thread::shutdownNow);
    long pause = settings.renewal().toMillis();
    var _ =
        thread.scheduleWithFixedDelay(
            renewal, Math.min(pause, FIRST_LOOK.toMillis()), pause, TimeUnit.MILLISECONDS);
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
