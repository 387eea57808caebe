package org.wardfl.certs;

/// The four kinds of end-entity certificate, each with exactly the extended key usage it needs.
///
/// The profile follows from the role in the certificate's name, so that a certificate cannot be
/// used in another part than the one it was issued for.
public enum LeafProfile {
  /// The coordinator: a TLS server.
  SERVER("transport", "1.3.6.1.5.5.7.3.1"),
  /// A hospital's client: a TLS client.
  SITE("transport", "1.3.6.1.5.5.7.3.2"),
  /// A person: a TLS client whose signature stands under jobs.
  USER("users", "1.3.6.1.5.5.7.3.2"),
  /// The project's own signature under startup kits and trust updates (code signing).
  SIGNER("users", "1.3.6.1.5.5.7.3.3");

  private final String issuer;
  private final String extendedKeyUsage;

  LeafProfile(String issuer, String extendedKeyUsage) {
    this.issuer = issuer;
    this.extendedKeyUsage = extendedKeyUsage;
  }

  /// The intermediate authority that alone may issue this profile: `users` or `transport`.
  public String issuer() {
    return issuer;
  }

  /// The object identifier (RFC 5280 section 4.2.1.12) that a certificate has, and no other.
  public String extendedKeyUsage() {
    return extendedKeyUsage;
  }

  /// The profile that a role belongs to: `server`, `site`, `signer`, or else a person's role.
  ///
  /// @throws IllegalArgumentException for `ca`, which is no leaf
  public static LeafProfile ofRole(String role) {
    return switch (role) {
      case "server" -> SERVER;
      case "site" -> SITE;
      case "signer" -> SIGNER;
      case CertifiedName.AUTHORITY ->
          throw new IllegalArgumentException("an authority's certificate is no leaf");
      default -> USER;
    };
  }
}
