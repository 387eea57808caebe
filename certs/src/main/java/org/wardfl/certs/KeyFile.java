package org.wardfl.certs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.List;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.EncryptionScheme;
import org.bouncycastle.asn1.pkcs.KeyDerivationFunc;
import org.bouncycastle.asn1.pkcs.PBES2Parameters;
import org.bouncycastle.asn1.pkcs.PBKDF2Params;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;

/// A private key in a PEM file, encrypted with PBES2 (RFC 8018): PBKDF2 with HMAC-SHA-256 and
/// AES-256-CBC, as openssl and Python read it.
public final class KeyFile {

  private static final String CIPHER = "AES/CBC/PKCS5Padding";
  private static final int KEY_BITS = 256;
  private static final int IV_BYTES = 16;
  private static final AlgorithmIdentifier HMAC_SHA256 =
      new AlgorithmIdentifier(PKCSObjectIdentifiers.id_hmacWithSHA256, DERNull.INSTANCE);

  /// Makes guesses at what people choose slow (OWASP's figure for HMAC-SHA-256 is of this size).
  private static final int ITERATIONS = 210_000;

  /// Nobody guesses 148 random bits, however quick a guess is.
  private static final int RANDOM_ITERATIONS = 10_000;

  private static final int MAX_ITERATIONS = 10_000_000;
  private static final int SALT_BYTES = 16;
  private static final SecureRandom RANDOM = new SecureRandom();

  private KeyFile() {}

  /// Writes a key (file 0600, replaced in one step).
  public static void write(Path file, PrivateKey key, Passphrase passphrase) throws IOException {
    PrivateFile.write(file, encrypt(key, passphrase).getBytes(StandardCharsets.US_ASCII));
  }

  /// Reads a key.
  ///
  /// @throws IdentityException if the passphrase is wrong, or others may read the file, or it holds
  ///   no encrypted key
  public static PrivateKey read(Path file, Passphrase passphrase)
      throws IOException, IdentityException {
    PrivateFile.requireOwnerOnly(file);
    var blocks = Pem.blocks(file.toString(), Files.readString(file, StandardCharsets.US_ASCII));
    var block =
        blocks.stream()
            .filter(found -> !found.getType().equals(Pem.CERTIFICATE))
            .findFirst()
            .orElseThrow(() -> new IdentityException(file + ": expected a private key"));
    return switch (block.getType()) {
      case Pem.ENCRYPTED_KEY -> decrypt(file.toString(), block.getContent(), passphrase);
      case Pem.KEY -> {
        try {
          yield decode(block.getContent());
        } catch (InvalidKeySpecException e) {
          throw new IdentityException(file + ": " + e.getMessage(), e);
        }
      }
      default ->
          throw new IdentityException(
              file + ": found " + block.getType() + ", expected " + Pem.ENCRYPTED_KEY);
    };
  }

  static String encrypt(PrivateKey key, Passphrase passphrase) {
    var salt = new byte[SALT_BYTES];
    var iv = new byte[IV_BYTES];
    RANDOM.nextBytes(salt);
    RANDOM.nextBytes(iv);
    var clear = key.getEncoded();
    int iterations = passphrase.isRandom() ? RANDOM_ITERATIONS : ITERATIONS;
    try {
      var cipher = Cipher.getInstance(CIPHER);
      cipher.init(
          Cipher.ENCRYPT_MODE, derive(passphrase, salt, iterations), new IvParameterSpec(iv));
      var scheme =
          new PBES2Parameters(
              new KeyDerivationFunc(
                  PKCSObjectIdentifiers.id_PBKDF2,
                  new PBKDF2Params(salt, iterations, KEY_BITS / 8, HMAC_SHA256)),
              new EncryptionScheme(NISTObjectIdentifiers.id_aes256_CBC, new DEROctetString(iv)));
      var info =
          new EncryptedPrivateKeyInfo(
              new AlgorithmIdentifier(PKCSObjectIdentifiers.id_PBES2, scheme),
              cipher.doFinal(clear));
      return Pem.write(Pem.ENCRYPTED_KEY, info.getEncoded());
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("every Java has AES", e);
    } finally {
      Arrays.fill(clear, (byte) 0);
    }
  }

  private static PrivateKey decrypt(String origin, byte[] der, Passphrase passphrase)
      throws IdentityException {
    try {
      var info = EncryptedPrivateKeyInfo.getInstance(der);
      var scheme = PBES2Parameters.getInstance(info.getEncryptionAlgorithm().getParameters());
      var derivation = PBKDF2Params.getInstance(scheme.getKeyDerivationFunc().getParameters());
      var encryption = scheme.getEncryptionScheme();
      int iterations = derivation.getIterationCount().intValueExact();
      if (!info.getEncryptionAlgorithm().getAlgorithm().equals(PKCSObjectIdentifiers.id_PBES2)
          || !derivation.getPrf().equals(HMAC_SHA256)
          || !encryption.getAlgorithm().equals(NISTObjectIdentifiers.id_aes256_CBC)
          || iterations > MAX_ITERATIONS) {
        throw new IdentityException(
            origin
                + ": expected PBES2 with HMAC-SHA-256 (at most "
                + MAX_ITERATIONS
                + " iterations) and AES-256-CBC");
      }
      var cipher = Cipher.getInstance(CIPHER);
      var iv = ASN1OctetString.getInstance(encryption.getParameters()).getOctets();
      cipher.init(
          Cipher.DECRYPT_MODE,
          derive(passphrase, derivation.getSalt(), iterations),
          new IvParameterSpec(iv));
      return decode(cipher.doFinal(info.getEncryptedData()));
    } catch (BadPaddingException | InvalidKeySpecException e) {
      // A wrong passphrase gives valid padding once in 256 times, and then no key.
      throw new IdentityException(origin + ": the passphrase does not open this key", e);
    } catch (GeneralSecurityException | IllegalArgumentException | ArithmeticException e) {
      throw new IdentityException(origin + ": not a key encrypted with PBES2", e);
    }
  }

  private static SecretKey derive(Passphrase passphrase, byte[] salt, int iterations)
      throws GeneralSecurityException {
    var password = passphrase.reveal();
    var spec = new PBEKeySpec(password, salt, iterations, KEY_BITS);
    try {
      var derived = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec);
      return new SecretKeySpec(derived.getEncoded(), "AES");
    } finally {
      spec.clearPassword();
      Arrays.fill(password, '\0');
    }
  }

  private static PrivateKey decode(byte[] pkcs8) throws InvalidKeySpecException {
    try {
      for (var algorithm : List.of("EC", "Ed25519", "RSA")) {
        try {
          return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (InvalidKeySpecException _) {
          // The next kind.
        }
      }
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has EC, Ed25519 and RSA", e);
    } finally {
      Arrays.fill(pkcs8, (byte) 0);
    }
    throw new InvalidKeySpecException("expected a key of kind EC, RSA or Ed25519");
  }
}
