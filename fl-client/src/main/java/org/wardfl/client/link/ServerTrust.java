package org.wardfl.client.link;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.wardfl.certs.PeerTrustManager;

/// Believes exactly whom the kit believes, and tells certificates apart that are not even a
/// project's: those of a proxy that opens TLS on the way.
final class ServerTrust extends X509ExtendedTrustManager {

  private static final int URI = 6;

  private final PeerTrustManager kit;

  ServerTrust(PeerTrustManager kit) {
    this.kit = kit;
  }

  private interface Check {
    void run() throws CertificateException;
  }

  private static void check(X509Certificate[] chain, Check check) throws CertificateException {
    try {
      check.run();
    } catch (CertificateException e) {
      throw chain.length > 0 && !isOfAProject(chain[0])
          ? new ForeignCertificateException(chain[0], e)
          : e;
    }
  }

  private static boolean isOfAProject(X509Certificate certificate) throws CertificateException {
    var names = certificate.getSubjectAlternativeNames();
    return names != null
        && names.stream()
            .anyMatch(name ->
                name.get(0).equals(URI) && String.valueOf(name.get(1)).startsWith("ward://"));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    check(chain, () -> kit.checkServerTrusted(chain, authType, engine));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    check(chain, () -> kit.checkServerTrusted(chain, authType, socket));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    check(chain, () -> kit.checkServerTrusted(chain, authType));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    kit.checkClientTrusted(chain, authType, engine);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    kit.checkClientTrusted(chain, authType, socket);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    kit.checkClientTrusted(chain, authType);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return kit.getAcceptedIssuers();
  }
}
