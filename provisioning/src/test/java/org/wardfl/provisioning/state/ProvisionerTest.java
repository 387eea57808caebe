package org.wardfl.provisioning.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.certs.Passphrase;
import org.wardfl.certs.archive.StagedFolder;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.kit.EncryptedZip;
import org.wardfl.provisioning.kit.StartupKit;
import org.wardfl.provisioning.project.ProjectFile;
import org.wardfl.provisioning.yaml.YamlFile;

class ProvisionerTest {

  @TempDir private Path folder;
  private ChestCt chestCt = new ChestCt(Path.of("none"), new ManualClock());

  @BeforeEach
  void start() {
    chestCt = new ChestCt(folder.resolve("out"), new ManualClock());
  }

  @Test
  void everyParticipantGetsAKitThatOpensAndIsBelieved() throws Exception {
    var result = chestCt.provision(ChestCt.SITES);
    assertThat(result.created()).containsExactly("fl.example.org", "admin@uni.org", "hospital-a");
    for (var name : result.created()) {
      var kit = chestCt.kit(name);
      var identity = kit.identity(chestCt.password(name), chestCt.clock().instant());
      assertThat(identity.name().name()).isEqualTo(name);
      assertThat(identity.name().project()).isEqualTo("chest_ct");
      assertThat(kit.name().address()).hasToString("fl.example.org:8002");
      assertThat(kit.trust().rootFingerprints().getFirst().toString())
          .isEqualTo(result.rootFingerprint());
    }
    assertThat(chestCt.kit("hospital-a").sitePolicy().datasets()).isEmpty();
    assertThat(chestCt.kit("fl.example.org").serverFile().port()).isEqualTo(8002);
  }

