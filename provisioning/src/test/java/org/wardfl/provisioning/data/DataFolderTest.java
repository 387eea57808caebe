package org.wardfl.provisioning.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.certs.CertifiedName;
import org.wardfl.provisioning.KitException;

class DataFolderTest {

  private static final CertifiedName OWNER = new CertifiedName("chest-ct", "site", "hospital-a");
  private static final int DEADLINE_SECONDS = 60;

  @TempDir private Path folder;

  @Test
  void itCountsItsStartsAndStaysItself() throws Exception {
    java.util.UUID instance;
    try (var data = open()) {
      assertThat(data.start()).isEqualTo(1);
      instance = data.instance();
    }
    for (int start = 2; start < 5; start++) {
      try (var data = open()) {
        assertThat(data.start()).isEqualTo(start);
        assertThat(data.instance()).isEqualTo(instance);
      }
    }
    assertThat(Files.getPosixFilePermissions(data()))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void anotherProcessIsNamedAndItsDeathLetsTheNextIn() throws Exception {
    for (int start = 1; start < 6; start += 2) {
      var holder = holder();
      try (var said = holder.inputReader(StandardCharsets.UTF_8)) {
        assertThat(said.readLine()).startsWith(start + " ");
        assertThatThrownBy(this::open)
            .isInstanceOf(KitException.class)
            .hasMessageContaining(data() + " is in use by process " + holder.pid() + ";");
      } finally {
        holder.destroyForcibly();
      }
      assertThat(holder.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
      try (var data = open()) {
        assertThat(data.start()).isEqualTo(start + 1);
      }
    }
  }

  @Test
  void twoInOneProcessAreRefusedToo() throws Exception {
    try (var _ = open()) {
      assertThatThrownBy(this::open)
          .isInstanceOf(KitException.class)
          .hasMessageContaining("in use by process " + ProcessHandle.current().pid());
    }
    open().close();
  }

  @Test
  void aFolderThatOthersMayReadIsRefused() throws Exception {
    Files.createDirectory(data());
    for (var open : List.of("rwxr-x---", "rwx---r-x", "rwx-----x")) {
      Files.setPosixFilePermissions(data(), PosixFilePermissions.fromString(open));
      assertThatThrownBy(this::open)
          .isInstanceOf(KitException.class)
          .hasMessageContaining("has permissions " + open)
          .hasMessageContaining("run: chmod 700 " + data());
    }
  }

  @Test
  void aLinkIsRefused() throws Exception {
    var other = Files.createDirectory(folder.resolve("other"));
    Files.createSymbolicLink(data(), other);
    assertThatThrownBy(this::open)
        .isInstanceOf(KitException.class)
        .hasMessageContaining("is a symbolic link");
  }

  @Test
  void somebodyElsesFolderIsRefused() throws Exception {
    open().close();
    for (var other :
        List.of(
            new CertifiedName("other-project", "site", "hospital-a"),
            new CertifiedName("chest-ct", "server", "hospital-a"),
            new CertifiedName("chest-ct", "site", "hospital-b"))) {
      assertThatThrownBy(() -> DataFolder.open(data(), other))
          .isInstanceOf(KitException.class)
          .hasMessageContaining("belongs to '1 ward://chest-ct/site/hospital-a'")
          .hasMessageContaining("expected '1 " + other.uri() + "'");
    }
    try (var data = open()) {
      assertThat(data.start()).as("the refused ones do not count").isEqualTo(2);
    }
  }

  @Test
  void aLaterFormatIsRefused() throws Exception {
    open().close();
    Files.writeString(data().resolve("owner"), "2 " + OWNER.uri() + "\n");
    assertThatThrownBy(this::open)
        .isInstanceOf(KitException.class)
        .hasMessageContaining("belongs to '2 ward://chest-ct/site/hospital-a'");
  }

  @Test
  void damageIsNamed() throws Exception {
    open().close();
    for (var name : List.of("starts", "instance")) {
      var file = data().resolve(name);
      var whole = Files.readString(file);
      Files.writeString(file, "?" + whole);
      assertThatThrownBy(this::open)
          .isInstanceOf(KitException.class)
          .hasMessageContaining(file + " is damaged");
      Files.writeString(file, whole);
    }
    open().close();
  }

  private Path data() {
    return folder.resolve("data");
  }

  private DataFolder open() throws KitException, IOException {
    return DataFolder.open(data(), OWNER);
  }

  private Process holder() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "-cp",
            System.getProperty("java.class.path"),
            DataFolderMain.class.getName(),
            data().toString(),
            OWNER.uri())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}
