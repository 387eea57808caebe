package org.wardfl.server.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.wardfl.server.service.SiteChannel.failing;

import java.math.BigInteger;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardfl.certs.CertificateAuthority;
import org.wardfl.certs.CertifiedName;
import org.wardfl.certs.Identity;
import org.wardfl.certs.KeyType;
import org.wardfl.certs.Leaf;
import org.wardfl.certs.TrustAnchors;
import org.wardfl.proto.channel.Reason;
import org.wardfl.proto.channel.Refusal;
import org.wardfl.proto.channel.Tls;
import org.wardfl.proto.wire.AdministrationGrpc;
import org.wardfl.proto.wire.DeliverRequest;
import org.wardfl.proto.wire.FederationGrpc;
import org.wardfl.proto.wire.LogsRequest;
import org.wardfl.server.service.ProvisionedProject;
import org.wardfl.server.service.RunningServer;
import org.wardfl.server.service.SiteChannel;
import org.wardfl.server.service.SiteSession;

/// Who was let in and what becomes of that: roles, and what changes while calls last.
class StandingTest {

  private static final ProvisionedProject PROJECT = ProvisionedProject.get();
  private static final UUID INSTANCE = UUID.fromString("0190a1b2-0000-7000-8000-0000000000aa");

  @TempDir private Path folder;

  @Test
  void aPersonDoesNothingThatSitesDo() throws Exception {
    try (var server = new RunningServer(folder, Tls.ofThisMachine());
        var person = SiteChannel.of(server, "admin@uni.org")) {
      assertThat(new SiteSession(person).end().is(Reason.PERMISSION)).isTrue();
      var stub = FederationGrpc.newBlockingStub(person.channel());
      var outcome = failing(() -> stub.deliver(DeliverRequest.getDefaultInstance()));
      assertThat(outcome.is(Reason.PERMISSION)).isTrue();
      server.assertRecorded(
          PROJECT.name("admin@uni.org").uri(),
          "PERMISSION",
          "project_admin may not call ward.v1.Federation/Deliver");
      server.assertServes();
    }
  }

  @Test
  void aSiteDoesNothingThatPeopleDo() throws Exception {
    try (var server = new RunningServer(folder, Tls.ofThisMachine());
        var site = SiteChannel.of(server, "site-1")) {
      var name = PROJECT.name("site-1").uri();
      var stub = AdministrationGrpc.newBlockingStub(site.channel());
      var list = com.google.protobuf.Empty.getDefaultInstance();
      assertThat(failing(() -> stub.listSites(list)).is(Reason.PERMISSION)).isTrue();
      server.assertRecorded(name, "PERMISSION", "site may not call");
      var submission = org.wardfl.proto.wire.JobPackage.getDefaultInstance();
      assertThat(failing(() -> stub.submit(submission)).is(Reason.PERMISSION)).isTrue();
      server.assertServes();
    }
  }

  @Test
  void aPersonNeedsTheRight() throws Exception {
    try (var server = new RunningServer(folder, Tls.ofThisMachine());
        var lead = SiteChannel.of(server, "lead@uni.org");
        var admin = SiteChannel.of(server, "admin@uni.org")) {
      var update = org.wardfl.proto.wire.RebindRequest.getDefaultInstance();
      // The lead is of the server's organization as far as the gate asks: its own.
      for (var allowed : List.of(lead, admin)) {
        var outcome =
            failing(() -> AdministrationGrpc.newBlockingStub(allowed.channel()).rebindSite(update));
        assertThat(outcome.status().getCode()).isEqualTo(io.grpc.Status.Code.UNIMPLEMENTED);
      }
      var member = PROJECT.issue("member", "eve@uni.org", ProvisionedProject.NOW);
      server.register(member.name());
      try (var eve = SiteChannel.of(server, member)) {
        var stub = AdministrationGrpc.newBlockingStub(eve.channel());
        assertThat(failing(() -> stub.rebindSite(update)).is(Reason.PERMISSION)).isTrue();
        server.assertRecorded(
            member.name().uri(), "PERMISSION", "role member has no rule for remove_client");
      }
      server.assertServes();
    }
  }

  @ParameterizedTest
  @EnumSource(Tls.class)
  void revocationEndsALivingSessionAtOnce(Tls tls) throws Exception {
    var stolen = PROJECT.issue("site", "site-1", ProvisionedProject.NOW);
    try (var server = new RunningServer(folder, tls);
        var thief = SiteChannel.of(server, stolen)) {
      var session = SiteSession.welcomed(thief, INSTANCE, 1);
      long began = System.nanoTime();
      server.exchange(PROJECT.without(stolen));
      assertThat(session.end().is(Reason.IDENTITY)).isTrue();
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
      server.assertRecorded(stolen.name().uri(), "IDENTITY", "has been revoked");
      // Neither a new call on the living connection.
      assertThat(failing(() -> thief.fetch(server.jobPackage())).is(Reason.IDENTITY)).isTrue();
      // The same site with another certificate goes on.
      try (var site = SiteChannel.of(server, "site-1")) {
        SiteSession.welcomed(site, INSTANCE, 2);
      }
      server.assertServes();
    }
  }

  /// Whoever works for a call looks whether it was cancelled.
  @Test
  void whatFollowsForARevokedPersonHearsThatTheCallHasEnded() throws Exception {
    var stolen = PROJECT.issue("lead", "lead@uni.org", ProvisionedProject.NOW);
    try (var server = new RunningServer(folder, Tls.ofThisMachine());
        var thief = SiteChannel.of(server, stolen)) {
      var pages =
          AdministrationGrpc.newBlockingStub(thief.channel())
              .logs(LogsRequest.newBuilder().setFollow(true).build());
      RunningServer.await(() -> !server.followers().isEmpty(), () -> "a follower");
      var follower = server.followers().getFirst();
      assertThat(follower.isCancelled()).isFalse();
      server.exchange(PROJECT.without(stolen));
      assertThat(failing(pages::next).is(Reason.IDENTITY)).isTrue();
      RunningServer.await(follower::isCancelled, () -> "it hears of it");
      server.assertServes();
    }
  }

