package org.wardfl.certs;

import java.security.cert.X509Certificate;
import java.time.Instant;

/// A participant whose certificate was checked and believed.
///
/// @param name whom it speaks for
/// @param organization as certified, or empty
/// @param certificate its certificate
public record Peer(CertifiedName name, String organization, X509Certificate certificate) {

  /// When its certificate ends.
  public Instant notAfter() {
    return certificate.getNotAfter().toInstant();
  }
}
