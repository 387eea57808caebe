package org.wardfl.certs;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/// Presents an [Identity] in TLS handshakes, and another one from the next handshake on when it is
/// exchanged.
///
/// Safe for threads: a handshake that began with one identity ends with it.
public final class IdentityKeyManager extends X509ExtendedKeyManager {

  private record Held(Identity current, Identity previous) {}

  private final AtomicReference<Held> held;

  /// Presents this identity until [#exchange].
  public IdentityKeyManager(Identity identity) {
    held = new AtomicReference<>(new Held(identity, identity));
  }

  /// From the next handshake on, presents this identity.
  public void exchange(Identity next) {
    held.updateAndGet(old -> new Held(next, old.current()));
  }

  /// The identity that the next handshake presents.
  public Identity identity() {
    return held.get().current();
  }

  private @Nullable String alias(String... keyTypes) {
    var identity = held.get().current();
    var algorithm = identity.certificate().getPublicKey().getAlgorithm();
    boolean asked =
        Arrays.stream(keyTypes)
            .anyMatch(type ->
                type.equals(algorithm)
                    || (type.equals("EdDSA") && algorithm.equals("Ed25519"))
                    || type.startsWith(algorithm + "_")
                    || (type.equals("RSASSA-PSS") && algorithm.equals("RSA")));
    return asked ? serial(identity) : null;
  }

  private Optional<Identity> find(String alias) {
    var both = held.get();
    return alias.equals(serial(both.current()))
        ? Optional.of(both.current())
        : Optional.of(both.previous()).filter(previous -> alias.equals(serial(previous)));
  }

  private static String serial(Identity identity) {
    return identity.certificate().getSerialNumber().toString(16);
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    var alias = alias(keyType);
    return alias == null ? null : new String[] {alias};
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return alias(keyTypes);
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return alias(keyTypes);
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return getClientAliases(keyType, issuers);
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return alias(keyType);
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return alias(keyType);
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    return find(alias)
        .map(identity -> identity.chain().toArray(X509Certificate[]::new))
        .orElse(null);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    return find(alias).map(Identity::key).orElse(null);
  }
}
