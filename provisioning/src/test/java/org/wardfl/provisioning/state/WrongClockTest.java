package org.wardfl.provisioning.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.provisioning.KitException;

/// What the project admin is told when the time is not what it should be; a participant's side is
/// in [StartupKitTest].
class WrongClockTest {

  @TempDir private Path folder;
  private ChestCt chestCt = new ChestCt(Path.of("none"), new ManualClock());

  @BeforeEach
  void provision() throws Exception {
    chestCt = new ChestCt(folder.resolve("out"), new ManualClock());
    chestCt.provision(ChestCt.SITES);
  }

  @Test
  void aClockBeforeTheAuthoritiesIsRefusedByEveryStep() throws Exception {
    var registry = chestCt.out().resolve("state/registry.yaml");
    var before = Files.readString(registry);
    chestCt.clock().advance(Duration.ofDays(-2));
    var message = "this clock says 2026-11-21T12:00:00Z, but ward://chest_ct/ca/users was made at";
    refused(() -> chestCt.provision(ChestCt.SITES), message);
    refused(() -> chestCt.revocations().refresh(), message);
    refused(() -> chestCt.revocations().revoke("hospital-a"), message);
    refused(() -> chestCt.rollOver().start(), message);
    assertThat(registry).hasContent(before);
  }

  @Test
  void authoritiesThatEndedSignNothingMore() {
    chestCt.clock().advance(Duration.ofDays(731));
    refused(() -> chestCt.revocations().refresh(), "ward://chest_ct/ca/users ended at 2028-11-22");
    refused(() -> chestCt.rollOver().start(), "provision the project anew");
  }

  @Test
  void theEndOfTheAuthoritiesIsToldInTime() throws Exception {
    chestCt.clock().advance(Duration.ofDays(540));
    assertThat(chestCt.revocations().refresh().notes()).isEmpty();
    chestCt.clock().advance(Duration.ofDays(20));
    assertThat(chestCt.revocations().refresh().notes())
        .singleElement()
        .asString()
        .contains("the authorities end at 2028-11-22", "'ward cert rotate start'");
    assertThat(chestCt.provision(ChestCt.SITES).notes())
        .anyMatch(note -> note.startsWith("the authorities end"))
        .contains(
            "the certificate of hospital-a ended at 2027-02-21T12:00:00Z; it asks for a new one with"
                + " 'ward cert request'");
  }

  private static void refused(ThrowingCallable call, String message) {
    assertThatExceptionOfType(KitException.class).isThrownBy(call).withMessageContaining(message);
  }
}
