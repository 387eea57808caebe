package org.wardfl.cli.federation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.certs.LeafProfile;
import org.wardfl.client.admin.AdminSession;
import org.wardfl.client.link.Renewal;
import org.wardfl.provisioning.kit.KitRequest;
import org.wardfl.provisioning.kit.KitUpdate;
import org.wardfl.provisioning.kit.StartupKit;
import org.wardfl.provisioning.state.Delegation;
import org.wardfl.provisioning.state.Enrolment;
import org.wardfl.provisioning.state.Revocations;

/// Certificates that live for a day are renewed while the federation runs.
@Timeout(120)
class RenewalTest {

  private static final Duration TWO_THIRDS = Duration.ofHours(17);

  @TempDir private Path folder;

  @Test
  void aRenewalIsRelayedToTheProjectAdminAndChangesNothingThatRuns() throws Exception {
    try (var federation = new InProcess(folder)) {
      var server = federation.startServer();
      var client = federation.startClient();
      InProcess.await(client.node()::isConnected, () -> "connected");
      var admin = federation.person(InProcess.ADMIN);
      var since = since(admin);
      var before = client.kit().identity();
      var serverBefore = server.identity();

      federation.advance(TWO_THIRDS);
      InProcess.await(() -> admin.requests().size() == 2, () -> "two requests");
      approveAll(federation, admin);
      InProcess.await(() -> client.kit().identity() != before, () -> "a new certificate");
      InProcess.await(() -> server.identity() != serverBefore, () -> "a new server certificate");
      assertThat(client.kit().identity().key()).isNotEqualTo(before.key());
      assertThat(client.node().isConnected()).isTrue();
      assertThat(since(admin)).as("the session is the same").isEqualTo(since);
      assertThat(admin.requests()).isEmpty();

      // A person's certificate is always certified by the project admin.
      assertThat(admin.renewal().attempt()).isInstanceOf(Renewal.Waiting.class);
      approveAll(federation, admin);
      assertThat(admin.renewal().attempt()).isInstanceOf(Renewal.Renewed.class);

      // The session goes over to the new certificate when the old one ends.
      federation.advance(Duration.ofHours(8));
      assertThat(federation.clock().instant()).isAfter(before.notAfter());
      InProcess.await(
          () -> client.node().isConnected() && !since(admin).equals(since), () -> "a new session");
      assertThat(federation.audit())
          .contains("\"action\":\"request renewal\"")
          .contains("\"action\":\"answer renewal\"");
    }
  }

  @Test
  void aServerWithTheTransportAuthorityRenewsWithoutAPersonAndRevocationReachesWhatItIssued()
      throws Exception {
    try (var federation = new InProcess(folder)) {
      delegate(federation);
      var server = federation.startServer();
      var client = federation.startClient();
      InProcess.await(client.node()::isConnected, () -> "connected");
      var admin = federation.person(InProcess.ADMIN);
      var before = client.kit().identity();
      var serverBefore = server.identity();
      federation.advance(TWO_THIRDS);
      InProcess.await(() -> client.kit().identity() != before, () -> "a new certificate");
      InProcess.await(() -> server.identity() != serverBefore, () -> "a new server certificate");
      var renewed = client.kit().identity();
      assertThat(renewed.name()).isEqualTo(before.name());
      assertThat(renewed.organization()).isEqualTo("hospa");
      assertThat(renewed.notAfter())
          .isBetween(
              federation.clock().instant().plus(Duration.ofHours(23)),
              federation.clock().instant().plus(Duration.ofHours(25)));
      assertThat(admin.renewal().attempt()).isInstanceOf(Renewal.Waiting.class);
      assertThat(admin.requests()).hasSize(1);
      approveAll(federation, admin);
      assertThat(admin.renewal().attempt()).isInstanceOf(Renewal.Renewed.class);
      assertThat(federation.audit()).contains("\"action\":\"renew\"");

      // With the new certificate, after the old one has ended.
      federation.advance(Duration.ofHours(8));
      InProcess.await(client.node()::isConnected, () -> "connected again");

      // The project admin has never seen the certificate that is revoked now.
      var update =
          new Revocations(federation.out(), InProcess.PASSPHRASE, federation.clock())
              .revoke(InProcess.SITE)
              .update();
      try (var again = federation.person(InProcess.ADMIN)) {
        again.updateTrust(Files.readAllBytes(update));
        InProcess.await(() -> !client.node().isConnected(), () -> "disconnected");
        assertThat(server.trust().isRevoked(renewed.certificate())).isFalse();
        InProcess.await(
            () -> federation.audit().contains("all that were issued to it before"),
            () -> "the refusal is recorded");
        assertThat(again.sites().getFirst().connected()).isFalse();
      }
    }
  }

