package org.wardfl.server.node;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
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
import org.wardfl.algo.model.Durability;
import org.wardfl.certs.PrivateFile;
import org.wardfl.proto.channel.Tls;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.audit.AuditLog;
import org.wardfl.provisioning.data.DataFolder;
import org.wardfl.provisioning.kit.ActiveKit;
import org.wardfl.provisioning.rights.AuthorizationPolicy;
import org.wardfl.provisioning.site.ServerFile;
import org.wardfl.server.Coordinator;
import org.wardfl.server.Retention;
import org.wardfl.server.ServerConfig;
import org.wardfl.server.federation.Membership;
import org.wardfl.server.log.JobLogs;
import org.wardfl.server.result.RunRecord;
import org.wardfl.server.service.AdministrationService;
import org.wardfl.server.service.EnrollmentService;
import org.wardfl.server.service.FederationService;
import org.wardfl.server.service.FileAccess;
import org.wardfl.server.service.JobIntake;
import org.wardfl.server.service.JobNews;
import org.wardfl.server.service.LogIntake;
import org.wardfl.server.service.OwnRenewal;
import org.wardfl.server.service.Renewals;
import org.wardfl.server.service.Sessions;
import org.wardfl.server.service.Transfers;
import org.wardfl.server.service.Witnesses;
import org.wardfl.server.store.BlobStore;
import org.wardfl.server.store.SqliteEventStore;
import org.wardfl.server.store.Uploads;
import org.wardfl.server.transport.ServerTransport;
import org.wardfl.server.transport.TransportLimits;

/// A running server.
///
/// In its data folder lie the journal (`journal.db`), files by hash (`blobs`), files under way
/// (`uploads`), results (`results`), what jobs printed at sites (`logs`), renewals of certificates
/// (`renewals`) and the audit log (`audit.jsonl`). After a crash it takes up every job where it
/// was.
public final class ServerNode implements AutoCloseable {

  // Each holds blocks of some MiB; more of them would only wait for memory.
  private static final int MOST_AGGREGATION_THREADS = 8;
  private static final Logger LOG = LoggerFactory.getLogger(ServerNode.class);
  private static final Duration RELOAD = Duration.ofSeconds(1);
  private static final Duration TIDY = Duration.ofHours(1);
  private static final Duration PARTS_KEPT = Duration.ofDays(7);
  private static final Duration LOGS_KEPT = Duration.ofDays(30);
  private static final long MOST_LOG_BYTES = 4 << 20;
  // Several updates of the largest kind may be under way.
  private static final int QUOTA_IN_UPDATES = 4;

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final ServerTransport transport;
  private final long epoch;

  /// How a server is set up.
  ///
  /// @param kit whom it speaks for and whom it believes
  /// @param file what its owner decided
  /// @param data where its state lies
  /// @param limits how much of it a caller can take
  /// @param environment for the records of jobs
  /// @param renewal how often the server looks whether its certificate is to be renewed
  public record Setup(
      ActiveKit kit,
      ServerFile file,
      Path data,
      TransportLimits limits,
      RunRecord.Environment environment,
      Duration renewal) {

    /// A server that looks every minute whether its certificate is to be renewed.
    public Setup(
        ActiveKit kit,
        ServerFile file,
        Path data,
        TransportLimits limits,
        RunRecord.Environment environment) {
      this(kit, file, data, limits, environment, Duration.ofMinutes(1));
    }
  }

  /// Starts a server; when this returns it takes calls.
  ///
  /// @throws KitException if the data folder or a file of the kit is refused
  /// @throws IOException if the state cannot be read, or the port not be opened
  public static ServerNode start(Setup setup, InstantSource clock)
      throws KitException, IOException {
    var node = new Building();
    try {
      return node.build(setup, clock);
    } catch (KitException | IOException | RuntimeException e) {
      closeAll(node.parts);
      throw e;
    }
  }

  private ServerNode(Deque<AutoCloseable> parts, ServerTransport transport, long epoch) {
    this.parts.addAll(parts);
    this.transport = transport;
    this.epoch = epoch;
  }

  /// The port that it listens on.
  public int port() {
    return transport.port();
  }

  /// Which TLS is in use.
  public Tls tls() {
    return transport.tls();
  }

