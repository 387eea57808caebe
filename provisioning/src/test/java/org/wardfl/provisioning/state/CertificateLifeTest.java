package org.wardfl.provisioning.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.certs.CertifiedName;
import org.wardfl.certs.Identity;
import org.wardfl.certs.IdentityException;
import org.wardfl.certs.KeyType;
import org.wardfl.certs.LeafProfile;
import org.wardfl.certs.Passphrase;
import org.wardfl.certs.SigningRequest;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.kit.KitRequest;
import org.wardfl.provisioning.kit.KitUpdate;
import org.wardfl.provisioning.kit.StartupKit;

/// Request, approval, renewal, revocation and the roll-over of the root, from end to end.
class CertificateLifeTest {

  private static final Passphrase SITES_OWN = Passphrase.random();
  private static final Set<LeafProfile> SITES = Set.of(LeafProfile.SITE);

  @TempDir private Path folder;
  private ChestCt chestCt = new ChestCt(Path.of("none"), new ManualClock());

  @BeforeEach
  void start() {
    chestCt = new ChestCt(folder.resolve("out"), new ManualClock());
  }

  @Test
  void aKeyThatNeverLeavesTheSiteIsCertified() throws Exception {
    var kit = enrolled();
    var identity = kit.identity(SITES_OWN, chestCt.clock().instant());
    assertThat(identity.name().uri()).isEqualTo("ward://chest_ct/site/hospital-a");
    assertThat(identity.organization()).isEqualTo("hospa");
    var pem = Files.readString(kit.folder().resolve("identity.pem"));
    var key =
        pem.substring(pem.indexOf("BEGIN ENCRYPTED")).lines().skip(1).findFirst().orElseThrow();
    try (var files = Files.walk(chestCt.out())) {
      for (var file :
          files
              .filter(Files::isRegularFile)
              .filter(one -> !one.startsWith(kit.folder()))
              .toList()) {
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
            .as(file.toString())
            .doesNotContain(key);
      }
    }
  }

  @Test
  void aRequestIsTheSameUntilItIsAnsweredAndIsAnsweredOnce() throws Exception {
    chestCt.provisionWithOwnKey(ChestCt.SITES, "hospital-a");
    var file = request(chestCt.kit("hospital-a"));
    var bytes = Files.readAllBytes(file);
    assertThat(Files.readAllBytes(request(chestCt.kit("hospital-a")))).isEqualTo(bytes);
    var request = KitRequest.read(file);
    var answer = chestCt.enrolment().approve(request, request.fingerprint().spoken());
    Files.delete(answer.answer());
    assertThatExceptionOfType(KitException.class)
        .isThrownBy(() -> chestCt.enrolment().approve(request, request.fingerprint().spoken()))
        .withMessageContaining("was answered at 2026-11-23T12:00:00Z")
        .withMessageContaining("a key is certified once");
    assertThat(answer.answer()).as("a lost answer is put back").exists();
  }

  @Test
  void anotherFingerprintIsRefused() throws Exception {
    chestCt.provisionWithOwnKey(ChestCt.SITES, "hospital-a");
    var request = KitRequest.read(request(chestCt.kit("hospital-a")));
    for (var fingerprint : List.of("", "0000 1111", "f".repeat(64))) {
      assertThatExceptionOfType(KitException.class)
          .isThrownBy(() -> chestCt.enrolment().approve(request, fingerprint))
          .withMessageContaining("call the requester at a number from another source")
          .satisfies(e ->
              assertThat(e.getMessage())
                  .as("the right one has to come from the requester")
                  .doesNotContain(request.fingerprint().spoken()));
    }
  }

  @Test
  void aRequestOfAStrangerOrForAnotherOrganizationIsRefused() throws Exception {
    chestCt.provisionWithOwnKey(ChestCt.SITES, "hospital-a");
    var file = request(chestCt.kit("hospital-a"));
    var elsewhere = new ChestCt(folder.resolve("other"), chestCt.clock());
    elsewhere.provision("");
    assertThatExceptionOfType(KitException.class)
        .isThrownBy(() -> elsewhere.enrolment().approve(KitRequest.read(file), "x"))
        .withMessageContaining("who is no participant of project chest_ct");
    var otherOrganization = new ChestCt(folder.resolve("third"), chestCt.clock());
    otherOrganization.provisionWithOwnKey(ChestCt.SITES.replace("hospa", "hospx"), "hospital-a");
    assertThatExceptionOfType(KitException.class)
        .isThrownBy(() -> otherOrganization.enrolment().approve(KitRequest.read(file), "x"))
        .withMessageContaining("of organization 'hospa', but the project says 'hospx'");
  }

