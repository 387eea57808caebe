package org.wardfl.certs;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.Extension;

/// One authority's numbered list of revoked certificates (CRL version 2, RFC 5280 section 5).
public final class RevocationList {

  private static final Set<String> KNOWN_CRITICAL = Set.of();

  private final X509CRL crl;
  private final BigInteger number;
  private final Set<BigInteger> serials;

  /// Reads a parsed list.
  ///
  /// @throws IdentityException if it has no number or no end, or says critically what is not known
  RevocationList(X509CRL crl) throws IdentityException {
    this.crl = crl;
    var critical = Optional.ofNullable(crl.getCriticalExtensionOIDs()).orElse(KNOWN_CRITICAL);
    if (!critical.isEmpty()) {
      throw new IdentityException(describe(crl) + ": unknown critical extensions " + critical);
    }
    var extension = crl.getExtensionValue(Extension.cRLNumber.getId());
    if (extension == null || crl.getNextUpdate() == null) {
      throw new IdentityException(describe(crl) + ": expected a list with number and next update");
    }
    number = ASN1Integer.getInstance(ASN1OctetString.getInstance(extension).getOctets()).getValue();
    serials =
        crl.getRevokedCertificates() == null
            ? Set.of()
            : crl.getRevokedCertificates().stream()
                .map(X509CRLEntry::getSerialNumber)
                .collect(Collectors.toCollection(HashSet::new));
  }

  /// Reads one list from PEM.
  ///
  /// @param origin what messages call it
  public static RevocationList parse(String origin, String pem) throws IdentityException {
    var block = Pem.blocks(origin, pem).getFirst();
    if (!block.getType().equals(Pem.CRL)) {
      throw new IdentityException(origin + ": found " + block.getType() + ", expected " + Pem.CRL);
    }
    return new RevocationList(Pem.crl(origin, block.getContent()));
  }

  /// The list as PEM.
  public String pem() {
    try {
      return Pem.write(Pem.CRL, crl.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a parsed list has its bytes", e);
    }
  }

  /// Which of its authority's lists this is; a later one has a higher number.
  public BigInteger number() {
    return number;
  }

  /// When it was made.
  public Instant thisUpdate() {
    return crl.getThisUpdate().toInstant();
  }

  /// When the next one was due at the latest; from then on it says nothing about the present.
  public Instant nextUpdate() {
    return crl.getNextUpdate().toInstant();
  }

  /// The revoked serial numbers.
  public Collection<BigInteger> serials() {
    return Set.copyOf(serials);
  }

  boolean lists(BigInteger serial) {
    return serials.contains(serial);
  }

  /// The authority whose list this is, for people.
  public String issuerName() {
    return CertificateNames.authority(crl.getIssuerX500Principal());
  }

  X500Principal issuer() {
    return crl.getIssuerX500Principal();
  }

  boolean isSignedBy(PublicKey key) {
    try {
      crl.verify(key);
      return true;
    } catch (GeneralSecurityException _) {
      return false;
    }
  }

  private static String describe(X509CRL crl) {
    return "revocation list of " + CertificateNames.authority(crl.getIssuerX500Principal());
  }
}
