package org.wardfl.certs;

import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.Locale;

/// The keys that are accepted, all of at least 128 bits of strength (NIST SP 800-57 part 1).
public enum KeyType {
  /// The NIST curve P-256 with SHA-256, the default.
  EC_P256("EC", "SHA256withECDSA"),
  /// RSA with a modulus of 3072 bits and SHA-256.
  RSA_3072("RSA", "SHA256withRSA"),
  /// Edwards curve 25519 (RFC 8032, RFC 8410).
  ED25519("Ed25519", "Ed25519");

  private static final int P256_BITS = 256;
  private static final int MIN_RSA_BITS = 3072;
  private static final int MAX_RSA_BITS = 8192;

  private final String algorithm;
  private final String signatureAlgorithm;

  KeyType(String algorithm, String signatureAlgorithm) {
    this.algorithm = algorithm;
    this.signatureAlgorithm = signatureAlgorithm;
  }

  /// A new key pair from the system's secure random generator.
  public KeyPair generate() {
    try {
      var generator = KeyPairGenerator.getInstance(algorithm);
      generator.initialize(parameters());
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no " + algorithm + " keys", e);
    }
  }

  /// The type of a key that was accepted, for its successor.
  public static KeyType of(PublicKey key) {
    return switch (key) {
      case ECPublicKey _ -> EC_P256;
      case RSAPublicKey _ -> RSA_3072;
      default -> ED25519;
    };
  }

  private AlgorithmParameterSpec parameters() {
    return switch (this) {
      case EC_P256 -> new ECGenParameterSpec("secp256r1");
      case RSA_3072 -> new RSAKeyGenParameterSpec(MIN_RSA_BITS, RSAKeyGenParameterSpec.F4);
      case ED25519 -> NamedParameterSpec.ED25519;
    };
  }

  /// The type's name on the command line: `ec-p256`.
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// The JCA name of the signature that keys like this one make.
  static String signatureAlgorithm(Key key) {
    return switch (key.getAlgorithm()) {
      case "EC" -> EC_P256.signatureAlgorithm;
      case "RSA" -> RSA_3072.signatureAlgorithm;
      case "EdDSA", "Ed25519" -> ED25519.signatureAlgorithm;
      default ->
          throw new IllegalArgumentException("keys of " + key.getAlgorithm() + " do not sign here");
    };
  }

  /// Refuses keys that are weaker than, or other than, the three types.
  static void check(PublicKey key) throws IdentityException {
    boolean accepted =
        switch (key) {
          case ECPublicKey ec -> ec.getParams().toString().contains("secp256r1");
          case RSAPublicKey rsa ->
              rsa.getModulus().bitLength() >= MIN_RSA_BITS
                  && rsa.getModulus().bitLength() <= MAX_RSA_BITS
                  && rsa.getPublicExponent().bitLength() >= 17;
          default -> key.getAlgorithm().equals("EdDSA") && describe(key).equals("Ed25519");
        };
    if (!accepted) {
      throw new IdentityException(
          "key "
              + describe(key)
              + ", expected EC P-256, RSA of "
              + MIN_RSA_BITS
              + " to "
              + MAX_RSA_BITS
              + " bits, or Ed25519");
    }
  }

  /// A key in words: `EC P-256`, `RSA 3072`, `Ed25519`.
  static String describe(PublicKey key) {
    return switch (key) {
      case ECPublicKey ec -> {
        int bits = ec.getParams().getOrder().bitLength();
        yield bits == P256_BITS && ec.getParams().toString().contains("secp256r1")
            ? "EC P-256"
            : "EC " + ec.getParams();
      }
      case RSAPublicKey rsa -> "RSA " + rsa.getModulus().bitLength();
      case java.security.interfaces.EdECPublicKey edwards -> edwards.getParams().getName();
      default -> key.getAlgorithm();
    };
  }
}
