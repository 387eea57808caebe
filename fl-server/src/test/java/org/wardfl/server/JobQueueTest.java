package org.wardfl.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.model.Durability;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.job.JobStatus;
import org.wardfl.proto.job.ResourceRequest;
import org.wardfl.proto.task.ObservedState;
import org.wardfl.proto.task.ObservedState.Decision;
import org.wardfl.proto.task.ObservedState.ObservedJob;
import org.wardfl.proto.task.SiteCapacity;
import org.wardfl.server.job.JobEvent;
import org.wardfl.server.job.JobState;
import org.wardfl.server.job.Jobs;
import org.wardfl.server.result.RunRecord;
import org.wardfl.server.store.BlobStore;
import org.wardfl.server.store.FileEventStore;

/// The real coordinator with sites that say what they have.
class JobQueueTest {

  private static final SiteName ONE = new SiteName("site-1");
  private static final SiteName TWO = new SiteName("site-2");
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir private Path folder;
  private final AtomicInteger told = new AtomicInteger();
  private final Map<SiteName, Map<JobId, Decision>> said = new ConcurrentHashMap<>();
  private FileEventStore events;
  private Coordinator coordinator;

  @BeforeEach
  void start() throws IOException {
    events = new FileEventStore(folder.resolve("events"), Durability.PROCESS);
    coordinator =
        new Coordinator(
            ServerConfig.simulation(folder, 1),
            events,
            new BlobStore(folder.resolve("blobs"), Durability.PROCESS),
            Clock.systemUTC(),
            (_, _) -> () -> {},
            new JobListener() {
              @Override
              public void happened(JobId job, JobEvent event, JobState after) {
                // Looked at through the coordinator.
              }

              @Override
              public void waits(JobId job) {
                told.incrementAndGet();
              }
            },
            new RunRecord.Environment("0.1.0", "25", "Linux amd64", "a processor"));
    coordinator.recover();
  }

  @AfterEach
  void stop() throws IOException {
    coordinator.close();
    events.close();
  }

  @Test
  void aJobWaitsForItsSitesAndBeginsWhenTheyAreThere() throws Exception {
    submit(1, Jobs.over(2).minSites(2), 0);
    assertThat(status(1)).isEqualTo(JobStatus.SUBMITTED);
    assertThat(waiting(1))
        .contains("quorum (0 of 2 sites ready, 2 needed); offline: site-1, site-2");
    decides(ONE, 1, Decision.ADMITTED);
    decides(TWO, 1, Decision.AWAITING_APPROVAL);
    connect(ONE);
    connect(TWO);
    await(() -> waiting(1).orElse("").contains("approval: site-2"));
    assertThat(tasks(ONE)).isZero();
    decides(TWO, 1, Decision.ADMITTED);
    tell(TWO, 1);
    await(() -> status(1) == JobStatus.RUNNING);
    assertThat(waiting(1)).isEmpty();
    assertThat(tasks(ONE)).isOne();
  }

  @Test
  void aGpuIsGivenToOneJobAndToTheNextWhenThatHasEnded() throws Exception {
    decides(ONE, 1, Decision.ADMITTED);
    decides(ONE, 2, Decision.ADMITTED);
    connect(ONE);
    submit(1, Jobs.over(1), 1);
    submit(2, Jobs.over(1), 1);
    assertThat(status(1)).isEqualTo(JobStatus.RUNNING);
    assertThat(status(2)).isEqualTo(JobStatus.SUBMITTED);
    assertThat(waiting(2).orElse("")).contains("resources taken: site-1");
    coordinator.abort(id(1), Optional.empty());
    await(() -> status(2) == JobStatus.RUNNING);
  }

  @Test
  void aWaitingJobThatIsAbortedNeverBegins() throws Exception {
    submit(1, Jobs.over(1), 0);
    coordinator.abort(id(1), Optional.of("lead@uni.org"));
    decides(ONE, 1, Decision.ADMITTED);
    connect(ONE);
    assertThat(coordinator.await(id(1)).status()).isEqualTo(JobStatus.ABORTED);
    await(() -> coordinator.desired(ONE).jobs().isEmpty());
    assertThat(coordinator.show(id(1)).orElseThrow().started()).isEmpty();
  }

  @Test
  void whatTheSitesSayIsTheReasonOfAJobThatCannotBegin() throws Exception {
    decides(ONE, 1, Decision.REFUSED);
    connect(ONE);
    submit(1, Jobs.over(1), 0);
    var record = coordinator.await(id(1));
    assertThat(record.status()).isEqualTo(JobStatus.FAILED);
    assertThat(record.failure().orElseThrow().site()).contains(ONE);
    assertThat(record.failure().orElseThrow().reason()).endsWith("site-1: says site-1");
  }

