package org.wardfl.provisioning.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.wardfl.certs.IdentityException;
import org.wardfl.certs.Passphrase;
import org.wardfl.certs.PrivateFile;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.kit.KitUpdate;
import org.wardfl.provisioning.kit.KitWriter;

/// Replaces the root and all authorities under it while the federation goes on, in three steps,
/// each of which may be repeated:
///
/// 1. `start`: new authorities exist, and everyone is told to believe both roots;
/// 2. `issue`: from now on the new authorities issue; participants renew;
/// 3. `finish`: when nobody needs the old root any more, everyone is told to forget it.
///
/// After each step the updates are sent to all and installed. The first two are signed by the old
/// signer, the last by the new one, so nobody can skip a step unnoticed.
public final class RootRollOver {

  private final Path out;
  private final Passphrase passphrase;
  private final InstantSource clock;

  /// Works in the folder that [Provisioner] made.
  public RootRollOver(Path out, Passphrase passphrase, InstantSource clock) {
    this.out = out;
    this.passphrase = passphrase;
    this.clock = clock;
  }

  /// What a step did.
  ///
  /// @param roots how many roots are believed now
  /// @param waiting who still has no certificate of the new authorities
  /// @param updates the files to be sent, one for each participant
  public record Step(int roots, List<String> waiting, List<Path> updates) {

    /// Copies.
    public Step {
      waiting = List.copyOf(waiting);
      updates = List.copyOf(updates);
    }
  }

  /// Makes the new authorities, unless they are there.
  public Step start() throws KitException, IOException {
    var now = clock.instant();
    try (var state = ProjectState.open(out, passphrase, now)) {
      var registry = state.registry();
      if (registry.generations().size() > 1) {
        return send(state, registry, now);
      }
      int next = registry.issuing() + 1;
      state.authorities().create(next, registry.project(), registry.settings(), now);
      return send(
          state,
          registry.withGenerations(List.of(registry.issuing(), next), registry.issuing()),
          now);
    }
  }

  /// Lets the new authorities issue.
  ///
  /// @throws KitException if there are none
  public Step issue() throws KitException, IOException {
    var now = clock.instant();
    try (var state = ProjectState.open(out, passphrase, now)) {
      var registry = requireStarted(state);
      return send(
          state,
          registry.withGenerations(registry.generations(), registry.generations().getLast()),
          now);
    }
  }

  /// Forgets the old root.
  ///
  /// @throws KitException if somebody still has only a certificate of the old authorities
  public Step finish() throws KitException, IOException {
    var now = clock.instant();
    try (var state = ProjectState.open(out, passphrase, now)) {
      var registry = state.registry();
      if (registry.generations().size() == 1) {
        return send(state, registry, now);
      }
      var issuing = requireStarted(state).issuing();
      if (issuing != registry.generations().getLast()) {
        throw new KitException(
            "the new authorities do not issue yet; run 'ward cert rotate issue' first");
      }
      var waiting = waiting(state, registry, now);
      if (!waiting.isEmpty()) {
        throw new KitException(
            "these have no certificate of the new root yet, and would be locked out: "
                + waiting
                + "; let them renew, or revoke them");
      }
      return send(state, registry.withGenerations(List.of(issuing), issuing), now);
    }
  }

  private static Registry requireStarted(ProjectState state) throws KitException {
    if (state.registry().generations().size() < 2) {
      throw new KitException("there are no new authorities; run 'ward cert rotate start' first");
    }
    return state.registry();
  }

  private static List<String> waiting(ProjectState state, Registry registry, Instant now) {
    int newest = registry.generations().getLast();
    // What a server has renewed by itself is not known here: whoever ever had a certificate waits.
    boolean renewedElsewhere = Delegation.happened(state);
    return registry.members().values().stream()
        .filter(member -> !member.lockedOut())
        .filter(member ->
            renewedElsewhere ? !member.certificates().isEmpty() : !member.present(now).isEmpty())
        .filter(member -> member.present(now).stream().noneMatch(one -> one.generation() == newest))
        .map(Member::name)
        .toList();
  }

  /// Publishes, commits, and writes an update for each participant; all of it again without harm.
  private static Step send(ProjectState state, Registry next, Instant now)
      throws KitException, IOException {
    try {
      boolean finishing = next.generations().size() == 1;
      var published = state.publish(next, now);
      state.commit(published.registry());
      // In the end the new signer signs: who has seen the first step believes it.
      var signer = state.authorities().signer(next.generations().getFirst());
      var updates = new ArrayList<Path>();
      var writer = new KitWriter(published.trust(), signer, next.participants(now), now);
      for (var member : next.members().values()) {
        if (member.lockedOut()) {
          continue;
        }
        var manifest = finishing ? signedAgain(state, member, writer) : new byte[0];
        var update =
            KitUpdate.forOne(
                member.certifiedName(next.project()),
                published.trust(),
                List.of(),
                manifest,
                next.participants(now),
                now,
                signer);
        var file = state.results("updates").resolve(member.name() + ".update");
        PrivateFile.write(file, update.encode());
        updates.add(file);
      }
      return new Step(
          next.generations().size(),
          next.generations().size() > 1 ? waiting(state, next, now) : List.of(),
          updates);
    } catch (IdentityException e) {
      throw new KitException(String.valueOf(e.getMessage()), e);
    }
  }

  private static byte[] signedAgain(ProjectState state, Member member, KitWriter writer)
      throws IOException, IdentityException {
    var file = state.inState("manifests").resolve(member.name() + ".txt");
    if (!Files.exists(file)) {
      return new byte[0];
    }
    var signed = writer.signAgain(Files.readAllBytes(file));
    PrivateFile.write(file, signed);
    return signed;
  }
}
