package org.wardfl.server.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.wardfl.server.service.SiteChannel.failing;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.certs.CertifiedName;
import org.wardfl.certs.Identity;
import org.wardfl.certs.KeyType;
import org.wardfl.certs.LeafProfile;
import org.wardfl.certs.Peer;
import org.wardfl.certs.SigningRequest;
import org.wardfl.certs.TrustAnchors;
import org.wardfl.certs.manifest.Manifest;
import org.wardfl.certs.manifest.SignedManifest;
import org.wardfl.proto.channel.Reason;
import org.wardfl.proto.channel.Tls;
import org.wardfl.proto.wire.EnrollmentGrpc;
import org.wardfl.proto.wire.RenewalRequest;
import org.wardfl.proto.wire.RequestAnswer;
import org.wardfl.provisioning.audit.AuditLog;
import org.wardfl.provisioning.kit.KitRequest;

/// Who may ask for which certificate, and who answers.
class EnrollmentTest {

  private static final ProvisionedProject PROJECT = ProvisionedProject.get();
  private static final CertifiedName SITE = PROJECT.name("site-1");
  private static final Instant DUE = ProvisionedProject.NOW.plus(Duration.ofDays(61));

  @TempDir private Path folder;

  @Test
  void whatIsNotTheCallersOwnRenewalIsRefusedAndRecorded() throws Exception {
    try (var server = new RunningServer(folder, Tls.ofThisMachine());
        var channel = SiteChannel.of(server, "site-1")) {
      server.delegate(PROJECT.authority("transport"));
      var own = PROJECT.identity("site-1");
      var other = PROJECT.name("site-2");
      var lead = new CertifiedName("chest_ct", "lead", "site-1");
      assertRefused(
          server, channel, renewal(own, plain(other)), Reason.IMPERSONATION, "expected 'site-1'");
      assertRefused(
          server,
          channel,
          renewal(own, plain(lead)),
          Reason.IMPERSONATION,
          "request for ward://chest_ct/lead/site-1");
      assertRefused(
          server,
          channel,
          renewal(PROJECT.identity("site-2"), plain(SITE)),
          Reason.IMPERSONATION,
          "only the holder renews");
      assertRefused(
          server,
          channel,
          plain(SITE).getBytes(StandardCharsets.US_ASCII),
          Reason.IDENTITY,
          "not signed by a present identity");
      assertRefused(
          server,
          channel,
          renewal(own, withoutPossession()),
          Reason.MALFORMED,
          "not signed by its own key");
      assertRefused(server, channel, new byte[65 << 10], Reason.MALFORMED, "at most 65536");
      assertRefused(server, channel, new byte[10], Reason.MALFORMED, "PEM");
      server.assertServes();
    }
  }

  @Test
  void aRevokedCertificateRenewsNothingNeitherAsCallerNorAsSigner() throws Exception {
    var later = PROJECT.issue("site", "site-1", ProvisionedProject.NOW);
    var lost = PROJECT.identity("site-1");
    try (var server = new RunningServer(folder, Tls.ofThisMachine());
        var thief = SiteChannel.of(server, lost);
        var owner = SiteChannel.of(server, later)) {
      server.delegate(PROJECT.authority("transport"));
      // Connected before: a handshake would be refused from now on.
      assertThat(ask(thief, renewal(lost, plain(SITE)))).isFalse();
      server.exchange(PROJECT.without(lost));
      assertRefused(server, thief, renewal(lost, plain(SITE)), Reason.IDENTITY, "revoked");
      assertRefused(server, owner, renewal(lost, plain(SITE)), Reason.IDENTITY, "revoked");
      assertThat(ask(owner, renewal(later, plain(SITE)))).as("relayed: not due").isFalse();
    }
  }

