package org.wardfl.provisioning.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.provisioning.KitException;

class OwnersFileTest {

  @TempDir private Path folder;
  private Path file = Path.of("none");

  @BeforeEach
  void write() throws Exception {
    file = Files.writeString(folder.resolve("site.yaml"), "algorithms: any\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
  }

  @Test
  void theOwnersFileIsReadWithItsHash() throws Exception {
    var read = OwnersFile.read(file);
    assertThat(read.text()).isEqualTo("algorithms: any\n");
    assertThat(read.sha256())
        .isEqualTo("023ac3a50dace05ebc6f46a0ffad1cec2170665b3ae5de7ba6e55bea98551824");
    assertThat(SitePolicyFile.of(read).algorithms().any()).isTrue();
  }

  @Test
  void oneThatOthersMayWriteIsRefused() throws Exception {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
    refused("site.yaml may be written by others than its owner; run: chmod go-w");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw----rw-"));
    refused("site.yaml may be written by others than its owner; run: chmod go-w");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    refused(folder + " may be written by others than its owner");
  }

  @Test
  void aLinkAndAFolderAreRefused() throws Exception {
    var other = Files.move(file, folder.resolve("other.yaml"));
    Files.createSymbolicLink(file, other);
    refused("site.yaml is a symbolic link, expected a file itself");
    Files.delete(file);
    Files.createDirectory(file);
    refused("site.yaml is no file, expected a file itself");
    Files.delete(file);
    refused("there is no file " + file);
  }

  @Test
  void whatIsTooLargeOrNoTextIsRefused() throws Exception {
    Files.write(file, new byte[] {'a', ':', ' ', (byte) 0xff});
    refused("site.yaml is not UTF-8");
    Files.write(file, new byte[(1 << 20) + 1]);
    refused("site.yaml has 1048577 bytes, expected at most 1048576");
  }

  private void refused(String message) {
    assertThatExceptionOfType(KitException.class)
        .isThrownBy(() -> OwnersFile.read(file))
        .withMessageContaining(message);
  }
}