  @Test
  void anEndOfACertificateNeedsNoEvent() throws Exception {
    var brief =
        PROJECT.issue(
            "site",
            "site-1",
            ProvisionedProject.NOW,
            Duration.ofHours(1),
            KeyType.EC_P256.generate());
    try (var server = new RunningServer(folder, Tls.ofThisMachine());
        var channel = SiteChannel.of(server, brief)) {
      var session = SiteSession.welcomed(channel, INSTANCE, 1);
      long began = System.nanoTime();
      server.setTime(ProvisionedProject.NOW.plus(Duration.ofMinutes(61)));
      var outcome = session.end();
      assertThat(outcome.is(Reason.IDENTITY)).isTrue();
      assertThat(outcome.refusal().message()).contains("ended at 2026-11-23T13:00:00Z");
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
      server.assertRecorded(brief.name().uri(), "IDENTITY", "ended at 2026-11-23T13:00:00Z");
      server.assertServes();
    }
  }

  @Test
  void aRootThatIsReplacedIsBelievedWhileItOverlapsAndNotAfterwards() throws Exception {
    var next = new NextGeneration();
    try (var server = new RunningServer(folder, Tls.ofThisMachine());
        var before = SiteChannel.of(server, "site-1")) {
      var session = SiteSession.welcomed(before, INSTANCE, 1);
      try (var early = SiteChannel.of(server, next.site("site-2"))) {
        assertThat(failing(() -> early.fetch(server.jobPackage())).status().getCode())
            .isEqualTo(io.grpc.Status.Code.UNAVAILABLE);
      }
      server.exchange(next.overlap());
      assertThat(before.fetch(server.jobPackage())).hasSize(1000);
      try (var after = SiteChannel.of(server, next.site("site-2"))) {
        assertThat(after.fetch(server.jobPackage())).hasSize(1000);
        server.exchange(next.alone());
        assertThat(session.end().is(Reason.IDENTITY)).isTrue();
        var outcome = failing(() -> before.fetch(server.jobPackage()));
        assertThat(outcome.is(Reason.IDENTITY)).isTrue();
        assertThat(outcome.refusal().message()).contains("is no authority of project chest_ct");
        server.assertRecorded(
            PROJECT.name("site-1").uri(), "IDENTITY", "is no authority of project");
        assertThat(after.fetch(server.jobPackage())).hasSize(1000);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Tls.class)
  void theNextHandshakeShowsAnExchangedIdentity(Tls tls) throws Exception {
    try (var server = new RunningServer(folder, tls);
        var living = SiteChannel.of(server, "site-1")) {
      assertThat(living.fetch(server.jobPackage())).hasSize(1000);
      var renewed = PROJECT.issue("server", "fl.example.org", ProvisionedProject.NOW);
      server.exchange(renewed);
      try (var raw = new RawHttp2(server, PROJECT.identity("site-1"))) {
        var shown = (X509Certificate) raw.socket().getSession().getPeerCertificates()[0];
        assertThat(shown).isEqualTo(renewed.certificate());
      }
      assertThat(living.fetch(server.jobPackage())).hasSize(1000);
      server.assertServes();
    }
  }

  @Test
  void aServerThatStopsEndsSessionsAtOnceAndSaysSo() throws Exception {
    var server = new RunningServer(folder, Tls.ofThisMachine());
    try (var channel = SiteChannel.of(server, "site-1")) {
      var session = SiteSession.welcomed(channel, INSTANCE, 1);
      long began = System.nanoTime();
      server.close();
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
      assertThat(session.end().refusal())
          .isEqualTo(new Refusal(Reason.STORAGE, "the server is stopping"));
    }
  }

  /// The authorities that take the place of the project's.
  private static final class NextGeneration {
    private final CertificateAuthority root =
        CertificateAuthority.createRoot(
            "chest_ct", KeyType.EC_P256, ProvisionedProject.NOW, Duration.ofDays(3650));
    private final CertificateAuthority transport =
        root.createIntermediate(
            "transport", KeyType.EC_P256, ProvisionedProject.NOW, Duration.ofDays(700));

    Identity site(String name) throws Exception {
      var pair = KeyType.EC_P256.generate();
      var leaf =
          new Leaf(
              new CertifiedName("chest_ct", "site", name), "hospb", List.of(), pair.getPublic());
      var certificate = transport.issue(leaf, ProvisionedProject.NOW, Duration.ofDays(90));
      return new Identity(pair.getPrivate(), List.of(certificate, transport.certificate()));
    }

    TrustAnchors alone() throws Exception {
      return TrustAnchors.of(
          List.of(root.certificate(), transport.certificate()),
          List.of(
              root.revoke(BigInteger.ONE, List.of(), ProvisionedProject.NOW, Duration.ofDays(30)),
              transport.revoke(
                  BigInteger.ONE, List.of(), ProvisionedProject.NOW, Duration.ofDays(30))));
    }

    TrustAnchors overlap() throws Exception {
      var authorities = new ArrayList<>(PROJECT.trust().roots());
      authorities.addAll(PROJECT.trust().intermediates());
      authorities.addAll(alone().roots());
      authorities.addAll(alone().intermediates());
      var lists = new ArrayList<>(PROJECT.trust().revocationLists());
      lists.addAll(alone().revocationLists());
      return TrustAnchors.of(authorities, lists);
    }
  }
}
