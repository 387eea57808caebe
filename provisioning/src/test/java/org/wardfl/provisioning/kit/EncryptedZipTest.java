package org.wardfl.provisioning.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.lingala.zip4j.io.outputstream.ZipOutputStream;
import net.lingala.zip4j.model.ZipParameters;
import net.lingala.zip4j.model.enums.EncryptionMethod;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.certs.Passphrase;
import org.wardfl.provisioning.KitException;

class EncryptedZipTest {

  private static final Passphrase PASSWORD = new Passphrase("opens-it");

  @TempDir private Path folder;

  @Test
  void entriesThatLeaveTheirFolderAreRefusedAndNothingIsLeft() throws Exception {
    for (var names :
        List.of(
            List.of("kit/../../x"),
            List.of("../x"),
            List.of("/x/y"),
            List.of("kit/a", "other/b"),
            List.of("kit/a/b"),
            List.of("kit/a", "kit/A"),
            List.of("kit/.hidden"),
            List.of("x"))) {
      var zip = zip(true, names);
      var into = Files.createTempDirectory(folder, "into");
      assertThatExceptionOfType(KitException.class)
          .as(names.toString())
          .isThrownBy(() -> EncryptedZip.unpack(zip, into, PASSWORD));
      assertThat(into).isEmptyDirectory();
    }
  }

  @Test
  void anUnencryptedZipOrNoZipIsRefused() throws Exception {
    var plain = zip(false, List.of("kit/a"));
    assertThatExceptionOfType(KitException.class)
        .isThrownBy(() -> EncryptedZip.unpack(plain, folder, PASSWORD))
        .withMessageContaining("expected encrypted files");
    var text = Files.writeString(folder.resolve("text.zip"), "hello");
    assertThatExceptionOfType(KitException.class)
        .isThrownBy(() -> EncryptedZip.unpack(text, folder, PASSWORD))
        .withMessageContaining("not a zip that can be read");
  }

  @Test
  void aFlippedByteIsFoundByTheAuthenticationCode() throws Exception {
    var zip = zip(true, List.of("kit/a"));
    var bytes = Files.readAllBytes(zip);
    // Behind the local header, the salt and the password check: the first byte of the content.
    int content = 30 + "kit/a".length() + 11 + 16 + 2;
    bytes[content] ^= 1;
    Files.write(zip, bytes);
    assertThatExceptionOfType(Exception.class)
        .isThrownBy(() -> EncryptedZip.unpack(zip, folder, PASSWORD));
    assertThat(folder.resolve("kit")).doesNotExist();
  }

  @Test
  void aKitThatIsThereIsNotOverwritten() throws Exception {
    var zip = zip(true, List.of("kit/a"));
    assertThat(EncryptedZip.unpack(zip, folder, PASSWORD).resolve("a")).hasContent("content");
    assertThatExceptionOfType(FileAlreadyExistsException.class)
        .isThrownBy(() -> EncryptedZip.unpack(zip, folder, PASSWORD))
        .withMessageContaining("move it away first");
  }

  private Path zip(boolean encrypted, List<String> names) throws Exception {
    var file = Files.createTempFile(folder, "kit", ".zip");
    try (var output = new ZipOutputStream(Files.newOutputStream(file), PASSWORD.reveal())) {
      for (var name : names) {
        var parameters = new ZipParameters();
        parameters.setFileNameInZip(name);
        parameters.setEncryptFiles(encrypted);
        parameters.setEncryptionMethod(encrypted ? EncryptionMethod.AES : EncryptionMethod.NONE);
        output.putNextEntry(parameters);
        output.write("content".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        output.closeEntry();
      }
    }
    return file;
  }
}
