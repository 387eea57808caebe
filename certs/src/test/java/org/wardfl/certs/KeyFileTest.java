package org.wardfl.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.PBES2Parameters;
import org.bouncycastle.asn1.pkcs.PBKDF2Params;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KeyFileTest {

  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource(KeyType.class)
  void aKeyReadsBackWithItsPassphraseOnly(KeyType type) throws Exception {
    var key = CertifiedProject.pair(type).getPrivate();
    var file = folder.resolve("key.pem");
    KeyFile.write(file, key, new Passphrase("correct"));
    assertThat(KeyFile.read(file, new Passphrase("correct"))).isEqualTo(key);
    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(Files.readString(file)).startsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----");
    assertThatExceptionOfType(IdentityException.class)
        .isThrownBy(() -> KeyFile.read(file, new Passphrase("wrong")))
        .withMessageEndingWith("key.pem: the passphrase does not open this key");
  }

  @Test
  void guessesAtAChosenPassphraseAreMadeSlow() throws Exception {
    var key = CertifiedProject.pair(KeyType.EC_P256).getPrivate();
    assertThat(iterations(KeyFile.encrypt(key, new Passphrase("chosen")))).isEqualTo(210_000);
    var random = Passphrase.random();
    assertThat(iterations(KeyFile.encrypt(key, random))).isEqualTo(10_000);
    assertThat(iterations(KeyFile.encrypt(key, new Passphrase(new String(random.reveal())))))
        .as("whoever types it may have chosen it")
        .isEqualTo(210_000);
  }

  private static int iterations(String pem) throws IdentityException {
    var info = EncryptedPrivateKeyInfo.getInstance(Pem.blocks("key", pem).getFirst().getContent());
    var scheme = PBES2Parameters.getInstance(info.getEncryptionAlgorithm().getParameters());
    return PBKDF2Params.getInstance(scheme.getKeyDerivationFunc().getParameters())
        .getIterationCount()
        .intValueExact();
  }

  @Test
  void aKeyThatOthersMayReadIsRefusedWithTheRemedy() throws Exception {
    var file = folder.resolve("key.pem");
    KeyFile.write(file, KeyType.EC_P256.generate().getPrivate(), new Passphrase("p"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertThatExceptionOfType(IdentityException.class)
        .isThrownBy(() -> KeyFile.read(file, new Passphrase("p")))
        .withMessageContaining("permissions rw-r-----")
        .withMessageContaining("chmod 600 " + file);
  }

  @Test
  void aLinkToAKeyIsRefused() throws Exception {
    var file = folder.resolve("key.pem");
    KeyFile.write(file, KeyType.EC_P256.generate().getPrivate(), new Passphrase("p"));
    var link = Files.createSymbolicLink(folder.resolve("link.pem"), file);
    assertThatExceptionOfType(IdentityException.class)
        .isThrownBy(() -> KeyFile.read(link, new Passphrase("p")))
        .withMessageContaining("is a symbolic link");
  }

  @Test
  void passphrasesAreRandomAndPrintNothing() {
    var one = Passphrase.random();
    assertThat(one).hasToString("[REDACTED]").isNotEqualTo(Passphrase.random());
    assertThat(new String(one.reveal())).matches("([2-9a-hjkmnp-z]{5}-){5}[2-9a-hjkmnp-z]{5}");
  }
}
