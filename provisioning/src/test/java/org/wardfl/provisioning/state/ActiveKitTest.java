package org.wardfl.provisioning.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.certs.LeafProfile;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.kit.ActiveKit;
import org.wardfl.provisioning.kit.KitRequest;
import org.wardfl.provisioning.kit.KitUpdate;
import org.wardfl.provisioning.rights.Actor;
import org.wardfl.provisioning.site.OwnCode;

class ActiveKitTest {

  private static final Set<LeafProfile> SERVER = Set.of(LeafProfile.SERVER);
  private static final Set<LeafProfile> SITE = Set.of(LeafProfile.SITE);

  @TempDir private Path folder;
  private ChestCt chestCt = new ChestCt(Path.of("none"), new ManualClock());

  @BeforeEach
  void provision() throws Exception {
    chestCt = new ChestCt(folder.resolve("out"), new ManualClock());
    chestCt.provision(ChestCt.SITES);
  }

  @Test
  void aKitSaysWhoItIsWhereItsServerIsAndWhatItsOwnerAllows() throws Exception {
    var site = open("hospital-a", SITE);
    assertThat(site.kit().name().server().name()).isEqualTo("fl.example.org");
    assertThat(site.kit().name().address()).hasToString("fl.example.org:8002");
    assertThat(site.kit().sitePolicy().ownCode()).isEqualTo(OwnCode.NONE);
    assertThat(open("fl.example.org", SERVER).kit().serverFile().port()).isEqualTo(8002);
    var user = open("admin@uni.org", Set.of(LeafProfile.USER, LeafProfile.SITE));
    var peer = site.trust().verify(user.identity().chain(), now(), Set.of(LeafProfile.USER));
    assertThat(Actor.of(peer)).isEqualTo(new Actor("admin@uni.org", "uni", "project_admin"));
  }

  @Test
  void aKitOfAnotherKindOrWithoutItsOwnersFileIsRefused() throws Exception {
    refused(() -> open("hospital-a", SERVER), "whose role is site; expected the kit of a server");
    var site = open("hospital-a", SITE);
    refused(() -> site.kit().serverFile(), "expected the kit of a server");
    var file = chestCt.kitFolder("hospital-a").resolve("site.yaml");
    Files.writeString(file, "own_cod: no\n");
    refused(() -> site.kit().sitePolicy(), "site.yaml:1: ", "did you mean `own_code`?");
    Files.delete(file);
    refused(() -> site.kit().sitePolicy(), "site.yaml is missing; without it nothing is allowed");
  }

  @Test
  void trustThatAnotherProcessInstalledHoldsAfterReload() throws Exception {
    var server = open("fl.example.org", SERVER);
    var site = open("hospital-a", SITE).identity().certificate();
    assertThat(server.reload()).isFalse();
    var update = KitUpdate.read(chestCt.revocations().revoke("hospital-a").update());
    update.install(chestCt.kit("fl.example.org"), Optional.empty(), chestCt.clock().instant());
    assertThat(server.trust().isRevoked(site)).isFalse();
    assertThat(server.reload()).isTrue();
    assertThat(server.trust().isRevoked(site)).isTrue();
    assertThat(server.reload()).isFalse();
  }

  @Test
  void olderOrBrokenTrustIsRefusedAndWhatWasInUseStays() throws Exception {
    var server = open("fl.example.org", SERVER);
    var site = open("hospital-a", SITE).identity().certificate();
    var file = chestCt.kitFolder("fl.example.org").resolve("trust.pem");
    var old = folder.resolve("old.pem");
    Files.copy(file, old);
    server.install(KitUpdate.read(chestCt.revocations().revoke("hospital-a").update()));
    assertThat(server.trust().isRevoked(site)).as("at once").isTrue();
    Files.copy(old, file, StandardCopyOption.REPLACE_EXISTING);
    refused(server::reload, "older than what is installed");
    Files.writeString(file, "-----BEGIN CERTIFICATE-----\n");
    refused(server::reload, "trust.pem");
    assertThat(server.trust().isRevoked(site)).isTrue();
  }

  @Test
  void theCertificateIsRenewedAtTwoThirdsOfItsLifeWithoutARestart() throws Exception {
    var site = open("hospital-a", SITE);
    var first = site.identity().certificate();
    chestCt.clock().advance(Duration.ofDays(59));
    assertThat(site.renewal()).isEmpty();
    chestCt.clock().advance(Duration.ofDays(2));
    var request = site.renewal().orElseThrow();
    assertThat(site.renewal()).as("the same until it is answered").contains(request);
    var wire = KitRequest.decode("the renewal", Files.readAllBytes(request));
    var answer = chestCt.enrolment().approve(wire, "").answer();
    site.install(KitUpdate.decode("the answer", Files.readAllBytes(answer)));
    assertThat(site.identity().certificate()).isNotEqualTo(first);
    assertThat(site.keys().identity().notAfter()).isEqualTo(now().plus(Duration.ofDays(90)));
    assertThat(site.renewal()).isEmpty();
  }

  @Test
  void anEndedCertificateIsNamedWithTheRemedy() {
    chestCt.clock().advance(Duration.ofDays(91));
    refused(() -> open("hospital-a", SITE), "ended at 2027-02-21", "ward cert request --kit");
  }

  private ActiveKit open(String name, Set<LeafProfile> expected) throws KitException, IOException {
    return ActiveKit.open(
        chestCt.kitFolder(name), chestCt.password(name), chestCt.clock(), expected);
  }

  private Instant now() {
    return chestCt.clock().instant();
  }

  private static void refused(ThrowingCallable call, String... messages) {
    assertThatExceptionOfType(KitException.class)
        .isThrownBy(call)
        .satisfies(e -> assertThat(e.getMessage()).contains(List.of(messages)));
  }
}
