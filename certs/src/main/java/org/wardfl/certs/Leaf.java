package org.wardfl.certs;

import java.security.PublicKey;
import java.util.List;

/// What an end-entity certificate is to say.
///
/// @param name whom it speaks for; its role decides the profile
/// @param organization the organization, or empty
/// @param hosts DNS names and IP addresses under which a server is reached; empty for all others
/// @param key the holder's public key
public record Leaf(CertifiedName name, String organization, List<String> hosts, PublicKey key) {

  /// Copies and checks.
  ///
  /// @throws IllegalArgumentException if an authority is named, or hosts for others than a server
  public Leaf {
    hosts = List.copyOf(hosts);
    if (name.profile() != LeafProfile.SERVER && !hosts.isEmpty()) {
      throw new IllegalArgumentException("only a server has host names, not " + name);
    }
    if (!organization.isEmpty()) {
      CertifiedName.checkText("organization", organization);
    }
  }
}
