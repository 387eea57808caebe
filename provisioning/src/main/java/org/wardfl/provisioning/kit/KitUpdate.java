package org.wardfl.provisioning.kit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.wardfl.certs.CertifiedName;
import org.wardfl.certs.Identity;
import org.wardfl.certs.IdentityException;
import org.wardfl.certs.LeafProfile;
import org.wardfl.certs.Passphrase;
import org.wardfl.certs.PrivateFile;
import org.wardfl.certs.SigningRequest;
import org.wardfl.certs.TrustAnchors;
import org.wardfl.certs.manifest.Manifest;
import org.wardfl.certs.manifest.SignedManifest;
import org.wardfl.provisioning.KitException;

/// What the project admin sends later, in one signed file: new trust (revocation lists, a new
/// root), and for one participant its new certificate or its kit's newly signed manifest.
///
/// It is believed by the trust that the kit has, so a roll-over of the root is a chain of updates,
/// each signed by an authority that the one before brought.
public final class KitUpdate {

  /// The type of an update's signed manifest.
  public static final String TYPE = "kit-update";

  private static final String FOR = "participant";
  private static final String TRUST = "trust";
  private static final String CERTIFICATE = "certificate";
  private static final String PARTICIPANTS = "participants";
  private static final String KIT_MANIFEST = "kit-manifest";
  private static final long MAX_BYTES = 16L << 20;

  private final SignedManifest signed;

  private KitUpdate(SignedManifest signed) {
    this.signed = signed;
  }

  /// An update for all participants: trust, and for the server everybody who takes part.
  public static KitUpdate forAll(
      TrustAnchors trust, Participants participants, Instant now, Identity signer) {
    var context = new TreeMap<String, String>();
    context.put(TRUST, trust.pem());
    context.put(PARTICIPANTS, new String(participants.sign(signer), StandardCharsets.US_ASCII));
    context.put(StartupKit.SIGNED, now.toString());
    return new KitUpdate(SignedManifest.sign(Manifest.of(TYPE, context, List.of()), signer));
  }

  /// An update for one participant.
  ///
  /// @param certificates its new certificate and that of the intermediate; empty for none
  /// @param kitManifest its kit's manifest, signed anew; empty for none
  /// @param participants for a server, everybody who takes part
  public static KitUpdate forOne(
      CertifiedName participant,
      TrustAnchors trust,
      List<X509Certificate> certificates,
      byte[] kitManifest,
      Participants participants,
      Instant now,
      Identity signer) {
    var context = new TreeMap<String, String>();
    context.put(FOR, participant.uri());
    context.put(TRUST, trust.pem());
    context.put(StartupKit.SIGNED, now.toString());
    if (!certificates.isEmpty()) {
      context.put(CERTIFICATE, Identity.pem(certificates));
    }
    if (participant.profile() == LeafProfile.SERVER) {
      context.put(PARTICIPANTS, new String(participants.sign(signer), StandardCharsets.US_ASCII));
    }
    if (kitManifest.length > 0) {
      context.put(KIT_MANIFEST, new String(kitManifest, StandardCharsets.US_ASCII));
    }
    return new KitUpdate(SignedManifest.sign(Manifest.of(TYPE, context, List.of()), signer));
  }

  /// Reads an update; nothing in it is believed before [#install].
  public static KitUpdate read(Path file) throws KitException, IOException {
    if (Files.size(file) > MAX_BYTES) {
      throw new KitException(file + " is no update of a kit: more than " + MAX_BYTES + " bytes");
    }
    return decode(file.toString(), Files.readAllBytes(file));
  }

  /// Reads an update that came in another way than in a file.
  ///
  /// @param origin what messages call it
  public static KitUpdate decode(String origin, byte[] bytes) throws KitException {
    try {
      return new KitUpdate(SignedManifest.decode(bytes));
    } catch (IdentityException e) {
      throw new KitException(origin + " is no update of a kit: " + e.getMessage(), e);
    }
  }

  /// The file's bytes.
  public byte[] encode() {
    return signed.encode();
  }

  /// Whom it says it is for: a certified name, or empty for all.
  public String unverifiedReceiver() {
    return signed.unverified().context().getOrDefault(FOR, "");
  }

