package org.wardfl.server.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardfl.certs.CertifiedName;
import org.wardfl.certs.Peer;
import org.wardfl.certs.TrustAnchors;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.kit.ActiveKit;
import org.wardfl.provisioning.kit.KitUpdate;
import org.wardfl.provisioning.kit.Participants;
import org.wardfl.server.service.AdministrationService;
import org.wardfl.server.transport.Roster;

/// Whom the server believes and who takes part, from the files of its kit; they may be replaced
/// while it runs. What replaces them is believed only if the project signed it.
final class ServerTrust implements AdministrationService.Trust, Roster {

  private static final Logger LOG = LoggerFactory.getLogger(ServerTrust.class);

  private final ActiveKit kit;
  private final Path scratch;
  private volatile Participants participants;
  private volatile FileTime read;
  private volatile Runnable onChange = () -> {};

  ServerTrust(ActiveKit kit, Path scratch) throws KitException, IOException {
    this.kit = kit;
    this.scratch = scratch;
    read = Files.getLastModifiedTime(file());
    participants = Participants.read(file(), kit.trust());
  }

  /// The action runs after every change.
  void watch(Runnable action) {
    onChange = action;
  }

  private Path file() {
    return kit.kit().folder().resolve(Participants.FILE);
  }

  @Override
  public Participants participants() {
    return participants;
  }

  @Override
  public boolean knows(CertifiedName name) {
    return participants.has(name);
  }

  @Override
  public Optional<String> objection(Peer peer) {
    return participants
        .revokedAfter(peer)
        .map(time ->
            "the certificate of "
                + peer.name()
                + " has been revoked: at "
                + time
                + " all that were issued to it before");
  }

  @Override
  public TrustAnchors install(byte[] update) throws IOException, KitException {
    var file = Files.createTempFile(scratch, "update", "");
    try {
      Files.write(file, update);
      kit.install(KitUpdate.read(file));
    } finally {
      Files.deleteIfExists(file);
    }
    reload();
    onChange.run();
    return kit.trust();
  }

  /// Looks whether a file was replaced; what is refused is said once and changes nothing.
  void reload() {
    try {
      boolean changed = kit.reload();
      var modified = Files.getLastModifiedTime(file());
      if (!modified.equals(read)) {
        read = modified;
        var next = Participants.read(file(), kit.trust());
        if (next.signed().isBefore(participants.signed())) {
          throw new KitException(
              file() + " is older than the list in use, of " + participants.signed());
        }
        participants = next;
        changed = true;
      }
      if (changed) {
        LOG.atInfo().log("the kit's files have changed and are in use");
        onChange.run();
      }
    } catch (KitException | IOException e) {
      LOG.atError().setCause(e).log("the kit's files have changed and are refused");
    }
  }
}
