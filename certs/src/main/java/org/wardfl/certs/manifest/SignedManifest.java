package org.wardfl.certs.manifest;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.wardfl.certs.Identity;
import org.wardfl.certs.IdentityException;
import org.wardfl.certs.LeafProfile;
import org.wardfl.certs.Peer;
import org.wardfl.certs.TrustAnchors;

/// A manifest with its signature and the signer's certificates, in one readable file: the
/// manifest's lines, then the signature and two certificates as PEM.
///
/// The signature is over the pre-authentication encoding of DSSE (secure-systems-lab, version 1),
/// so that it cannot be taken for a signature over anything else.
public final class SignedManifest {

  private static final String PAYLOAD_TYPE = "application/vnd.ward.manifest; type=";
  private static final String BEGIN = "-----BEGIN SIGNATURE-----\n";
  private static final String END = "-----END SIGNATURE-----\n";
  private static final Base64.Encoder LINES =
      Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

  private final Manifest manifest;
  private final byte[] signature;
  private final List<X509Certificate> chain;

  private SignedManifest(Manifest manifest, byte[] signature, List<X509Certificate> chain) {
    this.manifest = manifest;
    this.signature = signature.clone();
    this.chain = List.copyOf(chain);
  }

  /// Signs.
  public static SignedManifest sign(Manifest manifest, Identity signer) {
    return new SignedManifest(manifest, signer.sign(preAuthentication(manifest)), signer.chain());
  }

  /// Reads the file; nothing in it is believed before [#verify].
  ///
  /// @throws IdentityException if it is not exactly what [#encode()] writes
  public static SignedManifest decode(byte[] bytes) throws IdentityException {
    var text = new String(bytes, StandardCharsets.US_ASCII);
    int begin = text.indexOf(BEGIN);
    int end = text.indexOf(END, Math.max(begin, 0));
    if (begin < 0 || end < 0) {
      throw new IdentityException("a manifest without a signature");
    }
    var manifest = Manifest.decode(Arrays.copyOf(bytes, begin));
    try {
      var signature = Base64.getMimeDecoder().decode(text.substring(begin + BEGIN.length(), end));
      var chain = Identity.parseChain("signed manifest", text.substring(end + END.length()));
      var signed = new SignedManifest(manifest, signature, chain);
      if (Arrays.equals(signed.encode(), bytes)) {
        return signed;
      }
    } catch (IllegalArgumentException e) {
      throw new IdentityException("the signature is not base64", e);
    }
    throw new IdentityException("a signed manifest that could be written in another way");
  }

  /// The file's bytes.
  public byte[] encode() {
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes(manifest.encode());
    var rest = BEGIN + LINES.encodeToString(signature) + "\n" + END + Identity.pem(chain);
    bytes.writeBytes(rest.getBytes(StandardCharsets.US_ASCII));
    return bytes.toByteArray();
  }

  /// What the manifest says, not believed yet.
  public Manifest unverified() {
    return manifest;
  }

  /// Whose certificate came with it, not believed yet.
  public Optional<X509Certificate> unverifiedSigner() {
    return chain.stream().findFirst();
  }

  /// Checks who signed, when it counts, and what for.
  ///
  /// Whether the files are the listed ones is compared afterwards: [FolderComparison]. A signature
  /// is only as fresh as its context: a caller that fears replays puts an id, a nonce and `expires`
  /// there and remembers what it has seen.
  ///
  /// @param type what the caller expects to be signed
  /// @param signers whose signature counts here
  /// @param at the time that counts, also for the context field `expires`
  /// @throws IdentityException if the signature does not count; the message says why
  public Verified verify(String type, TrustAnchors anchors, Set<LeafProfile> signers, Instant at)
      throws IdentityException {
    if (!manifest.type().equals(type)) {
      throw new IdentityException(
          "a signed manifest of type '" + manifest.type() + "', expected '" + type + "'");
    }
    var signer = anchors.verify(chain, at, signers);
    if (!Identity.isSignedBy(signer.certificate(), preAuthentication(manifest), signature)) {
      throw new IdentityException("the manifest was changed after " + signer.name() + " signed it");
    }
    var expires = manifest.context().get(Manifest.EXPIRES);
    try {
      if (expires != null && !at.isBefore(Instant.parse(expires))) {
        throw new IdentityException("the signature of " + signer.name() + " expired at " + expires);
      }
    } catch (DateTimeException e) {
      throw new IdentityException("context 'expires' is '" + expires + "', expected a time", e);
    }
    return new Verified(manifest, signer);
  }

  /// Checks the signature against the certificate that came with it, whoever issued that: for old
  /// signatures whose signers were believed when they were taken.
  ///
  /// @throws IdentityException if the manifest was changed since
  public void requireIntact() throws IdentityException {
    var signer = unverifiedSigner();
    if (signer.isEmpty()
        || !Identity.isSignedBy(signer.get(), preAuthentication(manifest), signature)) {
      throw new IdentityException("the manifest was changed after it was signed");
    }
  }

  /// A manifest that is believed.
  ///
  /// @param manifest what was signed
  /// @param signer who signed it
  public record Verified(Manifest manifest, Peer signer) {

    /// Refuses a manifest that was signed for something else.
    ///
    /// @param key a context key
    /// @param expected its value
    /// @throws IdentityException if the context says otherwise
    public void require(String key, String expected) throws IdentityException {
      var found = manifest.context().get(key);
      if (!expected.equals(found)) {
        throw new IdentityException(
            "signed for "
                + key
                + " '"
                + (found == null ? "" : found)
                + "', expected '"
                + expected
                + "'");
      }
    }
  }

  private static byte[] preAuthentication(Manifest manifest) {
    var type = PAYLOAD_TYPE + manifest.type();
    var body = manifest.encode();
    var bytes = new ByteArrayOutputStream();
    var head = "DSSEv1 " + type.length() + " " + type + " " + body.length + " ";
    bytes.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
    bytes.writeBytes(body);
    return bytes.toByteArray();
  }
}