  @Test
  void onlyTheProjectAdminSeesAndAnswersRequests() throws Exception {
    try (var server = new RunningServer(folder, Tls.ofThisMachine());
        var site = SiteChannel.of(server, "site-1");
        var lead = SiteChannel.of(server, "lead@uni.org");
        var admin = SiteChannel.of(server, "admin@uni.org")) {
      var request = renewal(PROJECT.identity("site-1"), plain(SITE));
      assertThat(ask(site, request)).isFalse();
      assertThat(ask(site, request)).as("the same again").isFalse();
      for (var nobody : List.of(site, lead)) {
        var stub = EnrollmentGrpc.newBlockingStub(nobody.channel());
        assertThat(
                failing(() -> stub.listRequests(Empty.getDefaultInstance())).is(Reason.PERMISSION))
            .isTrue();
        assertThat(
                failing(() -> stub.answer(RequestAnswer.getDefaultInstance()))
                    .is(Reason.PERMISSION))
            .isTrue();
      }
      var stub = EnrollmentGrpc.newBlockingStub(admin.channel());
      var waiting = stub.listRequests(Empty.getDefaultInstance()).getRequestsList();
      assertThat(waiting).hasSize(1);
      assertThat(waiting.getFirst().getName()).isEqualTo(SITE.uri());
      assertThat(waiting.getFirst().getRequest().toByteArray()).isEqualTo(request);
      var nonsense = answer(SITE.uri(), new byte[] {1});
      assertThat(failing(() -> stub.answer(nonsense)).is(Reason.MALFORMED)).isTrue();
      var tooLarge = answer(SITE.uri(), new byte[(1 << 20) + 1]);
      assertThat(failing(() -> stub.answer(tooLarge)).is(Reason.MALFORMED)).isTrue();
      var nobodys = answer(PROJECT.name("site-2").uri(), new byte[] {1});
      assertThat(failing(() -> stub.answer(nobodys)).is(Reason.NOT_FOUND)).isTrue();
      // What is not an answer leaves the request waiting.
      assertThat(stub.listRequests(Empty.getDefaultInstance()).getRequestsCount()).isEqualTo(1);
      assertThat(ask(site, request)).isFalse();
    }
  }

  @Test
  void theTransportAuthorityRenewsTheSameNameAndRoleWhenItIsDueAndNotTooOften() throws Exception {
    try (var server = new RunningServer(folder, Tls.ofThisMachine());
        var site = SiteChannel.of(server, "site-1");
        var lead = SiteChannel.of(server, "lead@uni.org")) {
      server.delegate(PROJECT.authority("transport"));
      var own = PROJECT.identity("site-1");
      var early = renewal(own, plain(SITE));
      assertThat(ask(site, early)).as("not due").isFalse();
      server.setTime(DUE);
      var key = KeyType.EC_P256.generate();
      var pem = SigningRequest.create(SITE, "hospa", key).pem();
      assertThat(ask(site, renewal(own, pem))).isTrue();
      var stub = EnrollmentGrpc.newBlockingStub(site.channel());
      var answer = stub.collect(Empty.getDefaultInstance());
      assertThat(answer.getUpdate().isEmpty()).isTrue();
      var chain = Identity.parseChain("the answer", answer.getCertificates().toStringUtf8());
      var peer = PROJECT.trust().verify(chain, DUE, Set.of(LeafProfile.SITE));
      assertThat(peer.name()).isEqualTo(SITE);
      assertThat(peer.organization()).isEqualTo("hospa");
      assertThat(chain.getFirst().getPublicKey()).isEqualTo(key.getPublic());
      assertThat(peer.notAfter()).isEqualTo(DUE.plus(Duration.ofDays(90)));
      assertThat(failing(() -> ask(site, renewal(own, plain(SITE)))).is(Reason.BUSY)).isTrue();
      // People are certified by the project admin alone.
      var person = PROJECT.identity("lead@uni.org");
      var asked = renewal(person, SigningRequest.create(person.name(), "uni", key).pem());
      assertThat(ask(lead, asked)).isFalse();
    }
  }

  @Test
  void noAuthorityOfAnotherKindOrRootOrWhileTheRootIsReplacedRenews() throws Exception {
    var twoRoots = ProvisionedProject.duringRollOver(folder.resolve("rolled"));
    assertThat(twoRoots.roots()).hasSize(2);
    var own = PROJECT.identity("site-1");
    var peer = new Peer(SITE, "hospa", own.certificate());
    var users =
        new Renewals.Authority(PROJECT::trust, () -> Optional.of(PROJECT.authority("users")));
    assertThat(open("users", users).request(peer, renewal(own, plain(SITE)))).isFalse();
    var transport = PROJECT.authority("transport");
    var believed = new TrustAnchors[] {PROJECT.trust()};
    var rolling = new Renewals.Authority(() -> believed[0], () -> Optional.of(transport));
    assertThat(open("one", rolling).request(peer, renewal(own, plain(SITE)))).isTrue();
    // The authority of another root is not the project's any more.
    var strangers = new Renewals.Authority(() -> believed[0], () -> Optional.of(transport));
    believed[0] = twoRoots;
    var renewals = open("two", strangers);
    var refused = failingDirectly(() -> renewals.request(peer, renewal(own, plain(SITE))));
    assertThat(refused).contains("no authority of project");
  }

