package org.wardfl.provisioning.state;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.wardfl.certs.IdentityException;
import org.wardfl.certs.Passphrase;
import org.wardfl.certs.PrivateFile;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.kit.KitUpdate;

/// Locks participants out, and keeps the revocation lists recent.
public final class Revocations {

  private final Path out;
  private final Passphrase passphrase;
  private final InstantSource clock;

  /// Works in the folder that [Provisioner] made.
  public Revocations(Path out, Passphrase passphrase, InstantSource clock) {
    this.out = out;
    this.passphrase = passphrase;
    this.clock = clock;
  }

  /// What was published.
  ///
  /// @param certificates how many certificates this run revoked
  /// @param number of the new revocation lists
  /// @param freshUntil until when they are recent
  /// @param update the file for the server and all others
  /// @param notes one sentence for each thing that the project admin should know
  public record Published(
      int certificates, long number, Instant freshUntil, Path update, List<String> notes) {

    /// Copies.
    public Published {
      notes = List.copyOf(notes);
    }
  }

  /// Revokes all certificates of a participant, and answers no request of it any more.
  ///
  /// @throws KitException if there is no such participant
  public Published revoke(String name) throws KitException, IOException {
    var now = clock.instant();
    try (var state = ProjectState.open(out, passphrase, now)) {
      var registry = state.registry();
      var member =
          registry
              .member(name)
              .orElseThrow(() ->
                  new KitException(
                      "'"
                          + name
                          + "' is no participant of project "
                          + registry.project()
                          + "; expected one of "
                          + registry.members().keySet()));
      int present = member.present(now).size();
      // Again: publishes again, so that a run that was killed before is completed.
      return publish(state, registry.with(member.lockedOutAt(now)), present, now);
    }
  }

  /// Makes new revocation lists, to be done before the present ones are due.
  public Published refresh() throws KitException, IOException {
    var now = clock.instant();
    try (var state = ProjectState.open(out, passphrase, now)) {
      return publish(state, state.registry(), 0, now);
    }
  }

  private static Published publish(ProjectState state, Registry next, int certificates, Instant now)
      throws KitException, IOException {
    try {
      var published = state.publish(next, now);
      var signer = state.authorities().signer(published.registry().generations().getFirst());
      var update =
          KitUpdate.forAll(published.trust(), published.registry().participants(now), now, signer);
      state.commit(published.registry());
      var file = state.results("updates").resolve("all.update");
      PrivateFile.write(file, update.encode());
      return new Published(
          certificates,
          published.registry().trust(),
          published.trust().freshUntil(),
          file,
          state.warnings(now));
    } catch (IdentityException e) {
      throw new KitException(String.valueOf(e.getMessage()), e);
    }
  }
}
