package org.wardfl.cli.poc;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.wardfl.certs.LeafProfile;
import org.wardfl.client.admin.AdminSession;
import org.wardfl.client.link.LinkException;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.kit.ActiveKit;

/// What the server of a federation says of its sites.
final class PocConnections implements AutoCloseable {

  private final AdminSession session;

  PocConnections(PocFolder folder) throws KitException, IOException {
    var kit =
        ActiveKit.open(
            folder.kit(PocFolder.PERSON),
            folder.password(PocFolder.PERSON),
            InstantSource.system(),
            Set.of(LeafProfile.USER));
    session = new AdminSession(kit, Optional.empty());
  }

  /// The sites that are connected, and since when.
  Map<String, Optional<Instant>> connected() throws LinkException {
    var connected = new LinkedHashMap<String, Optional<Instant>>();
    for (var site : session.sites()) {
      if (site.connected()) {
        connected.put(site.name(), site.since());
      }
    }
    return connected;
  }

  @Override
  public void close() {
    session.close();
  }
}