  @Test
  void aSiteThatRefusesIsExcusedWithItsSentence() throws Exception {
    decides(ONE, 1, Decision.ADMITTED);
    decides(TWO, 1, Decision.REFUSED);
    connect(TWO);
    connect(ONE);
    submit(1, Jobs.over(2).minSites(1), 0);
    coordinator.disable(ONE, Optional.of("by admin@uni.org"));
    // The only site that is left cannot make the first model.
    var failure = coordinator.await(id(1)).failure().orElseThrow();
    assertThat(failure.reason())
        .contains("site-1 declined: disabled: by admin@uni.org")
        .contains("site-2 declined: says site-2");
  }

  @Test
  void aDisabledSiteHasNoTasksAndGetsThemBackWhenItIsEnabled() throws Exception {
    decides(ONE, 1, Decision.ADMITTED);
    connect(ONE);
    coordinator.disable(ONE, Optional.of("by admin@uni.org"));
    submit(1, Jobs.over(1), 0);
    assertThat(waiting(1).orElse("")).contains("disabled: site-1");
    coordinator.disable(ONE, Optional.empty());
    await(() -> status(1) == JobStatus.RUNNING);
    assertThat(tasks(ONE)).isOne();
  }

  @Test
  void aRunningJobStaysRunningWhenTheServerStartsAnew() throws Exception {
    decides(ONE, 1, Decision.ADMITTED);
    connect(ONE);
    submit(1, Jobs.over(1), 1);
    submit(2, Jobs.over(1), 1);
    assertThat(status(1)).isEqualTo(JobStatus.RUNNING);
    stop();
    start();
    assertThat(status(1)).isEqualTo(JobStatus.RUNNING);
    assertThat(tasks(ONE)).as("what it had begun is wanted still").isOne();
    decides(ONE, 2, Decision.ADMITTED);
    connect(ONE);
    await(() -> waiting(2).orElse("").contains("resources taken: site-1"));
    assertThat(status(1)).isEqualTo(JobStatus.RUNNING);
    assertThat(tasks(ONE)).isOne();
  }

  @Test
  void waitingJobsDoNothing() throws Exception {
    for (int i = 1; i <= 200; i++) {
      submit(i, Jobs.over(2).minSites(2), 0);
    }
    await(() -> told.get() >= 200);
    int before = told.get();
    LockSupport.parkNanos(Duration.ofMillis(300).toNanos());
    assertThat(told.get()).as("nobody looks where nothing happens").isEqualTo(before);
  }

  private void connect(SiteName site) {
    coordinator.observed(site, state(site, 1));
    var _ = coordinator.connect(site, () -> {});
  }

  private void tell(SiteName site, int gpus) {
    coordinator.observed(site, state(site, gpus));
  }

  private ObservedState state(SiteName site, int gpus) {
    var jobs =
        said.getOrDefault(site, Map.of()).entrySet().stream()
            .map(entry -> new ObservedJob(entry.getKey(), entry.getValue(), "says " + site))
            .toList();
    var offer = new SiteCapacity(gpus, 8, 1L << 40, 9, Optional.empty());
    return new ObservedState(List.of(), Optional.of(offer), jobs);
  }

  private void decides(SiteName site, int job, Decision decision) {
    said.computeIfAbsent(site, _ -> new ConcurrentHashMap<>()).put(id(job), decision);
  }

  private void submit(int number, Jobs job, int gpus) throws IOException {
    coordinator.submit(
        new NewJob(
            id(number),
            job.resources(new ResourceRequest(gpus, 1, 64L << 20)).build(),
            "lead",
            Optional.empty(),
            Optional.empty()));
  }

  private long tasks(SiteName site) {
    return coordinator.desired(site).jobs().stream().mapToLong(job -> job.tasks().size()).sum();
  }

  private JobStatus status(int number) {
    return coordinator.show(id(number)).orElseThrow().status();
  }

  private Optional<String> waiting(int number) {
    return coordinator.standing(id(number)).flatMap(standing -> standing.waiting());
  }

  private static void await(BooleanSupplier condition) {
    var end = Instant.now().plus(PATIENCE);
    while (!condition.getAsBoolean()) {
      assertThat(Instant.now()).isBefore(end);
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static JobId id(int number) {
    return new JobId("0190a1b2-0000-7000-8000-%012d".formatted(number));
  }
}