  @Test
  void anAnswerIsInstalledOnlyWhereItBelongsAndTwiceWithoutHarm() throws Exception {
    chestCt.provisionWithOwnKey(
        ChestCt.SITES + "  - {name: hospital-b, type: client, org: hospb}\n", "hospital-a");
    var kit = chestCt.kit("hospital-a");
    var request = KitRequest.read(request(kit));
    var answer = chestCt.enrolment().approve(request, request.fingerprint().digest());
    assertThatExceptionOfType(KitException.class)
        .isThrownBy(() -> install(answer.answer(), chestCt.kit("hospital-b"), SITES_OWN))
        .withMessageContaining("signed for participant 'ward://chest_ct/site/hospital-a'");
    install(answer.answer(), kit, SITES_OWN);
    assertThat(install(answer.answer(), kit, SITES_OWN))
        .contains("the certificate was installed before");
    assertThatExceptionOfType(KitException.class)
        .isThrownBy(() -> install(answer.answer(), kit, new Passphrase("wrong")))
        .withMessageContaining("the passphrase does not open this key");
  }

  @Test
  void aRenewalProvesItselfAndKeepsNameAndRole() throws Exception {
    var kit = enrolled();
    var old = kit.identity(SITES_OWN, chestCt.clock().instant());
    assertThat(old.renewAt())
        .isBetween(
            chestCt.clock().instant().plus(Duration.ofDays(59)),
            chestCt.clock().instant().plus(Duration.ofDays(60)));
    chestCt.clock().advance(Duration.ofDays(60));
    // Sixty days without new revocation lists.
    install(chestCt.revocations().refresh().update(), kit, SITES_OWN);
    var renewed = renew(chestCt.kit("hospital-a"), old);
    assertThat(renewed.name()).isEqualTo(old.name());
    assertThat(renewed.notAfter()).isEqualTo(chestCt.clock().instant().plus(Duration.ofDays(90)));
    assertThat(renewed.certificate().getPublicKey()).isNotEqualTo(old.certificate().getPublicKey());
  }

  @Test
  void aRenewalByAnEndedOrRevokedIdentityIsRefused() throws Exception {
    var kit = enrolled();
    var old = kit.identity(SITES_OWN, chestCt.clock().instant());
    var file =
        KitRequest.make(
            kit, KeyType.EC_P256, SITES_OWN, Optional.of(old), chestCt.clock().instant());
    chestCt.revocations().revoke("hospital-a");
    assertThatExceptionOfType(KitException.class)
        .isThrownBy(() -> chestCt.enrolment().approve(KitRequest.read(file), ""))
        .withMessageContaining("'hospital-a' is revoked");
    var other = new ChestCt(folder.resolve("other"), chestCt.clock());
    var otherKit = enrolled(other);
    var otherFile =
        KitRequest.make(
            otherKit,
            KeyType.EC_P256,
            SITES_OWN,
            Optional.of(otherKit.identity(SITES_OWN, other.clock().instant())),
            other.clock().instant());
    other.clock().advance(Duration.ofDays(91));
    assertThatExceptionOfType(KitException.class)
        .isThrownBy(() -> other.enrolment().approve(KitRequest.read(otherFile), ""))
        .withMessageContaining("ended at");
  }

  @Test
  void aRenewalForAnotherNameIsRefused() throws Exception {
    chestCt.provision(ChestCt.SITES + "  - {name: hospital-b, type: client, org: hospa}\n");
    var now = chestCt.clock().instant();
    var b = chestCt.kit("hospital-b").identity(chestCt.password("hospital-b"), now);
    var file =
        KitRequest.make(chestCt.kit("hospital-a"), KeyType.EC_P256, SITES_OWN, Optional.of(b), now);
    assertThatExceptionOfType(KitException.class)
        .isThrownBy(() -> chestCt.enrolment().approve(KitRequest.read(file), ""))
        .withMessageContaining("but signed by ward://chest_ct/site/hospital-b");
  }

