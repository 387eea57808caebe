package org.wardfl.provisioning.state;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.wardfl.certs.CertificateAuthority;
import org.wardfl.certs.CertifiedName;
import org.wardfl.certs.Identity;
import org.wardfl.certs.IdentityException;
import org.wardfl.certs.Leaf;
import org.wardfl.certs.Passphrase;
import org.wardfl.certs.PrivateFile;
import org.wardfl.provisioning.kit.EncryptedZip;
import org.wardfl.provisioning.kit.KitName;
import org.wardfl.provisioning.kit.KitWriter;

/// Prepares the kit of one participant: key, certificate, folder, encrypted zip, password.
///
/// @param staged where
/// @param writer writes kit folders
/// @param issuer the authority for its profile
/// @param registry of the project
/// @param server the server's certified name
/// @param generation which authorities issue
record KitMaker(
    StagedKits staged,
    KitWriter writer,
    CertificateAuthority issuer,
    Registry registry,
    CertifiedName server,
    int generation) {

  /// Prepares a kit, with a key unless the owner makes its own.
  ///
  /// @return the participant as the registry is to have it
  Member make(Member member, boolean ownKey, Instant now) throws IOException, IdentityException {
    var folder = staged.prepare(member.name());
    var name = member.certifiedName(registry.project());
    var passphrase = Passphrase.random();
    var identity = Optional.<Identity>empty();
    if (!ownKey) {
      var pair = registry.settings().keyType().generate();
      var leaf = new Leaf(name, member.organization(), member.hosts(), pair.getPublic());
      var certificate = issuer.issue(leaf, now, registry.settings().leaf());
      identity =
          Optional.of(new Identity(pair.getPrivate(), List.of(certificate, issuer.certificate())));
    }
    var kitName = new KitName(name, member.organization(), server, member.address());
    var kit = folder.resolve(StagedKits.KIT);
    PrivateFile.write(
        folder.resolve(StagedKits.MANIFEST), writer.write(kit, kitName, identity, passphrase));
    EncryptedZip.pack(kit, member.name(), folder.resolve(StagedKits.ZIP), passphrase);
    var password = new String(passphrase.reveal()) + "\n";
    PrivateFile.write(
        folder.resolve(StagedKits.PASSWORD), password.getBytes(StandardCharsets.US_ASCII));
    var id = UUID.randomUUID().toString();
    PrivateFile.write(folder.resolve(StagedKits.ID), id.getBytes(StandardCharsets.US_ASCII));
    var made = member.withKit(id);
    return identity
        .map(one ->
            made.with(
                new Member.Issued(
                    one.certificate().getSerialNumber().toString(16),
                    generation,
                    now,
                    one.notAfter(),
                    "",
                    "")))
        .orElse(made);
  }
}
