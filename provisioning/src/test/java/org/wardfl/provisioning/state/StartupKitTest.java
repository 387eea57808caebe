package org.wardfl.provisioning.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.certs.Passphrase;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.kit.StartupKit;

class StartupKitTest {

  @TempDir private Path folder;
  private ChestCt chestCt = new ChestCt(Path.of("none"), new ManualClock());
  private Path kit = Path.of("none");

  @BeforeEach
  void provision() throws Exception {
    chestCt = new ChestCt(folder.resolve("out"), new ManualClock());
    chestCt.provision(ChestCt.SITES);
    kit = chestCt.kitFolder("hospital-a");
  }

  @Test
  void theOwnersFilesMayChange() throws Exception {
    Files.writeString(kit.resolve("site.yaml"), "algorithms: any\n");
    Files.createDirectory(kit.resolve("data"));
    assertThat(StartupKit.open(kit).name().name().name()).isEqualTo("hospital-a");
  }

  @Test
  void whatTheProjectSignedMayNot() throws Exception {
    Files.writeString(kit.resolve("kit.yaml"), "# x\n", StandardOpenOption.APPEND);
    Files.delete(kit.resolve("start.sh"));
    Files.writeString(kit.resolve("extra"), "");
    refused("kit.yaml was changed");
    refused("start.sh is missing");
    refused("extra was added");
    refused("ask the project admin for the kit again");
  }

  @Test
  void theManifestOfAnotherKitIsRefused() throws Exception {
    Files.copy(
        chestCt.kitFolder("fl.example.org").resolve("manifest.txt"),
        kit.resolve("manifest.txt"),
        StandardCopyOption.REPLACE_EXISTING);
    refused("kit.yaml was changed");
  }

  @Test
  void theTrustOfAnotherProjectIsRefused() throws Exception {
    var other = new ChestCt(folder.resolve("other"), chestCt.clock());
    other.provision("");
    Files.copy(
        other.kitFolder("fl.example.org").resolve("trust.pem"),
        kit.resolve("trust.pem"),
        StandardCopyOption.REPLACE_EXISTING);
    refused("is no authority of project chest_ct");
  }

  @Test
  void widerPermissionsAreRefusedWithTheRemedy() throws Exception {
    Files.setPosixFilePermissions(kit, PosixFilePermissions.fromString("rwxr-xr-x"));
    refused("chmod 700 " + kit);
    Files.setPosixFilePermissions(kit, PosixFilePermissions.fromString("rwx------"));
    Files.setPosixFilePermissions(
        kit.resolve("identity.pem"), PosixFilePermissions.fromString("rw-r--r--"));
    refused("chmod 600 " + kit.resolve("identity.pem"));
  }

  @Test
  void whatIsNoKitIsRefused() throws Exception {
    var empty = Files.createDirectory(folder.resolve("empty"));
    assertThatExceptionOfType(KitException.class)
        .isThrownBy(() -> StartupKit.open(empty))
        .withMessageContaining("is no startup kit: expected a folder with kit.yaml");
  }

  @Test
  void theIdentityNeedsItsPasswordItsOwnerAndItsTime() throws Exception {
    var now = chestCt.clock().instant();
    var opened = StartupKit.open(kit);
    assertThatExceptionOfType(KitException.class)
        .isThrownBy(() -> opened.identity(new Passphrase("wrong"), now))
        .withMessageContaining("the passphrase does not open this key");
    var password = chestCt.password("hospital-a");
    assertThatExceptionOfType(KitException.class)
        .isThrownBy(() -> opened.identity(password, now.plus(Duration.ofDays(91))))
        .withMessageContaining("check the clock of this machine, or ask for a new certificate");
    assertThatExceptionOfType(KitException.class)
        .isThrownBy(() -> opened.identity(password, now.minus(Duration.ofDays(1))))
        .withMessageContaining("check the clock");
    Files.copy(
        chestCt.kitFolder("admin@uni.org").resolve("identity.pem"),
        kit.resolve("identity.pem"),
        StandardCopyOption.REPLACE_EXISTING);
    assertThatExceptionOfType(KitException.class)
        .isThrownBy(() -> StartupKit.open(kit).identity(chestCt.password("admin@uni.org"), now))
        .withMessageContaining("is the identity of ward://chest_ct/project_admin/admin%40uni.org");
  }

  private void refused(String message) {
    assertThatExceptionOfType(KitException.class)
        .isThrownBy(() -> StartupKit.open(kit))
        .withMessageContaining(message);
  }
}