  @Test
  void theAuthorityOnlineRenewsTheSameNameOnly() throws Exception {
    var kit = enrolled();
    var now = chestCt.clock().instant();
    var current = kit.trust().verify(kit.identity(SITES_OWN, now).chain(), now, SITES);
    try (var state =
        ProjectState.open(chestCt.out(), ChestCt.PASSPHRASE, chestCt.clock().instant())) {
      var transport = state.authorities().authority(1, "transport");
      var pair = KeyType.EC_P256.generate();
      var request = SigningRequest.create(current.name(), current.organization(), pair);
      var next = transport.renew(current, request, now, Duration.ofDays(90));
      assertThat(kit.trust().verify(List.of(next), now, SITES).name()).isEqualTo(current.name());
      var other =
          SigningRequest.create(
              new CertifiedName("chest_ct", "server", "hospital-a"), "hospa", pair);
      assertThatExceptionOfType(IdentityException.class)
          .isThrownBy(() -> transport.renew(current, other, now, Duration.ofDays(90)))
          .withMessageContaining("but the project says ward://chest_ct/site/hospital-a");
    }
  }

  @Test
  void aRevokedSiteIsLockedOutOnceTheServerHasTheUpdate() throws Exception {
    chestCt.provision(ChestCt.SITES);
    var now = chestCt.clock().instant();
    var site = chestCt.kit("hospital-a").identity(chestCt.password("hospital-a"), now);
    var server = chestCt.kit("fl.example.org");
    assertThat(server.trust().isRevoked(site.certificate())).isFalse();
    var published = chestCt.revocations().revoke("hospital-a");
    assertThat(published.certificates()).isEqualTo(1);
    assertThat(published.number()).isEqualTo(2);
    assertThat(published.freshUntil()).isEqualTo(now.plus(Duration.ofDays(30)));
    KitUpdate.read(published.update()).install(server, Optional.empty(), now);
    assertThat(chestCt.kit("fl.example.org").trust().isRevoked(site.certificate())).isTrue();
    // Again publishes again.
    assertThat(chestCt.revocations().revoke("hospital-a").number()).isEqualTo(3);
    assertThat(chestCt.provision(ChestCt.SITES).notes().toString())
        .contains("hospital-a is revoked and got no new kit");
  }

  @Test
  void anOldUpdateDoesNotBringARevokedCertificateBack() throws Exception {
    chestCt.provision(ChestCt.SITES);
    var old = Files.copy(chestCt.revocations().refresh().update(), folder.resolve("old"));
    var latest = chestCt.revocations().revoke("hospital-a").update();
    var server = chestCt.kit("fl.example.org");
    install(latest, server, SITES_OWN);
    assertThatExceptionOfType(KitException.class)
        .isThrownBy(() -> install(old, chestCt.kit("fl.example.org"), SITES_OWN))
        .withMessageContaining("older than what is installed: revocation list 2");
  }

  @Test
  void whoHasNoCertificateYetIsLockedOutTooAndNobodyElse() throws Exception {
    chestCt.provisionWithOwnKey(ChestCt.SITES, "hospital-a");
    assertThatExceptionOfType(KitException.class)
        .isThrownBy(() -> chestCt.revocations().revoke("hospital-z"))
        .withMessageContaining("'hospital-z' is no participant of project chest_ct");
    var request = KitRequest.read(request(chestCt.kit("hospital-a")));
    assertThat(chestCt.revocations().revoke("hospital-a").certificates()).isZero();
    assertThatExceptionOfType(KitException.class)
        .isThrownBy(() -> chestCt.enrolment().approve(request, request.fingerprint().spoken()))
        .withMessageContaining("'hospital-a' is revoked");
    var changed = ChestCt.SITES.replace("hospa", "hospx");
    var reissue = new Provisioner.Options(Set.of(), Set.of("hospital-a"));
    assertThat(chestCt.provision(changed, reissue).created()).containsExactly("hospital-a");
  }

