package org.wardfl.certs;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/// Believes peers in TLS handshakes as [TrustAnchors] does, and as other anchors do from the next
/// handshake on when they are exchanged.
///
/// A site that calls the server names it: whatever host name was dialled, only the certificate of
/// that name is believed. A resumed session asks no trust manager, so callers also ask
/// [TrustAnchors#isRevoked] for every call. Safe for threads.
public final class PeerTrustManager extends X509ExtendedTrustManager {

  private final AtomicReference<TrustAnchors> anchors;
  private final InstantSource clock;
  private final Set<LeafProfile> clients;
  private final Set<CertifiedName> servers;

  private PeerTrustManager(
      TrustAnchors anchors,
      InstantSource clock,
      Set<LeafProfile> clients,
      Set<CertifiedName> servers) {
    this.anchors = new AtomicReference<>(anchors);
    this.clock = clock;
    this.clients = Set.copyOf(clients);
    this.servers = Set.copyOf(servers);
  }

  /// For a server: believes sites and people.
  public static PeerTrustManager ofServer(TrustAnchors anchors, InstantSource clock) {
    return new PeerTrustManager(
        anchors, clock, Set.of(LeafProfile.SITE, LeafProfile.USER), Set.of());
  }

  /// For a site or a person: believes this one server.
  ///
  /// @param server the server's certified name, from the startup kit
  public static PeerTrustManager ofClient(
      TrustAnchors anchors, InstantSource clock, CertifiedName server) {
    return new PeerTrustManager(anchors, clock, Set.of(), Set.of(server));
  }

  /// From the next handshake on, believes as these anchors do.
  public void exchange(TrustAnchors next) {
    anchors.set(next);
  }

  /// The anchors of now, for [TrustAnchors#isRevoked].
  public TrustAnchors anchors() {
    return anchors.get();
  }

  private void checkClient(X509Certificate[] chain) throws CertificateException {
    if (clients.isEmpty()) {
      throw new CertificateException("this side is no server");
    }
    try {
      anchors.get().verify(List.of(chain), clock.instant(), clients);
    } catch (IdentityException e) {
      throw new CertificateException(e.getMessage(), e);
    }
  }

  private void checkServer(X509Certificate[] chain) throws CertificateException {
    try {
      var peer = anchors.get().verify(List.of(chain), clock.instant(), Set.of(LeafProfile.SERVER));
      if (!servers.contains(peer.name())) {
        throw new CertificateException("server " + peer.name() + ", expected " + servers);
      }
    } catch (IdentityException e) {
      throw new CertificateException(e.getMessage(), e);
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkClient(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    checkClient(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    checkClient(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkServer(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    checkServer(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    checkServer(chain);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return anchors.get().roots().toArray(X509Certificate[]::new);
  }
}