  @Test
  void requestsOutliveTheServerAndDamageIsPassedOver() throws Exception {
    var own = PROJECT.identity("site-1");
    var peer = new Peer(SITE, "hospa", own.certificate());
    var relayed = new Renewals.Authority(PROJECT::trust, Optional::empty);
    var request = renewal(own, plain(SITE));
    var first = open("kept", relayed);
    assertThat(first.request(peer, request)).isFalse();
    var again = open("kept", relayed);
    assertThat(again.waiting()).isEqualTo(first.waiting()).hasSize(1);
    try (var files = Files.list(folder.resolve("kept"))) {
      for (var file : files.filter(it -> it.toString().endsWith(".renewal")).toList()) {
        Files.write(file, new byte[] {1, 2, 3});
      }
    }
    var damaged = open("kept", relayed);
    assertThat(damaged.waiting()).isEmpty();
    assertThat(damaged.request(peer, request)).isFalse();
    assertThat(open("kept", relayed).waiting()).hasSize(1);
  }

  private Renewals open(String name, Renewals.Authority authority) throws Exception {
    var audit = AuditLog.open(folder.resolve(name + ".jsonl"), () -> DUE);
    return Renewals.open(folder.resolve(name), authority, () -> DUE, audit);
  }

  private interface Attempt {
    boolean run() throws Exception;
  }

  private static String failingDirectly(Attempt attempt) throws Exception {
    try {
      throw new AssertionError("answered: " + attempt.run());
    } catch (Calls.Refused e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static void assertRefused(
      RunningServer server, SiteChannel channel, byte[] request, Reason reason, String text) {
    var outcome = failing(() -> ask(channel, request));
    assertThat(outcome.is(reason)).as(outcome.refusal().toString()).isTrue();
    assertThat(outcome.refusal().message()).contains(text);
    server.assertRecorded(SITE.uri(), reason.toString(), text);
  }

  private static boolean ask(SiteChannel channel, byte[] request) {
    return EnrollmentGrpc.newBlockingStub(channel.channel())
        .request(RenewalRequest.newBuilder().setRequest(ByteString.copyFrom(request)).build())
        .getAnswered();
  }

  private static RequestAnswer answer(String name, byte[] update) {
    return RequestAnswer.newBuilder().setName(name).setUpdate(ByteString.copyFrom(update)).build();
  }

  /// A request for this name by a new key.
  private static String plain(CertifiedName name) {
    return SigningRequest.create(name, "", KeyType.EC_P256.generate()).pem();
  }

  /// A request in which somebody else's key stands, as whoever has seen that key can write it.
  private static String withoutPossession() {
    var mine = KeyType.EC_P256.generate();
    var hex = HexFormat.of();
    var pem = SigningRequest.create(SITE, "", mine).pem();
    var base64 = pem.replaceAll("-----[A-Z ]+-----|\\s", "");
    var der = hex.formatHex(Base64.getDecoder().decode(base64));
    PublicKey others = KeyType.EC_P256.generate().getPublic();
    var forged =
        der.replace(
            hex.formatHex(mine.getPublic().getEncoded()), hex.formatHex(others.getEncoded()));
    assertThat(forged).isNotEqualTo(der).hasSameSizeAs(der);
    return "-----BEGIN CERTIFICATE REQUEST-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(hex.parseHex(forged))
        + "\n-----END CERTIFICATE REQUEST-----\n";
  }

  private static byte[] renewal(Identity signer, String pem) {
    var context = Map.of("request", pem, "signed", ProvisionedProject.NOW.toString());
    return SignedManifest.sign(Manifest.of(KitRequest.TYPE, context, List.of()), signer).encode();
  }
}