  @Test
  void theRootIsReplacedWhileTheFederationGoesOn() throws Exception {
    chestCt.provision(ChestCt.SITES);
    var names = List.of("fl.example.org", "admin@uni.org", "hospital-a");
    assertThatExceptionOfType(KitException.class)
        .isThrownBy(() -> chestCt.rollOver().issue())
        .withMessageContaining("ward cert rotate start");
    chestCt.rollOver().start();
    var started = chestCt.rollOver().start();
    assertThat(started.roots()).isEqualTo(2);
    installAll(names);
    allBelieveAll(names);
    assertThatExceptionOfType(KitException.class)
        .isThrownBy(() -> chestCt.rollOver().finish())
        .withMessageContaining("ward cert rotate issue");
    chestCt.rollOver().issue();
    var issuing = chestCt.rollOver().issue();
    assertThat(issuing.waiting()).containsExactlyElementsOf(names);
    assertThatExceptionOfType(KitException.class)
        .isThrownBy(() -> chestCt.rollOver().finish())
        .withMessageContaining("would be locked out: [fl.example.org, admin@uni.org, hospital-a]");
    for (var name : names) {
      var password = chestCt.password(name);
      var identity = chestCt.kit(name).identity(password, chestCt.clock().instant());
      renew(chestCt.kit(name), identity, password);
      allBelieveAll(names);
    }
    var oldSite = chestCt.kit("hospital-a").trust().roots().getFirst();
    chestCt.rollOver().finish();
    assertThat(chestCt.rollOver().finish().roots()).isEqualTo(1);
    installAll(names);
    allBelieveAll(names);
    for (var name : names) {
      assertThat(chestCt.kit(name).trust().roots()).hasSize(1).doesNotContain(oldSite);
    }
    chestCt.provision(ChestCt.SITES + "  - {name: hospital-b, type: client, org: hospb}\n");
    allBelieveAll(List.of("fl.example.org", "hospital-a", "hospital-b"));
  }

  @Test
  void aSiteThatMissedTheFirstStepDoesNotBelieveTheLast() throws Exception {
    chestCt.provision("");
    chestCt.rollOver().start();
    chestCt.rollOver().issue();
    chestCt.revocations().revoke("fl.example.org");
    chestCt.revocations().revoke("admin@uni.org");
    chestCt.rollOver().finish();
    var update = chestCt.revocations().refresh().update();
    assertThatExceptionOfType(KitException.class)
        .isThrownBy(() -> install(update, chestCt.kit("fl.example.org"), SITES_OWN))
        .withMessageContaining("is no authority of project chest_ct");
  }

  private void installAll(List<String> names) throws KitException, IOException {
    for (var name : names) {
      install(
          chestCt.out().resolve("updates").resolve(name + ".update"), chestCt.kit(name), SITES_OWN);
    }
  }

  private void allBelieveAll(List<String> names) throws Exception {
    var now = chestCt.clock().instant();
    for (var one : names) {
      var trust = chestCt.kit(one).trust();
      for (var other : names) {
        var chain = Identity.readChain(chestCt.kitFolder(other).resolve("identity.pem"));
        assertThat(trust.verify(chain, now, EnumSet.allOf(LeafProfile.class)).name().name())
            .isEqualTo(other);
      }
    }
  }

  private StartupKit enrolled() throws Exception {
    return enrolled(chestCt);
  }

  private static StartupKit enrolled(ChestCt project) throws Exception {
    project.provisionWithOwnKey(ChestCt.SITES, "hospital-a");
    var kit = project.kit("hospital-a");
    assertThatExceptionOfType(KitException.class)
        .isThrownBy(() -> kit.identity(SITES_OWN, project.clock().instant()))
        .withMessageContaining("has no certificate yet; ask for one with 'ward cert request");
    var file =
        KitRequest.make(
            kit, KeyType.EC_P256, SITES_OWN, Optional.empty(), project.clock().instant());
    var request = KitRequest.read(file);
    var answer = project.enrolment().approve(request, request.fingerprint().spoken());
    KitUpdate.read(answer.answer()).install(kit, Optional.of(SITES_OWN), project.clock().instant());
    return project.kit("hospital-a");
  }

  private Path request(StartupKit kit) throws KitException, IOException {
    return KitRequest.make(
        kit, KeyType.EC_P256, SITES_OWN, Optional.empty(), chestCt.clock().instant());
  }

  private Identity renew(StartupKit kit, Identity old) throws Exception {
    return renew(kit, old, SITES_OWN);
  }

  private Identity renew(StartupKit kit, Identity old, Passphrase passphrase) throws Exception {
    var now = chestCt.clock().instant();
    var file = KitRequest.make(kit, KeyType.EC_P256, passphrase, Optional.of(old), now);
    var answer = chestCt.enrolment().approve(KitRequest.read(file), "");
    install(answer.answer(), kit, passphrase);
    return StartupKit.open(kit.folder()).identity(passphrase, now);
  }

  private List<String> install(Path update, StartupKit kit, Passphrase passphrase)
      throws KitException, IOException {
    return KitUpdate.read(update).install(kit, Optional.of(passphrase), chestCt.clock().instant());
  }
}
