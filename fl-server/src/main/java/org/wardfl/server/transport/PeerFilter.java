package org.wardfl.server.transport;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.ServerTransportFilter;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.function.Supplier;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.wardfl.certs.IdentityException;
import org.wardfl.certs.TrustAnchors;

/// Looks at a new connection's certificates once more, whatever the handshake made of them: a
/// resumed session asks no trust manager.
final class PeerFilter extends ServerTransportFilter {

  /// Who is at the other end; absent where that is not certain.
  static final Attributes.Key<Caller> CALLER = Attributes.Key.create("ward-caller");

  /// Why that is not certain.
  static final Attributes.Key<String> DOUBT = Attributes.Key.create("ward-doubt");

  private final Supplier<TrustAnchors> trust;
  private final InstantSource clock;

  PeerFilter(Supplier<TrustAnchors> trust, InstantSource clock) {
    this.trust = trust;
    this.clock = clock;
  }

  @Override
  public Attributes transportReady(Attributes attributes) {
    var result = attributes.toBuilder();
    try {
      result.set(CALLER, verify(attributes.get(Grpc.TRANSPORT_ATTR_SSL_SESSION)));
    } catch (IdentityException e) {
      result.set(DOUBT, String.valueOf(e.getMessage()));
    }
    return result.build();
  }

  private Caller verify(@Nullable SSLSession session) throws IdentityException {
    if (session == null) {
      throw new IdentityException("the connection has no TLS");
    }
    try {
      var chain = new ArrayList<X509Certificate>();
      for (var certificate : session.getPeerCertificates()) {
        if (certificate instanceof X509Certificate x509) {
          chain.add(x509);
        }
      }
      var anchors = trust.get();
      return new Caller(anchors.verify(chain, clock.instant(), Caller.PROFILES), anchors);
    } catch (SSLPeerUnverifiedException e) {
      throw new IdentityException("no certificate was presented", e);
    }
  }
}