  @Test
  void nothingIsOpenToOthersAndNoAuthoritysKeyIsInAKit() throws Exception {
    chestCt.provision(ChestCt.SITES);
    try (var files = Files.walk(chestCt.out())) {
      for (var file : files.toList()) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .as(file.toString())
            .matches("rw[x-]------");
        if (Files.isRegularFile(file) && !file.toString().endsWith(".zip")) {
          assertThat(Files.readString(file)).doesNotContain("BEGIN PRIVATE KEY");
        }
      }
    }
    for (var name : List.of("fl.example.org", "hospital-a", "admin@uni.org")) {
      assertThat(keysIn(chestCt.kitFolder(name))).as(name).isEqualTo(1);
      var password = new String(chestCt.password(name).reveal());
      try (var files = Files.walk(chestCt.kitFolder(name))) {
        for (var file : files.filter(Files::isRegularFile).toList()) {
          assertThat(Files.readString(file)).doesNotContain(password);
        }
      }
    }
  }

  @Test
  void aSecondRunAddsKitsAndChangesNothing() throws Exception {
    chestCt.provision(ChestCt.SITES);
    var before = contents(chestCt.out().resolve("kits"));
    chestCt.clock().advance(Duration.ofDays(1));
    var result =
        chestCt.provision(ChestCt.SITES + "  - {name: hospital-b, type: client, org: hospb}\n");
    assertThat(result.created()).containsExactly("hospital-b");
    assertThat(result.kept()).containsExactly("fl.example.org", "admin@uni.org", "hospital-a");
    assertThat(contents(chestCt.out().resolve("kits"))).containsAllEntriesOf(before);
    var server = chestCt.kit("fl.example.org");
    var site = chestCt.kit("hospital-b");
    var identity = site.identity(chestCt.password("hospital-b"), chestCt.clock().instant());
    assertThat(
            server
                .trust()
                .verify(
                    identity.chain(), chestCt.clock().instant(), Set.of(identity.name().profile()))
                .name())
        .isEqualTo(identity.name());
  }

  @Test
  void aKitThatWasHandedOutAndDeletedIsNotMadeAgain() throws Exception {
    chestCt.provision(ChestCt.SITES);
    StagedFolder.delete(chestCt.kitFolder("hospital-a"));
    assertThat(chestCt.provision(ChestCt.SITES).created()).isEmpty();
    assertThat(chestCt.kitFolder("hospital-a")).doesNotExist();
  }

  @Test
  void theZipOpensWithItsPasswordOnly() throws Exception {
    chestCt.provision(ChestCt.SITES);
    var zip = chestCt.out().resolve("zips/hospital-a.zip");
    var into = Files.createDirectory(folder.resolve("hospital"));
    assertThatExceptionOfType(KitException.class)
        .isThrownBy(() -> EncryptedZip.unpack(zip, into, new Passphrase("guess")))
        .withMessageEndingWith("hospital-a.zip: the password does not open it");
    assertThat(into).isEmptyDirectory();
    var kit = EncryptedZip.unpack(zip, into, chestCt.password("hospital-a"));
    assertThat(contents(kit)).isEqualTo(contents(chestCt.kitFolder("hospital-a")));
    StartupKit.open(kit).identity(chestCt.password("hospital-a"), chestCt.clock().instant());
  }

  @Test
  void aWrongPassphraseIsRefusedAndNothingChanges() throws Exception {
    chestCt.provision(ChestCt.SITES);
    var before = contents(chestCt.out());
    var project = ChestCt.project(ChestCt.SITES + "  - {name: b, type: client, org: o}\n");
    assertThatExceptionOfType(KitException.class)
        .isThrownBy(() ->
            new Provisioner(chestCt.out(), new Passphrase("wrong"), chestCt.clock())
                .provision(project, Provisioner.Options.NONE))
        .withMessageContaining("the passphrase does not open this key");
    assertThat(contents(chestCt.out())).isEqualTo(before);
  }

  @Test
  void theStateOfAnotherProjectIsRefused() throws Exception {
    chestCt.provision("");
    var other = ChestCt.FILE.replace("chest_ct", "brain_mri");
    var project = ProjectFile.of(YamlFile.parse("project.yml", other)).project();
    assertThatExceptionOfType(KitException.class)
        .isThrownBy(() ->
            new Provisioner(chestCt.out(), ChestCt.PASSPHRASE, chestCt.clock())
                .provision(project, Provisioner.Options.NONE))
        .withMessageContaining("holds the state of project 'chest_ct'")
        .withMessageContaining("give another --out");
  }

  @Test
  void aChangedRoleOrOrganizationIsRefusedWithTheRemedy() throws Exception {
    var lead = "  - {name: eve@uni.org, type: admin, org: uni, role: member}\n";
    chestCt.provision(lead);
    for (var changed :
        List.of(lead.replace("member", "lead"), lead.replace("org: uni,", "org: x,"))) {
      assertThatExceptionOfType(KitException.class)
          .isThrownBy(() -> chestCt.provision(changed))
          .withMessageContaining("'eve@uni.org' was certified as member of uni")
          .withMessageContaining("ward cert revoke eve@uni.org");
    }
    chestCt.revocations().revoke("eve@uni.org");
    var reissue = new Provisioner.Options(Set.of(), Set.of("eve@uni.org"));
    var result = chestCt.provision(lead.replace("member", "lead"), reissue);
    assertThat(result.created()).containsExactly("eve@uni.org");
    assertThat(chestCt.kit("eve@uni.org").name().name().role()).isEqualTo("lead");
  }

  @Test
  void theProjectAdminIsToldWhatDoesNotFitTheFileAnyMore() throws Exception {
    chestCt.provision(ChestCt.SITES);
    assertThat(chestCt.provision("").notes())
        .containsExactly(
            "hospital-a is in the state, but no more in the project file; lock it out with 'ward"
                + " cert revoke hospital-a'");
    var moved =
        ChestCt.SITES.replace("org: hospa", "org: hospa, connect_to: {host: proxy, port: 443}");
    assertThat(chestCt.provision(moved).notes().toString())
        .contains("is now proxy:443; its kit, made before, says fl.example.org:8002");
  }

  @Test
  void optionsAboutNobodyAreRefused() {
    assertThatExceptionOfType(KitException.class)
        .isThrownBy(() -> chestCt.provisionWithOwnKey("", "hospital-z"))
        .withMessageContaining("'hospital-z' is no participant of the project file");
    assertThat(chestCt.out()).doesNotExist();
  }

  @Test
  void aStateFolderOpenToOthersIsRefused() throws Exception {
    chestCt.provision("");
    Files.setPosixFilePermissions(
        chestCt.out().resolve("state"), PosixFilePermissions.fromString("rwxr-x---"));
    assertThatExceptionOfType(KitException.class)
        .isThrownBy(() -> chestCt.provision(ChestCt.SITES))
        .withMessageContaining("chmod 700");
  }

  @Test
  void twoRunsAtATimeAreRefused() throws Exception {
    chestCt.provision("");
    try (var open =
        ProjectState.open(chestCt.out(), ChestCt.PASSPHRASE, chestCt.clock().instant())) {
      assertThat(open.registry().project()).isEqualTo("chest_ct");
      assertThatExceptionOfType(KitException.class)
          .isThrownBy(() -> chestCt.provision(ChestCt.SITES))
          .withMessageContaining("is in use by another ward command");
    }
  }

  @Test
  void serialsAreUnique() throws Exception {
    var sites = new StringBuilder();
    for (int i = 0; i < 12; i++) {
      sites.append("  - {name: site-").append(i).append(", type: client, org: o}\n");
    }
    chestCt.provision(sites.toString());
    try (var state =
        ProjectState.open(chestCt.out(), ChestCt.PASSPHRASE, chestCt.clock().instant())) {
      var serials = new HashSet<String>();
      state.registry().members().values().stream()
          .flatMap(member -> member.certificates().stream())
          .forEach(issued -> serials.add(issued.serial()));
      assertThat(serials).hasSize(14);
    }
  }

  private static long keysIn(Path kit) throws IOException {
    try (var files = Files.walk(kit)) {
      long keys = 0;
      for (var file : files.filter(Files::isRegularFile).toList()) {
        keys += Files.readString(file).split("PRIVATE KEY-----\n", -1).length / 2;
      }
      return keys;
    }
  }

  static Map<String, String> contents(Path root) throws IOException {
    var contents = new TreeMap<String, String>();
    try (var files = Files.walk(root)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        contents.put(
            root.relativize(file).toString(), HexFormat.of().formatHex(Files.readAllBytes(file)));
      }
    }
    return contents;
  }
}
