package org.wardfl.certs;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;

/// The textual encoding of RFC 7468.
final class Pem {

  static final String CERTIFICATE = "CERTIFICATE";
  static final String CRL = "X509 CRL";
  static final String REQUEST = "CERTIFICATE REQUEST";
  static final String ENCRYPTED_KEY = "ENCRYPTED PRIVATE KEY";
  static final String KEY = "PRIVATE KEY";

  private static final int MAX_BYTES = 4 << 20;
  private static final Base64.Encoder LINES =
      Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

  private Pem() {}

  /// One block.
  static String write(String label, byte[] der) {
    return "-----BEGIN "
        + label
        + "-----\n"
        + LINES.encodeToString(der)
        + "\n-----END "
        + label
        + "-----\n";
  }

  /// Certificates, one after the other.
  static String certificates(Collection<X509Certificate> certificates) {
    var text = new StringBuilder();
    for (var certificate : certificates) {
      try {
        text.append(write(CERTIFICATE, certificate.getEncoded()));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("a parsed certificate has its bytes", e);
      }
    }
    return text.toString();
  }

  /// All blocks of a text, in order.
  static List<PemObject> blocks(String origin, String text) throws IdentityException {
    if (text.length() > MAX_BYTES) {
      throw new IdentityException(origin + ": larger than " + MAX_BYTES + " bytes");
    }
    var blocks = new ArrayList<PemObject>();
    try (var reader = new PemReader(new StringReader(text))) {
      for (var block = reader.readPemObject(); block != null; block = reader.readPemObject()) {
        blocks.add(block);
      }
    } catch (IOException | RuntimeException e) {
      throw new IdentityException(origin + ": not PEM: " + e.getMessage(), e);
    }
    if (blocks.isEmpty()) {
      throw new IdentityException(origin + ": expected PEM (-----BEGIN …-----), found none");
    }
    return blocks;
  }

  static X509Certificate certificate(String origin, byte[] der) throws IdentityException {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (GeneralSecurityException e) {
      throw new IdentityException(origin + ": not a certificate: " + e.getMessage(), e);
    }
  }

  static X509CRL crl(String origin, byte[] der) throws IdentityException {
    try {
      return (X509CRL)
          CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der));
    } catch (GeneralSecurityException e) {
      throw new IdentityException(origin + ": not a revocation list: " + e.getMessage(), e);
    }
  }
}
