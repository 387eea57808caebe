package org.wardfl.server.transport;

import org.wardfl.certs.CertifiedName;

/// Who takes part. A believed certificate is not enough: its name must be registered and not be
/// disabled.
@FunctionalInterface
public interface Roster {

  /// Whether this participant may call.
  boolean knows(CertifiedName name);
}
