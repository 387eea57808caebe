package org.wardfl.server.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.wardfl.server.service.SiteChannel.failing;

import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.model.Durability;
import org.wardfl.proto.channel.Protocol;
import org.wardfl.proto.channel.Reason;
import org.wardfl.proto.channel.Tls;
import org.wardfl.proto.task.TaskCodec;
import org.wardfl.proto.task.TaskKey;
import org.wardfl.proto.wire.DeliverRequest;
import org.wardfl.proto.wire.FederationGrpc;
import org.wardfl.proto.wire.FileReference;
import org.wardfl.proto.wire.ObservedState;
import org.wardfl.proto.wire.ProtocolRange;
import org.wardfl.proto.wire.SiteMessage;
import org.wardfl.server.federation.Membership;
import org.wardfl.server.job.Jobs;
import org.wardfl.server.store.FileEventStore;

/// Who speaks for a site, and when.
class SessionTest {

  private static final SiteName SITE = new SiteName("site-1");
  private static final String NAME = "ward://chest_ct/site/site-1";
  private static final UUID ONE = UUID.fromString("0190a1b2-0000-7000-8000-0000000000aa");
  private static final UUID OTHER = UUID.fromString("0190a1b2-0000-7000-8000-0000000000bb");

  @TempDir private static Path folder;

  private final RunningServer server = opened();
  private final SiteChannel site = SiteChannel.of(server, "site-1");

