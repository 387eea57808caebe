package org.wardfl.server.transport;

import java.util.Optional;
import org.wardfl.certs.CertifiedName;
import org.wardfl.certs.Peer;

/// Who takes part. A believed certificate is not enough: its name must be registered and not be
/// disabled.
@FunctionalInterface
public interface Roster {

  /// Whether this participant may call.
  boolean knows(CertifiedName name);

  /// Why this certificate of a known participant does not count, if it does not: all that was
  /// issued to the name before some time may be revoked.
  default Optional<String> objection(Peer peer) {
    return Optional.empty();
  }
}
