package org.wardfl.provisioning.rights;

import org.wardfl.certs.Peer;

/// Who asks for something, or whose job it is about, as the certificate says.
///
/// @param name the certified name
/// @param organization the certified organization
/// @param role the certified role; of no meaning for a submitter
public record Actor(String name, String organization, String role) {

  /// Whoever holds a certificate that was checked: the caller of a method, or the signer of a job.
  public static Actor of(Peer peer) {
    return new Actor(peer.name().name(), peer.organization(), peer.name().role());
  }
}