  private static RunningServer opened() {
    try {
      return new RunningServer(
          java.nio.file.Files.createTempDirectory(folder, "server"), Tls.ofThisMachine());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @AfterEach
  void close() throws Exception {
    server.assertServes();
    site.close();
    RunningServer.await(() -> server.transport().liveCalls() == 0, () -> "no calls");
    server.close();
  }

  @Test
  void aSessionHearsWhoItIsThenWhatIsWanted() throws Exception {
    var session = new SiteSession(site);
    session.say(SiteSession.hello(ONE, 1));
    var hello = session.hearHello();
    assertThat(hello.getSite()).isEqualTo("site-1");
    assertThat(hello.getProtocol()).isEqualTo(Protocol.CURRENT);
    assertThat(hello.getEpoch()).isEqualTo(1);
    var desired = session.hear().getDesired();
    assertThat(desired.getJobs(0).getTasks(0).getKey())
        .isEqualTo(TaskCodec.toWire(RunningServer.TASK));
    assertThat(server.sessions().isLive(SITE)).isTrue();
    assertThat(server.coordinator().isConnected(SITE)).isTrue();
    session.leave();
    RunningServer.await(() -> !server.sessions().isLive(SITE), () -> "the site is away");
    assertThat(server.coordinator().isConnected(SITE)).isFalse();
  }

  @Test
  void everyAnswerCarriesTheEpoch() {
    var headers = new AtomicReference<Metadata>();
    var trailers = new AtomicReference<Metadata>();
    var stub =
        FederationGrpc.newBlockingStub(site.channel())
            .withInterceptors(MetadataUtils.newCaptureMetadataInterceptor(headers, trailers));
    var unknown = FileReference.getDefaultInstance();
    assertThat(failing(() -> stub.stat(unknown)).is(Reason.MALFORMED)).isTrue();
    assertThat(trailers.get().get(Protocol.EPOCH)).isEqualTo("1");
  }

  @Test
  void anotherInstanceIsRefusedUntilTheNameIsReleased() throws Exception {
    var session = SiteSession.welcomed(site, ONE, 7);
    try (var copy = SiteChannel.of(server, "site-1")) {
      assertThat(refused(copy, OTHER, 9).is(Reason.OTHER_INSTANCE)).isTrue();
      server.assertRecorded(NAME, "OTHER_INSTANCE", "ward sites rebind site-1");
      assertThat(server.sessions().isLive(SITE)).isTrue();
      server.sessions().release(SITE);
      assertThat(session.end().is(Reason.REPLACED)).isTrue();
      SiteSession.welcomed(copy, OTHER, 1);
      assertThat(refused(site, ONE, 8).is(Reason.OTHER_INSTANCE)).isTrue();
    }
  }

  @Test
  void aLaterStartTakesOverAtOnceAndAnEarlierOneIsRefused() throws Exception {
    var first = SiteSession.welcomed(site, ONE, 1);
    try (var next = SiteChannel.of(server, "site-1")) {
      long began = System.nanoTime();
      var second = SiteSession.welcomed(next, ONE, 2);
      assertThat(first.end().is(Reason.REPLACED)).isTrue();
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
      assertThat(refused(site, ONE, 1).is(Reason.REPLACED)).isTrue();
      // The same start, connected anew, takes over as well.
      SiteSession.welcomed(site, ONE, 2);
      assertThat(second.end().is(Reason.REPLACED)).isTrue();
      assertThat(server.sessions().isLive(SITE)).isTrue();
      assertThat(server.coordinator().isConnected(SITE)).isTrue();
    }
  }

  @Test
  void whoIsTheSiteOutlivesTheServer() throws Exception {
    var stream = java.nio.file.Files.createTempDirectory(folder, "events");
    java.time.InstantSource clock = () -> ProvisionedProject.NOW;
    try (var events = new FileEventStore(stream, Durability.PROCESS)) {
      assertThat(Membership.open(events, clock, 1).claim(SITE, ONE, 3)).isEmpty();
    }
    try (var events = new FileEventStore(stream, Durability.PROCESS)) {
      var membership = Membership.open(events, clock, 2);
      assertThat(membership.claim(SITE, OTHER, 9).orElseThrow().reason())
          .isEqualTo(Reason.OTHER_INSTANCE);
      assertThat(membership.claim(SITE, ONE, 2).orElseThrow().reason()).isEqualTo(Reason.REPLACED);
      membership.release(SITE);
    }
    try (var events = new FileEventStore(stream, Durability.PROCESS)) {
      assertThat(Membership.open(events, clock, 3).claim(SITE, OTHER, 1)).isEmpty();
    }
  }

  @Test
  void versionsWithoutACommonOneAreToldWhichSideToUpgrade() throws Exception {
    var outcome =
        refused(hello -> hello.setProtocol(ProtocolRange.newBuilder().setLowest(2).setHighest(3)));
    assertThat(outcome.is(Reason.PROTOCOL_VERSION)).isTrue();
    assertThat(outcome.refusal().message()).endsWith("the server 1 to 1; upgrade the server");
    server.assertRecorded(NAME, "PROTOCOL_VERSION", "the site speaks versions 2 to 3");
    outcome = refused(hello -> hello.setProtocol(ProtocolRange.getDefaultInstance()));
    assertThat(outcome.is(Reason.PROTOCOL_VERSION)).isTrue();
    assertThat(outcome.refusal().message()).endsWith("upgrade the site");
  }

  @Test
  void aSiteOfTheNextVersionIsAnsweredInThisOne() throws Exception {
    var session = new SiteSession(site);
    var hello = SiteSession.hello(ONE, 1);
    hello.getProtocolBuilder().setLowest(Protocol.CURRENT).setHighest(Protocol.CURRENT + 1);
    session.say(hello);
    assertThat(session.hearHello().getProtocol()).isEqualTo(Protocol.CURRENT);
    session.leave();
  }

  @Test
  void aHelloThatBreaksTheRulesIsRefused() throws Exception {
    assertThat(refused(hello -> hello.setInstance("x")).is(Reason.MALFORMED)).isTrue();
    assertThat(
            refused(hello -> hello.setInstance(ONE.toString().toUpperCase(java.util.Locale.ROOT)))
                .is(Reason.MALFORMED))
        .isTrue();
    assertThat(refused(hello -> hello.setBoot(0)).is(Reason.MALFORMED)).isTrue();
    var session = SiteSession.welcomed(site, ONE, 1);
    session.say(SiteSession.hello(ONE, 1));
    assertThat(session.end().is(Reason.MALFORMED)).isTrue();
    server.assertRecorded(NAME, "MALFORMED", "a second hello");
    session = new SiteSession(site);
    session.say(SiteMessage.getDefaultInstance());
    assertThat(session.end().is(Reason.MALFORMED)).isTrue();
    RunningServer.await(() -> !server.sessions().isLive(SITE), () -> "the site is away");
  }

  /// A copied startup kit must not even say what the site does.
  @Test
  void nothingIsObservedBeforeTheHello() throws Exception {
    var session = new SiteSession(site);
    session.say(SiteMessage.newBuilder().setObserved(ObservedState.getDefaultInstance()).build());
    assertThat(session.end().is(Reason.MALFORMED)).isTrue();
    server.assertRecorded(NAME, "MALFORMED", "a state before the hello");
    assertThat(server.sessions().observed(SITE)).isEmpty();
  }

  @Test
  void aMessageOfAnotherSiteIsRefused() {
    var others = new TaskKey(Jobs.ID, 0, 0, new SiteName("site-2"));
    var task = TaskCodec.toWire(others);
    var stub = site.blocking();
    var delivery = DeliverRequest.newBuilder().setTask(task).build();
    assertThat(failing(() -> stub.deliver(delivery)).is(Reason.IMPERSONATION)).isTrue();
    server.assertRecorded(NAME, "IMPERSONATION", "site site-1 speaks for site site-2");
    var file =
        FileReference.newBuilder()
            .setHash(TaskCodec.toWire(server.jobPackage()))
            .setSizeBytes(10)
            .setTask(task)
            .build();
    assertThat(failing(() -> stub.stat(file)).is(Reason.IMPERSONATION)).isTrue();
    assertThat(server.recorded("IMPERSONATION")).isEqualTo(2);
  }

  @Test
  void aDeliveryThatSaysNothingIsMalformed() {
    var stub = site.blocking();
    var empty = DeliverRequest.getDefaultInstance();
    assertThat(failing(() -> stub.deliver(empty)).is(Reason.MALFORMED)).isTrue();
    var answerless =
        DeliverRequest.newBuilder().setTask(TaskCodec.toWire(RunningServer.TASK)).build();
    assertThat(failing(() -> stub.deliver(answerless)).is(Reason.MALFORMED)).isTrue();
    var badJob =
        DeliverRequest.newBuilder()
            .setTask(TaskCodec.toWire(RunningServer.TASK).toBuilder().setJob("../../etc"))
            .build();
    assertThat(failing(() -> stub.deliver(badJob)).is(Reason.MALFORMED)).isTrue();
  }

  private static SiteChannel.Outcome refused(SiteChannel channel, UUID instance, long boot)
      throws Exception {
    var session = new SiteSession(channel);
    session.say(SiteSession.hello(instance, boot));
    return session.end();
  }

  private SiteChannel.Outcome refused(Consumer<org.wardfl.proto.wire.SiteHello.Builder> change)
      throws Exception {
    var hello = SiteSession.hello(ONE, 1);
    change.accept(hello);
    var session = new SiteSession(site);
    session.say(hello);
    return session.end();
  }
}
