package org.wardfl.client.link;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;

/// A certificate that is no project's at all, where the project's server was expected.
final class ForeignCertificateException extends CertificateException {

  private static final long serialVersionUID = 1L;

  private final String issuer;

  ForeignCertificateException(X509Certificate certificate, CertificateException cause) {
    super(cause.getMessage(), cause);
    issuer = certificate.getIssuerX500Principal().getName();
  }

  /// Whose it is.
  String issuer() {
    return issuer;
  }
}
