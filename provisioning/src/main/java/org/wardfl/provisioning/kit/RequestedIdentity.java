package org.wardfl.provisioning.kit;

import java.io.IOException;
import java.nio.file.Files;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.wardfl.certs.Identity;
import org.wardfl.certs.IdentityException;
import org.wardfl.certs.KeyFile;
import org.wardfl.certs.Passphrase;
import org.wardfl.certs.TrustAnchors;
import org.wardfl.provisioning.KitException;

/// What a new certificate makes with the key that asked for it, which has never left the kit.
final class RequestedIdentity {

  private RequestedIdentity() {}

  /// The identity that an answer brings; empty if it is installed already.
  ///
  /// @param chain the certificate and that of its authority
  /// @param trust whom the kit will believe
  /// @throws IdentityException if the certificate is not believed or is for another key
  /// @throws KitException if it is for somebody else, or no request is under way
  static Optional<Identity> of(
      StartupKit kit,
      List<X509Certificate> chain,
      TrustAnchors trust,
      Passphrase passphrase,
      Instant now)
      throws IdentityException, KitException, IOException {
    var peer = trust.verify(chain, now, Set.of(kit.name().name().profile()));
    if (!peer.name().equals(kit.name().name())) {
      throw new KitException(
          "the update certifies " + peer.name() + ", expected " + kit.name().name());
    }
    var layout = new KitLayout(kit.folder());
    if (Files.exists(layout.requestKey())) {
      return Optional.of(new Identity(KeyFile.read(layout.requestKey(), passphrase), chain));
    }
    if (Files.exists(layout.identity())
        && Identity.read(layout.identity(), passphrase).chain().equals(chain)) {
      return Optional.empty();
    }
    throw new KitException(
        "no request is under way in "
            + kit.folder()
            + ", so there is no key for this certificate; ask again with 'ward cert request' or"
            + " 'ward cert renew'");
  }

  /// Exchanges the kit's identity in one step, and ends the request.
  static void install(StartupKit kit, Identity identity, Passphrase passphrase) throws IOException {
    var layout = new KitLayout(kit.folder());
    identity.write(layout.identity(), passphrase);
    Files.deleteIfExists(layout.requestFile());
    Files.deleteIfExists(layout.requestKey());
    Files.deleteIfExists(layout.request());
  }
}
