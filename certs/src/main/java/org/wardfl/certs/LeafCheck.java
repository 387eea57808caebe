package org.wardfl.certs;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/// What a participant's certificate must fulfil beyond RFC 5280.
///
/// A chain that validates says only that some authority of the project signed; without these checks
/// a certificate without usages, with a weak key or with another role would pass.
final class LeafCheck {

  private LeafCheck() {}

  static Peer check(X509Certificate leaf, X509Certificate intermediate, String project)
      throws IdentityException {
    var name = CertificateNames.of(leaf);
    if (leaf.getBasicConstraints() >= 0 || name.isAuthority()) {
      throw new IdentityException(name + " is an authority, expected a participant");
    }
    if (!name.project().equals(project)) {
      throw new IdentityException(
          "certificate of project '" + name.project() + "', expected project '" + project + "'");
    }
    var commonName = CertificateNames.commonName(leaf);
    if (!commonName.equals(name.name())) {
      throw new IdentityException(
          "certificate of "
              + name
              + " with another common name, '"
              + CertifiedName.visible(commonName)
              + "'");
    }
    var issuer = CertificateNames.of(intermediate).name();
    if (!issuer.equals(name.profile().issuer())) {
      throw new IdentityException(
          "certificate of "
              + name
              + " was issued by authority '"
              + issuer
              + "', expected '"
              + name.profile().issuer()
              + "'");
    }
    checkUsages(leaf, name);
    KeyType.check(leaf.getPublicKey());
    return new Peer(name, CertificateNames.organization(leaf), leaf);
  }

  private static void checkUsages(X509Certificate leaf, CertifiedName name)
      throws IdentityException {
    boolean[] usages = leaf.getKeyUsage();
    if (usages == null) {
      throw new IdentityException("certificate of " + name + " has no key usage");
    }
    for (int i = 0; i < usages.length; i++) {
      if (usages[i] != (i == 0)) {
        throw new IdentityException(
            "certificate of " + name + ": key usage, expected digital signature only");
      }
    }
    try {
      var extended = Optional.ofNullable(leaf.getExtendedKeyUsage()).orElse(List.of());
      var expected = List.of(name.profile().extendedKeyUsage());
      if (!extended.equals(expected)) {
        throw new IdentityException(
            "certificate of "
                + name
                + " has extended key usages "
                + extended
                + ", expected "
                + expected);
      }
    } catch (CertificateParsingException e) {
      throw new IdentityException("certificate of " + name + ": unreadable usages", e);
    }
  }
}