  @Test
  void aCertificateThatWasInstalledByHandIsInUseWhenTheOldOneEnds() throws Exception {
    try (var federation = new InProcess(folder)) {
      federation.startServer();
      var client = federation.startClient();
      InProcess.await(client.node()::isConnected, () -> "connected");
      var admin = federation.person(InProcess.ADMIN);
      var before = client.kit().identity();
      federation.advance(TWO_THIRDS);
      var kit = federation.kitFolder(InProcess.SITE);
      var request = kit.resolve("request/request.txt");
      InProcess.await(() -> Files.exists(request), () -> "a request");
      var answer =
          new Enrolment(federation.out(), InProcess.PASSPHRASE, federation.clock())
              .approve(KitRequest.read(request), "")
              .answer();
      KitUpdate.read(answer)
          .install(
              StartupKit.open(kit),
              Optional.of(federation.password(InProcess.SITE)),
              federation.clock().instant());
      InProcess.await(() -> client.kit().identity() != before, () -> "it is noticed");
      assertThat(client.node().isConnected()).isTrue();
      // The admin's own certificate would end, too.
      assertThat(admin.renewal().attempt()).isInstanceOf(Renewal.Waiting.class);
      approveAll(federation, admin);
      assertThat(admin.renewal().attempt()).isInstanceOf(Renewal.Renewed.class);
      var since = since(admin);
      federation.advance(Duration.ofHours(8));
      InProcess.await(
          () -> client.node().isConnected() && !since(admin).equals(since),
          () -> "connected with the new one");
    }
  }

  @Test
  void aRenewalIsSentApprovedAndFetchedByHand() throws Exception {
    try (var federation = new InProcess(folder)) {
      federation.startServer();
      var send = List.of("renew", "--send").toArray(String[]::new);
      assertThat(federation.command(InProcess.LEAD, "cert", send)).contains("waits");
      assertThat(federation.command(InProcess.ADMIN, "cert", "requests"))
          .containsPattern("lead@uni.org +lead +20");
      var passphrase = Files.writeString(folder.resolve("passphrase.txt"), "correct horse battery");
      passphrase.toFile().setReadable(false, false);
      passphrase.toFile().setReadable(true, true);
      var approved =
          federation.command(
              InProcess.ADMIN,
              "cert",
              "approve",
              "--waiting",
              InProcess.LEAD,
              "--out",
              federation.out().toString(),
              "--passphrase-file",
              passphrase.toString());
      assertThat(approved).contains("hands it to the participant");
      var serial = serial(federation);
      assertThat(federation.command(InProcess.LEAD, "cert", send)).contains("renewed  until");
      assertThat(serial(federation)).isNotEqualTo(serial);
      assertThat(federation.command(InProcess.ADMIN, "cert", "requests")).contains("no renewal");
    }
  }

  private static String serial(InProcess federation) throws Exception {
    return federation
        .kit(InProcess.LEAD, LeafProfile.USER)
        .identity()
        .certificate()
        .getSerialNumber()
        .toString();
  }

  private static void delegate(InProcess federation) throws Exception {
    var delegated =
        new Delegation(federation.out(), InProcess.PASSPHRASE, federation.clock())
            .delegate(federation.password(InProcess.SERVER));
    Files.copy(
        delegated.authority(),
        federation.kitFolder(InProcess.SERVER).resolve("authority.pem"),
        StandardCopyOption.COPY_ATTRIBUTES);
  }

  private static void approveAll(InProcess federation, AdminSession admin) throws Exception {
    var enrolment = new Enrolment(federation.out(), InProcess.PASSPHRASE, federation.clock());
    for (var request : admin.requests()) {
      var read =
          KitRequest.decode(
              request.name(), request.text().getBytes(java.nio.charset.StandardCharsets.US_ASCII));
      var answer = enrolment.approveAgain(read).answer();
      assertThat(enrolment.approveAgain(read).answer()).as("the same again").isEqualTo(answer);
      admin.answer(request.name(), Files.readAllBytes(answer));
    }
  }

  private static Instant since(AdminSession admin) throws Exception {
    return admin.sites().getFirst().since().orElseThrow();
  }
}