  /// Rises with every start.
  public long epoch() {
    return epoch;
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
        LOG.atError().setCause(e).log("a part of the server could not be closed");
      }
    }
  }

  /// The parts in the order in which they need one another.
  private static final class Building {

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();

    ServerNode build(Setup setup, InstantSource clock) throws KitException, IOException {
      var kit = setup.kit();
      var data = keep(DataFolder.open(setup.data(), kit.identity().name()));
      long epoch = data.start();
      var scratch = data.path().resolve("scratch");
      PrivateFile.createFolder(scratch);
      var trust = new ServerTrust(kit, scratch);
      var audit = keep(AuditLog.open(data.path().resolve("audit.jsonl"), clock));
      audit.begin(kit.identity().name().uri(), "ward " + setup.environment().ward());
      var journal = keep(SqliteEventStore.open(data.path().resolve("journal.db")));
      journal.requireLatest(epoch);
      var blobs = new BlobStore(data.path().resolve("blobs"), Durability.DISK);
      var threads = keep(Executors.newVirtualThreadPerTaskExecutor(), ExecutorService::shutdownNow);
      var clockwork =
          keep(
              Executors.newScheduledThreadPool(
                  2, Thread.ofPlatform().daemon().name("clockwork-", 0).factory()),
              ScheduledExecutorService::shutdownNow);
      var news = new JobNews();
      var witnesses = new Witnesses(audit, kit::identity, kit::trust, clock);
      var coordinator =
          keep(
              new Coordinator(
                  config(setup, epoch),
                  journal,
                  blobs,
                  clock,
                  (at, action) -> wake(clockwork, clock, at, action),
                  news.and(witnesses),
                  setup.environment()));
      coordinator.recover();
      var uploads =
          new Uploads(
              data.path().resolve("uploads"),
              blobs,
              QUOTA_IN_UPDATES * setup.file().limits().maxUpdateBytes(),
              coordinator::files);
      var retention =
          new Retention(
              coordinator,
              audit,
              kit.identity().name().uri(),
              setup.file().keepJobs(),
              setup.file().keepModels(),
              clock);
      tidy(uploads, blobs, coordinator, retention, clock);
      var _ =
          clockwork.scheduleWithFixedDelay(
              () -> tidy(uploads, blobs, coordinator, retention, clock),
              TIDY.toMillis(),
              TIDY.toMillis(),
              TimeUnit.MILLISECONDS);
      var sessions =
          new Sessions(
              Membership.open(journal, clock, epoch), clock, "ward " + setup.environment().ward());
      sessions.disabled().forEach((site, why) -> coordinator.disable(site, Optional.of(why)));
      var rights = AuthorizationPolicy.standard();
      var logs = new JobLogs(data.path().resolve("logs"), clock, MOST_LOG_BYTES);
      var _ =
          clockwork.scheduleWithFixedDelay(
              () -> tidy(logs, coordinator), 0, TIDY.toMillis(), TimeUnit.MILLISECONDS);
      var transfers = new Transfers(blobs, uploads, setup.limits(), clockwork);
      var renewals =
          Renewals.open(
              data.path().resolve("renewals"),
              new Renewals.Authority(kit::trust, kit::authority),
              clock,
              audit);
      var services =
          List.of(
              new FederationService(
                  coordinator,
                  sessions,
                  new FileAccess(
                      coordinator,
                      blobs,
                      site -> setup.file().limitsOf(site.value()).maxUpdateBytes(),
                      rights),
                  transfers,
                  audit,
                  witnesses,
                  new LogIntake(coordinator, logs, clock),
                  threads),
              new EnrollmentService(renewals),
              new AdministrationService(
                  coordinator,
                  new JobIntake(
                      coordinator, blobs, scratch, kit::trust, trust::participants, clock),
                  news,
                  sessions,
                  transfers,
                  new AdministrationService.Parts(
                      rights, kit.identity().organization(), trust, audit, logs)));
      var transport =
          keep(
              ServerTransport.start(
                  new ServerTransport.Setup(
                      new InetSocketAddress(setup.file().address(), setup.file().port()),
                      Tls.ofThisMachine(),
                      kit.keys(),
                      kit.peers(),
                      trust,
                      rights,
                      audit,
                      clock,
                      epoch,
                      setup.limits()),
                  services));
      trust.watch(transport::trustChanged);
      var _ =
          clockwork.scheduleWithFixedDelay(
              new OwnRenewal(kit, renewals, clock),
              0,
              setup.renewal().toMillis(),
              TimeUnit.MILLISECONDS);
      var _ =
          clockwork.scheduleWithFixedDelay(
              trust::reload, RELOAD.toMillis(), RELOAD.toMillis(), TimeUnit.MILLISECONDS);
      var _ =
          clockwork.scheduleWithFixedDelay(
              witnesses::look, RELOAD.toMillis(), RELOAD.toMillis(), TimeUnit.MILLISECONDS);
      return new ServerNode(parts, transport, epoch);
    }

    private static ServerConfig config(Setup setup, long epoch) {
      return new ServerConfig(
          setup.data(),
          Durability.DISK,
          Math.min(Runtime.getRuntime().availableProcessors(), MOST_AGGREGATION_THREADS),
          setup.file().limits().maxIterations(),
          setup.file().limits().maxSamples(),
          setup.file().maxJobs(),
          epoch);
    }

    private <P extends AutoCloseable> P keep(P part) {
      parts.push(part);
      return part;
    }

    private <P> P keep(P part, java.util.function.Consumer<P> close) {
      parts.push(() -> close.accept(part));
      return part;
    }
  }

  private static void tidy(
      Uploads uploads,
      BlobStore blobs,
      Coordinator coordinator,
      Retention retention,
      InstantSource clock) {
    try {
      retention.apply();
      uploads.expire(clock.instant(), PARTS_KEPT);
      blobs.sweep(coordinator::files);
    } catch (IOException | RuntimeException e) {
      // An exception would end the schedule.
      LOG.atError().setCause(e).log("files that nobody needs could not be deleted");
    }
  }

  private static void tidy(JobLogs logs, Coordinator coordinator) {
    try {
      logs.expire(LOGS_KEPT, coordinator.running());
    } catch (IOException | RuntimeException e) {
      // An exception would end the schedule.
      LOG.atError().setCause(e).log("logs of jobs could not be deleted");
    }
  }

  private static Runnable wake(
      ScheduledExecutorService clockwork, InstantSource clock, Instant at, Runnable action) {
    var wait = Duration.between(clock.instant(), at).toMillis() + 1;
    var pending = clockwork.schedule(action, Math.max(0, wait), TimeUnit.MILLISECONDS);
    return () -> pending.cancel(false);
  }
}
