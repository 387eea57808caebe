package org.wardfl.provisioning.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import org.wardfl.certs.IdentityException;
import org.wardfl.certs.LeafProfile;
import org.wardfl.certs.Passphrase;
import org.wardfl.certs.PrivateFile;
import org.wardfl.provisioning.KitException;

/// Hands the authority `transport` to the project's server, so that sites are renewed without a
/// person. The authority `users` is never handed out.
public final class Delegation {

  private static final String MARK = "delegated";

  private final Path out;
  private final Passphrase passphrase;
  private final InstantSource clock;

  /// Works in the folder that [Provisioner] made.
  public Delegation(Path out, Passphrase passphrase, InstantSource clock) {
    this.out = out;
    this.passphrase = passphrase;
    this.clock = clock;
  }

  /// What was handed out.
  ///
  /// @param authority the file for the server's kit
  /// @param ends until when the authority is valid
  public record Delegated(Path authority, Instant ends) {}

  /// Writes the authority that issues now, for the server's kit.
  ///
  /// @param server the password of the server's kit, which encrypts the authority's key
  public Delegated delegate(Passphrase server) throws KitException, IOException {
    var now = clock.instant();
    try (var state = ProjectState.open(out, passphrase, now)) {
      int generation = state.registry().issuing();
      var authority = state.authorities().authority(generation, LeafProfile.SERVER.issuer());
      // First: from now on the registry may not know every certificate.
      PrivateFile.write(state.inState(MARK), new byte[0]);
      var file = state.results("updates").resolve("authority.pem");
      authority.write(file, server);
      return new Delegated(file, state.authorities().end(generation));
    } catch (IdentityException e) {
      throw new KitException(String.valueOf(e.getMessage()), e);
    }
  }

  /// Whether a server may have issued certificates that the registry does not know.
  static boolean happened(ProjectState state) {
    return Files.exists(state.inState(MARK));
  }
}
