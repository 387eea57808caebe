package org.wardfl.provisioning.kit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.wardfl.certs.Identity;
import org.wardfl.certs.IdentityException;
import org.wardfl.certs.LeafProfile;
import org.wardfl.certs.Passphrase;
import org.wardfl.certs.PrivateFile;
import org.wardfl.certs.TrustAnchors;
import org.wardfl.certs.manifest.FolderComparison;
import org.wardfl.certs.manifest.Manifest;
import org.wardfl.certs.manifest.SignedManifest;

/// Writes startup kits.
///
/// @param trust whom the owners believe at first
/// @param signer the project's own identity
/// @param participants everybody who takes part, the new ones included
/// @param now when it happens
public record KitWriter(
    TrustAnchors trust, Identity signer, Participants participants, Instant now) {

  /// Writes a kit into a new folder.
  ///
  /// @param identity the owner's, or empty if the owner makes its own key
  /// @param passphrase encrypts the key
  /// @return the signed manifest's bytes
  public byte[] write(Path folder, KitName name, Optional<Identity> identity, Passphrase passphrase)
      throws IOException {
    var layout = new KitLayout(folder);
    PrivateFile.createFolder(folder);
    for (var text : KitTexts.signed(name).entrySet()) {
      var bytes = text.getValue().getBytes(StandardCharsets.UTF_8);
      if (text.getKey().endsWith(".sh")) {
        PrivateFile.writeProgram(folder.resolve(text.getKey()), bytes);
      } else {
        PrivateFile.write(folder.resolve(text.getKey()), bytes);
      }
    }
    for (var text : KitTexts.owners(name).entrySet()) {
      PrivateFile.write(
          folder.resolve(text.getKey()), text.getValue().getBytes(StandardCharsets.UTF_8));
    }
    PrivateFile.write(layout.trust(), trust.pem().getBytes(StandardCharsets.US_ASCII));
    if (name.name().profile() == LeafProfile.SERVER) {
      PrivateFile.write(folder.resolve(Participants.FILE), participants.sign(signer));
    }
    if (identity.isPresent()) {
      identity.get().write(layout.identity(), passphrase);
    }
    var context = new TreeMap<>(Map.of("participant", name.name().uri()));
    context.put(StartupKit.SIGNED, now.toString());
    var files = FolderComparison.list(folder, KitLayout::isLeftOut);
    var manifest = SignedManifest.sign(Manifest.of(StartupKit.TYPE, context, files), signer);
    var bytes = manifest.encode();
    PrivateFile.write(layout.manifest(), bytes);
    return bytes;
  }

  /// Signs a kit's manifest anew, with the signer of a new root.
  ///
  /// @param manifest as [#write] returned it
  public byte[] signAgain(byte[] manifest) throws IdentityException {
    var old = SignedManifest.decode(manifest).unverified();
    var context = new TreeMap<>(old.context());
    context.put(StartupKit.SIGNED, now.toString());
    return SignedManifest.sign(new Manifest(old.type(), context, old.files()), signer).encode();
  }
}