  /// Refuses an update that does not answer this request, as the receiver will judge it.
  ///
  /// @param trust whom the receiver believes
  /// @throws KitException if it is for somebody else, certifies another key, or is not believed
  public void requireAnswers(
      CertifiedName receiver, SigningRequest request, TrustAnchors trust, Instant now)
      throws KitException {
    try {
      var verified = signed.verify(TYPE, trust, Set.of(LeafProfile.SIGNER), now);
      verified.require(FOR, receiver.uri());
      var pem = verified.manifest().context().getOrDefault(CERTIFICATE, "");
      var chain = Identity.parseChain("the answer", pem);
      if (chain.isEmpty() || !chain.getFirst().getPublicKey().equals(request.key())) {
        throw new KitException(
            "the answer certifies another key than that of the request of "
                + receiver
                + ", which has asked again since; approve what waits now");
      }
    } catch (IdentityException e) {
      throw new KitException("the answer is refused: " + e.getMessage(), e);
    }
  }

  /// The certificates and revocation lists in it, as PEM; not believed yet.
  public String unverifiedPem() {
    var context = signed.unverified().context();
    return context.getOrDefault(CERTIFICATE, "") + context.getOrDefault(TRUST, "");
  }

  /// Whether it brings a certificate, so that [#install] needs the kit's passphrase.
  public boolean hasCertificate() {
    return signed.unverified().context().containsKey(CERTIFICATE);
  }

  /// Installs it in a kit: the manifest, then the trust, then the certificate with the key that
  /// asked for it; each file in one step, believed between any two, and all of it again without
  /// harm.
  ///
  /// @param passphrase opens the key that asked; not used if there is no certificate
  /// @return what was done, one sentence each
  /// @throws KitException if the kit's trust does not believe it, or it is for another kit, or
  ///   older than what is installed
  public List<String> install(StartupKit kit, Optional<Passphrase> passphrase, Instant now)
      throws KitException, IOException {
    var layout = new KitLayout(kit.folder());
    var done = new ArrayList<String>();
    try {
      var verified = signed.verify(TYPE, kit.trust(), Set.of(LeafProfile.SIGNER), now);
      var context = verified.manifest().context();
      var receiver = context.getOrDefault(FOR, "");
      if (!receiver.isEmpty()) {
        verified.require(FOR, kit.name().name().uri());
      }
      var trust = TrustAnchors.parse("the update", context.getOrDefault(TRUST, ""));
      requireLater(kit.trust(), trust);
      var certificate = context.get(CERTIFICATE);
      var identity =
          certificate == null
              ? Optional.<Identity>empty()
              : RequestedIdentity.of(
                  kit,
                  Identity.parseChain("the update", certificate),
                  trust,
                  passphrase.orElseThrow(() ->
                      new KitException(
                          "the update brings a certificate; the passphrase is needed")),
                  now);
      var manifest = context.get(KIT_MANIFEST);
      if (manifest != null) {
        var bytes = manifest.getBytes(StandardCharsets.US_ASCII);
        StartupKit.requireUnchanged(SignedManifest.decode(bytes), trust, kit.folder());
        PrivateFile.write(layout.manifest(), bytes);
        done.add("the kit's contents are signed by the present signer");
      }
      var participants = context.get(PARTICIPANTS);
      if (participants != null && kit.name().name().profile() == LeafProfile.SERVER) {
        PrivateFile.write(
            kit.folder().resolve(Participants.FILE),
            participants.getBytes(StandardCharsets.US_ASCII));
      }
      PrivateFile.write(layout.trust(), trust.pem().getBytes(StandardCharsets.US_ASCII));
      done.add(
          "trust in "
              + (trust.roots().size() == 1 ? "one root" : "the old root and the new one")
              + ", revocation lists until "
              + trust.freshUntil());
      if (identity.isPresent()) {
        RequestedIdentity.install(kit, identity.get(), passphrase.orElseThrow());
        done.add("certificate of " + receiver + " until " + identity.get().notAfter());
      } else if (certificate != null) {
        done.add("the certificate was installed before");
      }
      return List.copyOf(done);
    } catch (IdentityException e) {
      throw new KitException("the update is refused: " + e.getMessage(), e);
    }
  }

  /// A replayed old update could bring back a revoked certificate.
  static void requireLater(TrustAnchors present, TrustAnchors next) throws KitException {
    for (var old : present.revocationLists()) {
      for (var list : next.revocationLists()) {
        if (list.issuerName().equals(old.issuerName())
            && list.number().compareTo(old.number()) < 0) {
          throw new KitException(
              "the update is older than what is installed: revocation list "
                  + list.number()
                  + " of "
                  + list.issuerName()
                  + ", present is "
                  + old.number());
        }
      }
    }
    if (!next.project().equals(present.project())) {
      throw new KitException(
          "the update is of project " + next.project() + ", the kit of " + present.project());
    }
  }
}
