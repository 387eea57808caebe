package org.wardfl.certs;

import java.math.BigInteger;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// A whole project in memory: root, both intermediates, empty revocation lists.
public final class CertifiedProject {

  /// The time at which everything is issued.
  public static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

  static final Duration YEAR = Duration.ofDays(365);
  static final Duration LEAF = Duration.ofDays(90);

  private static final Map<KeyType, KeyPair> PAIRS = new ConcurrentHashMap<>();
  private static final Map<KeyType, CertifiedProject> PROJECTS = new ConcurrentHashMap<>();

  final String name;
  final Instant now;
  final CertificateAuthority root;
  final Map<String, CertificateAuthority> intermediates;

  /// A new project with this name.
  public CertifiedProject(String name) {
    this(name, KeyType.EC_P256);
  }

  CertifiedProject(String name, KeyType type) {
    this(name, type, NOW);
  }

  CertifiedProject(String name, KeyType type, Instant now) {
    this.name = name;
    this.now = now;
    root = CertificateAuthority.createRoot(name, type, now, YEAR.multipliedBy(10));
    intermediates =
        Map.of(
            "users", root.createIntermediate("users", type, now, YEAR.multipliedBy(2)),
            "transport", root.createIntermediate("transport", type, now, YEAR.multipliedBy(2)));
  }

  /// The project `chest_ct` with keys of this type, the same for every test: RSA keys take long.
  static CertifiedProject of(KeyType type) {
    return PROJECTS.computeIfAbsent(type, one -> new CertifiedProject("chest_ct", one));
  }

  /// A key pair for tests in which it does not matter who else has it.
  static KeyPair pair(KeyType type) {
    return PAIRS.computeIfAbsent(type, KeyType::generate);
  }

  /// An identity for a role and name.
  public Identity identity(String role, String participant) {
    return identity(role, participant, KeyType.EC_P256.generate(), now, LEAF);
  }

  Identity identity(String role, String participant, KeyType type) {
    return identity(role, participant, pair(type), now, LEAF);
  }

  Identity identity(
      String role, String participant, KeyPair pair, Instant from, Duration lifetime) {
    var certified = new CertifiedName(name, role, participant);
    var issuer = issuer(certified.profile());
    try {
      var certificate =
          issuer.issue(
              new Leaf(
                  certified,
                  "uni",
                  role.equals("server") ? List.of("localhost", "127.0.0.1") : List.of(),
                  pair.getPublic()),
              from,
              lifetime);
      return new Identity(pair.getPrivate(), List.of(certificate, issuer.certificate()));
    } catch (IdentityException e) {
      throw new AssertionError(e);
    }
  }

  CertificateAuthority issuer(LeafProfile profile) {
    return authority(profile.issuer());
  }

  CertificateAuthority authority(String authority) {
    return authority.equals("root") ? root : Objects.requireNonNull(intermediates.get(authority));
  }

  /// Trust in the project, with these certificates revoked.
  public TrustAnchors anchors(Identity... revoked) {
    var lists =
        Stream.of("root", "users", "transport")
            .map(authority -> list(authority, 1 + revoked.length, revoked))
            .toList();
    try {
      return TrustAnchors.of(
          List.of(
              root.certificate(),
              authority("users").certificate(),
              authority("transport").certificate()),
          lists);
    } catch (IdentityException e) {
      throw new AssertionError(e);
    }
  }

  RevocationList list(String authority, int number, Identity... revoked) {
    return authority(authority)
        .revoke(
            BigInteger.valueOf(number),
            Stream.of(revoked)
                .filter(identity -> identity.name().profile().issuer().equals(authority))
                .map(identity -> new Revocation(identity.certificate().getSerialNumber(), now))
                .toList(),
            now,
            Duration.ofDays(30));
  }
}
