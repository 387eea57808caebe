package org.wardfl.certs;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.asn1.x509.GeneralName;

/// What a certificate calls its holder.
final class CertificateNames {

  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|[0-9a-fA-F:]*:[0-9a-fA-F:.]*");

  private CertificateNames() {}

  /// The one name in the alternative names.
  ///
  /// @throws IdentityException if there is none, or more than one
  static CertifiedName of(X509Certificate certificate) throws IdentityException {
    var uris = alternatives(certificate, GeneralName.uniformResourceIdentifier);
    if (uris.size() != 1) {
      throw new IdentityException(
          "certificate of "
              + CertifiedName.visible(certificate.getSubjectX500Principal().getName())
              + " has "
              + uris.size()
              + " URI names, expected one ward://<project>/<role>/<name>");
    }
    return CertifiedName.parse(uris.getFirst());
  }

  static Optional<CertifiedName> find(X509Certificate certificate) {
    try {
      return Optional.of(of(certificate));
    } catch (IdentityException _) {
      return Optional.empty();
    }
  }

  /// DNS names and IP addresses.
  static List<String> hosts(X509Certificate certificate) throws IdentityException {
    var hosts = new ArrayList<>(alternatives(certificate, GeneralName.dNSName));
    hosts.addAll(alternatives(certificate, GeneralName.iPAddress));
    return hosts;
  }

  static GeneralName host(String host) {
    boolean address = ADDRESS.matcher(host).matches();
    return new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, host);
  }

  static String organization(X509Certificate certificate) {
    return part(subject(certificate), BCStyle.O);
  }

  static String commonName(X509Certificate certificate) {
    return part(subject(certificate), BCStyle.CN);
  }

  /// The value of an attribute, empty if it is not there exactly once.
  static String part(X500Name name, ASN1ObjectIdentifier type) {
    var parts = name.getRDNs(type);
    return parts.length == 1 && !parts[0].isMultiValued()
        ? IETFUtils.valueToString(parts[0].getFirst().getValue())
        : "";
  }

  /// An authority in words, as [CertificateAuthority] names it; any other subject as it is.
  static String authority(X500Principal subject) {
    var name = X500Name.getInstance(subject.getEncoded());
    var parts = List.of(part(name, BCStyle.CN), part(name, BCStyle.O), part(name, BCStyle.OU));
    return CertifiedName.visible(
        name.getRDNs().length == parts.size() && parts.stream().noneMatch(String::isEmpty)
            ? parts.get(0) + " of " + parts.get(1) + ", made " + parts.get(2)
            : subject.getName());
  }

  private static X500Name subject(X509Certificate certificate) {
    return X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
  }

  private static List<String> alternatives(X509Certificate certificate, int kind)
      throws IdentityException {
    try {
      return Optional.ofNullable(certificate.getSubjectAlternativeNames())
          .<Collection<List<?>>>map(names -> names)
          .orElse(List.of())
          .stream()
          .filter(name -> name.getFirst().equals(kind))
          .map(name -> String.valueOf(name.get(1)))
          .toList();
    } catch (CertificateParsingException e) {
      throw new IdentityException("a certificate's names cannot be read: " + e.getMessage(), e);
    }
  }
}
