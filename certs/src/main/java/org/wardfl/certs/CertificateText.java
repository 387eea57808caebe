package org.wardfl.certs;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/// A certificate for people: who, which role, until when.
///
/// @param kind `root authority`, `users authority`, `server`, `site`, `user`, `signer`, or
///   `foreign`
/// @param name the certified name, or the subject of a foreign certificate
/// @param organization the organization, or empty
/// @param hosts DNS names and IP addresses
/// @param issuer the authority that signed it
/// @param serial the serial number, hexadecimal
/// @param key the key in words
/// @param notBefore valid from
/// @param notAfter valid until
/// @param fingerprint SHA-256 over the certificate
public record CertificateText(
    String kind,
    String name,
    String organization,
    List<String> hosts,
    String issuer,
    String serial,
    String key,
    Instant notBefore,
    Instant notAfter,
    Fingerprint fingerprint) {

  /// Describes a certificate, believed or not.
  public static CertificateText of(X509Certificate certificate) {
    var name = CertificateNames.find(certificate);
    List<String> hosts;
    try {
      hosts = CertificateNames.hosts(certificate);
    } catch (IdentityException _) {
      hosts = List.of();
    }
    return new CertificateText(
        name.map(CertificateText::kind).orElse("foreign"),
        name.map(CertifiedName::uri)
            .orElse(CertifiedName.visible(certificate.getSubjectX500Principal().getName())),
        CertifiedName.visible(CertificateNames.organization(certificate)),
        hosts,
        CertificateNames.authority(certificate.getIssuerX500Principal()),
        certificate.getSerialNumber().toString(16),
        KeyType.describe(certificate.getPublicKey()),
        certificate.getNotBefore().toInstant(),
        certificate.getNotAfter().toInstant(),
        fingerprint(certificate));
  }

  private static String kind(CertifiedName name) {
    return name.isAuthority()
        ? name.name() + " authority"
        : name.profile().name().toLowerCase(Locale.ROOT);
  }

  static Fingerprint fingerprint(X509Certificate certificate) {
    try {
      return Fingerprint.of(certificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a parsed certificate has its bytes", e);
    }
  }
}
