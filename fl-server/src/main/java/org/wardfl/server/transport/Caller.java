package org.wardfl.server.transport;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.wardfl.certs.CertifiedName;
import org.wardfl.certs.IdentityException;
import org.wardfl.certs.LeafProfile;
import org.wardfl.certs.Peer;
import org.wardfl.certs.TrustAnchors;
import org.wardfl.proto.channel.Reason;
import org.wardfl.proto.channel.Refusal;

/// Who is at the other end of a connection, and whether it is still believed. Thread-safe.
final class Caller {

  static final Set<LeafProfile> PROFILES = Set.of(LeafProfile.SITE, LeafProfile.USER);

  private final Peer peer;
  private volatile List<X509Certificate> issuers;
  private long windowBegan = System.nanoTime();
  private int resets;

  /// Whose certificate these anchors believe.
  Caller(Peer peer, TrustAnchors trust) {
    this.peer = peer;
    this.issuers = issuers(trust);
  }

  Peer peer() {
    return peer;
  }

  CertifiedName name() {
    return peer.name();
  }

  /// Why a call cannot go on now. Cheap enough for every call: a chain is validated anew only when
  /// the authorities have changed.
  Optional<Refusal> obstacle(TrustAnchors trust, Instant now, Roster roster) {
    if (trust.isRevoked(peer.certificate())) {
      return refusal("the certificate of " + name() + " has been revoked");
    }
    if (now.isAfter(peer.notAfter())) {
      return refusal("the certificate of " + name() + " ended at " + peer.notAfter());
    }
    if (!roster.knows(name())) {
      return refusal(name() + " is not registered at this server");
    }
    var objection = roster.objection(peer);
    if (objection.isPresent()) {
      return refusal(objection.get());
    }
    var authorities = issuers(trust);
    if (!authorities.equals(issuers)) {
      try {
        trust.verify(List.of(peer.certificate()), now, PROFILES);
        issuers = authorities;
      } catch (IdentityException e) {
        return refusal(String.valueOf(e.getMessage()));
      }
    }
    return Optional.empty();
  }

  /// A call was reset by the other side.
  ///
  /// @return whether that makes too many; true once for each window
  synchronized boolean reset(TransportLimits limits) {
    long now = System.nanoTime();
    if (now - windowBegan > limits.resetWindow().toNanos()) {
      windowBegan = now;
      resets = 0;
    }
    resets++;
    return resets == limits.resetsPerWindow();
  }

  private List<X509Certificate> issuers(TrustAnchors trust) {
    var issuer = peer.certificate().getIssuerX500Principal();
    return trust.intermediates().stream()
        .filter(authority -> authority.getSubjectX500Principal().equals(issuer))
        .toList();
  }

  private static Optional<Refusal> refusal(String message) {
    return Optional.of(new Refusal(Reason.IDENTITY, message));
  }

  @Override
  public String toString() {
    return name().uri();
  }
}
