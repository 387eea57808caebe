package org.wardfl.provisioning.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.certs.Identity;
import org.wardfl.certs.KeyType;
import org.wardfl.certs.Passphrase;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.kit.KitRequest;
import org.wardfl.provisioning.kit.KitUpdate;

/// Requests that stay unanswered for long, or that were made with another password.
class KitRequestTest {

  @TempDir private Path folder;
  private ChestCt chestCt = new ChestCt(Path.of("none"), new ManualClock());
  private Passphrase password = new Passphrase("none");

  @BeforeEach
  void provision() throws Exception {
    chestCt = new ChestCt(folder.resolve("out"), new ManualClock());
    chestCt.provision(ChestCt.SITES);
    password = chestCt.password("hospital-a");
  }

  @Test
  void aRenewalThatCameTooLateGivesWayToARequest() throws Exception {
    var identity = chestCt.kit("hospital-a").identity(password, chestCt.clock().instant());
    assertThat(KitRequest.read(make(Optional.of(identity))).renewal()).isPresent();
    chestCt.clock().advance(Duration.ofDays(91));
    var request = KitRequest.read(make(Optional.empty()));
    assertThat(request.renewal()).isEmpty();
    var answer = chestCt.enrolment().approve(request, request.fingerprint().spoken()).answer();
    KitUpdate.read(answer)
        .install(chestCt.kit("hospital-a"), Optional.of(password), chestCt.clock().instant());
    assertThat(chestCt.kit("hospital-a").identity(password, chestCt.clock().instant()).notAfter())
        .isEqualTo(chestCt.clock().instant().plus(Duration.ofDays(90)));
  }

  @Test
  void aRequestUnderWayNeedsThePasswordThatItWasMadeWith() throws Exception {
    var file = make(Optional.empty());
    var other = new Passphrase("another password");
    assertThatExceptionOfType(KitException.class)
        .isThrownBy(() ->
            KitRequest.make(
                chestCt.kit("hospital-a"),
                KeyType.EC_P256,
                other,
                Optional.empty(),
                chestCt.clock().instant()))
        .withMessageContaining("a request is under way")
        .withMessageContaining("delete " + file.getParent() + " to start anew");
    Files.delete(file.resolveSibling("key.pem"));
    var before = Files.readString(file);
    assertThat(make(Optional.empty())).as("there is no key for the old one").exists();
    assertThat(Files.readString(file)).isNotEqualTo(before);
  }

  private Path make(Optional<Identity> current) throws KitException, IOException {
    return KitRequest.make(
        chestCt.kit("hospital-a"), KeyType.EC_P256, password, current, chestCt.clock().instant());
  }
}
