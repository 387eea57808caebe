package org.wardfl.certs;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;

/// Plain signatures over bytes.
final class Signing {

  private static final byte[] PROBE = {'p', 'a', 'i', 'r'};

  private Signing() {}

  static byte[] sign(PrivateKey key, byte[] message) {
    try {
      var signature = Signature.getInstance(KeyType.signatureAlgorithm(key));
      signature.initSign(key);
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java cannot sign with " + key.getAlgorithm(), e);
    }
  }

  static boolean isValid(PublicKey key, byte[] message, byte[] signed) {
    try {
      var signature = Signature.getInstance(KeyType.signatureAlgorithm(key));
      signature.initVerify(key);
      signature.update(message);
      return signature.verify(signed);
    } catch (GeneralSecurityException _) {
      return false;
    }
  }

  /// Refuses a private key that does not belong to the public one.
  static void requirePair(PublicKey publicKey, PrivateKey key) throws IdentityException {
    boolean sameKind =
        KeyType.signatureAlgorithm(publicKey).equals(KeyType.signatureAlgorithm(key));
    if (!sameKind || !isValid(publicKey, PROBE, sign(key, PROBE))) {
      throw new IdentityException("the private key does not belong to the certificate");
    }
  }
}
