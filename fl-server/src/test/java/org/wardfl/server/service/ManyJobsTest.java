package org.wardfl.server.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.SiteName;
import org.wardfl.proto.channel.Protocol;
import org.wardfl.proto.channel.Tls;
import org.wardfl.proto.job.AlgorithmDefinition;
import org.wardfl.proto.job.JobCodec;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.job.PackageReference;
import org.wardfl.proto.task.DesiredParts;
import org.wardfl.proto.task.DesiredState;
import org.wardfl.proto.task.ObservedCodec;
import org.wardfl.proto.task.ObservedState;
import org.wardfl.proto.wire.SiteMessage;
import org.wardfl.server.NewJob;
import org.wardfl.server.job.Jobs;

/// Whoever may submit jobs can submit many; no session breaks of it.
@Timeout(120)
class ManyJobsTest {

  private static final SiteName SITE = new SiteName("site-1");
  private static final UUID INSTANCE = UUID.fromString("0190a1b2-0000-7000-8000-0000000000aa");

  @TempDir private Path folder;

  @Test
  void twoThousandJobsAreToldInParts() throws Exception {
    assertTold(withText(Jobs.over(2).build(), 300), 2000, 2);
  }

  @Test
  void twoHundredLargeJobsAreToldInParts() throws Exception {
    var large = withText(Jobs.over(2).build(), 60_000);
    assertThat(JobCodec.objection(large)).isEmpty();
    assertThat(JobCodec.objection(withText(large, 264_000)).orElseThrow())
        .matches("the job takes 264[0-9]{3} bytes, expected at most 262144; put .*");
    assertTold(large, 200, 11);
  }

  @Test
  void aSiteThatTakesNoPartsIsToldTheFirstJobs() throws Exception {
    try (var server = new RunningServer(folder, Tls.ofThisMachine());
        var site = SiteChannel.of(server, "site-1")) {
      submit(server, withText(Jobs.over(2).build(), 60_000), 100);
      var session = SiteSession.welcomed(site, INSTANCE, 1);
      var desired = session.hear().getDesired();
      assertThat(desired.getMore()).isFalse();
      assertThat(desired.getJobsCount()).isBetween(16, 19);
      assertThat(desired.getJobs(0).getTasksCount()).as("of the job that runs").isEqualTo(1);
      session.leave();
    }
  }

  private void assertTold(JobDefinition job, int count, int leastParts) throws Exception {
    try (var server = new RunningServer(folder, Tls.ofThisMachine());
        var site = SiteChannel.of(server, "site-1")) {
      submit(server, job, count);
      var session = new SiteSession(site);
      session.say(SiteSession.hello(INSTANCE, 1).setTakesParts(true));
      assertThat(session.hear().hasHello()).isTrue();
      var told = told(session, leastParts);
      assertThat(told.jobs().size()).isEqualTo(count + 1);
      assertThat(told.jobs().getFirst().tasks()).as("of the job that runs").hasSize(1);
      assertThat(told.jobs().getLast().definition().equals(job)).isTrue();

      var decided = new ArrayList<ObservedState.ObservedJob>();
      for (var one : told.jobs()) {
        decided.add(
            new ObservedState.ObservedJob(
                one.id(), ObservedState.Decision.REFUSED, "\u00e4".repeat(500)));
      }
      var observed = ObservedCodec.toWire(new ObservedState(List.of(), Optional.empty(), decided));
      assertThat(observed.getSerializedSize()).isLessThan(Protocol.MAX_MESSAGE_BYTES);
      session.say(SiteMessage.newBuilder().setObserved(observed).build());
      // It stands: what changes is heard.
      server.coordinator().abort(Jobs.ID, Optional.empty());
      assertThat(awaitWithout(session, Jobs.ID).jobs().size()).isEqualTo(count);
      assertThat(server.sessions().isLive(SITE)).isTrue();
      session.leave();
    }
  }

  private static DesiredState awaitWithout(SiteSession session, JobId job) throws Exception {
    while (true) {
      var told = told(session, 1);
      if (told.jobs().stream().noneMatch(one -> one.id().equals(job))) {
        return told;
      }
    }
  }

  private static DesiredState told(SiteSession session, int leastParts) throws Exception {
    var parts = new DesiredParts.Assembly();
    for (int count = 1; ; count++) {
      var message = session.hear();
      assertThat(message.getSerializedSize()).isLessThanOrEqualTo(Protocol.MAX_MESSAGE_BYTES);
      var whole = parts.add(message.getDesired());
      if (whole.isPresent()) {
        assertThat(count).isGreaterThanOrEqualTo(leastParts);
        return whole.get();
      }
    }
  }

  private static void submit(RunningServer server, JobDefinition job, int count)
      throws IOException {
    for (int number = 0; number < count; number++) {
      server
          .coordinator()
          .submit(
              new NewJob(
                  new JobId("0190a1b2-0000-7000-8000-%012x".formatted(0x1000 + number)),
                  job,
                  "lead",
                  Optional.empty(),
                  Optional.of(new PackageReference(server.jobPackage(), 1000))));
    }
  }

  private static JobDefinition withText(JobDefinition job, int length) {
    return new JobDefinition(
        job.name(),
        job.study(),
        job.sites(),
        job.minSites(),
        job.mandatorySites(),
        job.sample(),
        job.seed(),
        job.workflows(),
        new AlgorithmDefinition(
            "test",
            Optional.empty(),
            Optional.empty(),
            new Arguments(Map.of("text", "x".repeat(length)))),
        job.initialModel(),
        job.data(),
        job.filters(),
        job.resources(),
        job.deadline());
  }
}
