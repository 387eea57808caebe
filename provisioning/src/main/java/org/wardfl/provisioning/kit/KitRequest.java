package org.wardfl.provisioning.kit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.wardfl.certs.Fingerprint;
import org.wardfl.certs.Identity;
import org.wardfl.certs.IdentityException;
import org.wardfl.certs.KeyFile;
import org.wardfl.certs.KeyType;
import org.wardfl.certs.LeafProfile;
import org.wardfl.certs.Passphrase;
import org.wardfl.certs.Peer;
import org.wardfl.certs.PrivateFile;
import org.wardfl.certs.SigningRequest;
import org.wardfl.certs.TrustAnchors;
import org.wardfl.certs.manifest.Manifest;
import org.wardfl.certs.manifest.SignedManifest;
import org.wardfl.provisioning.KitException;

/// A participant's request for a certificate, as it is sent to the project admin.
///
/// The key was made by the participant and stays there. A first request is a plain PKCS #10 file
/// and is approved by comparing fingerprints; a renewal is the same, signed with the present
/// identity, which proves by itself who asks.
///
/// @param request what is asked
/// @param renewal the signature of the present identity, if there is one
public record KitRequest(SigningRequest request, Optional<SignedManifest> renewal) {

  /// The type of a renewal's signed manifest.
  public static final String TYPE = "renewal";

  private static final String REQUEST = "request";
  private static final long MAX_BYTES = 64L << 10;

  /// Makes a key and a request in a kit, or finds the request of the same kind that is under way
  /// there. One of another kind, or signed by another identity, is given up.
  ///
  /// @param passphrase encrypts the new key
  /// @param current the present identity, for a renewal
  /// @return the file to be sent
  /// @throws KitException if the request under way was made with another passphrase
  public static Path make(
      StartupKit kit, KeyType type, Passphrase passphrase, Optional<Identity> current, Instant now)
      throws KitException, IOException {
    var layout = new KitLayout(kit.folder());
    if (Files.exists(layout.requestFile())) {
      if (read(layout.requestFile()).isSignedBy(current) && Files.exists(layout.requestKey())) {
        requireOpens(layout, passphrase);
        return layout.requestFile();
      }
      Files.delete(layout.requestFile());
    }
    PrivateFile.createFolder(layout.request());
    var pair = type.generate();
    var request = SigningRequest.create(kit.name().name(), kit.name().organization(), pair);
    var text =
        current.isEmpty()
            ? request.pem().getBytes(StandardCharsets.US_ASCII)
            : sign(request, current.get(), now).encode();
    KeyFile.write(layout.requestKey(), pair.getPrivate(), passphrase);
    // The request is there only after its key is.
    PrivateFile.write(layout.requestFile(), text);
    return layout.requestFile();
  }

  /// Reads a request, whoever made it.
  public static KitRequest read(Path file) throws KitException, IOException {
    if (Files.size(file) > MAX_BYTES) {
      throw new KitException(file + ": a request of more than " + MAX_BYTES + " bytes");
    }
    return decode(file.toString(), Files.readAllBytes(file));
  }

  /// Reads a request that came in another way than in a file.
  ///
  /// @param origin what messages call it
  public static KitRequest decode(String origin, byte[] bytes) throws KitException {
    try {
      var text = new String(bytes, StandardCharsets.US_ASCII);
      if (!text.startsWith("ward-manifest")) {
        return new KitRequest(SigningRequest.parse(origin, text), Optional.empty());
      }
      var signed = SignedManifest.decode(bytes);
      var pem = signed.unverified().context().getOrDefault(REQUEST, "");
      return new KitRequest(SigningRequest.parse(origin, pem), Optional.of(signed));
    } catch (IdentityException e) {
      throw new KitException(String.valueOf(e.getMessage()), e);
    }
  }

  /// What is compared over the telephone.
  public Fingerprint fingerprint() {
    return request.fingerprint();
  }

  /// Who renews: the holder of a certificate that is believed now.
  ///
  /// @throws IdentityException if it is no renewal, or not believed
  public Peer renewer(TrustAnchors trust, Instant now) throws IdentityException {
    if (renewal.isEmpty()) {
      throw new IdentityException("the request is not signed by a present identity");
    }
    return renewal
        .get()
        .verify(TYPE, trust, Set.of(LeafProfile.SERVER, LeafProfile.SITE, LeafProfile.USER), now)
        .signer();
  }

  private boolean isSignedBy(Optional<Identity> identity) {
    return renewal
        .flatMap(SignedManifest::unverifiedSigner)
        .equals(identity.map(Identity::certificate));
  }

  private static void requireOpens(KitLayout layout, Passphrase passphrase)
      throws KitException, IOException {
    try {
      KeyFile.read(layout.requestKey(), passphrase);
    } catch (IdentityException e) {
      throw new KitException(
          "a request is under way: "
              + e.getMessage()
              + "; give the password that it was made with, or delete "
              + layout.request()
              + " to start anew",
          e);
    }
  }

  private static SignedManifest sign(SigningRequest request, Identity current, Instant now) {
    var context = Map.of(REQUEST, request.pem(), StartupKit.SIGNED, now.toString());
    return SignedManifest.sign(Manifest.of(TYPE, context, List.of()), current);
  }
}
