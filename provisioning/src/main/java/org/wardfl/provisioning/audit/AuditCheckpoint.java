package org.wardfl.provisioning.audit;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.wardfl.certs.CertifiedName;
import org.wardfl.certs.Identity;
import org.wardfl.certs.IdentityException;
import org.wardfl.certs.LeafProfile;
import org.wardfl.certs.Peer;
import org.wardfl.certs.TrustAnchors;
import org.wardfl.certs.manifest.Manifest;
import org.wardfl.certs.manifest.SignedManifest;

/// How far an audit log had come at a time, signed by its owner with the key that its TLS
/// certificate is for. The hash of the last record covers all before it, so whoever keeps a
/// checkpoint can tell later whether one of them was changed, or whether the log was cut.
public final class AuditCheckpoint {

  /// Bytes that an encoded checkpoint may have.
  public static final int MAX_BYTES = 16 << 10;

  private static final String TYPE = "audit-checkpoint";
  private static final String LOG = "log";
  private static final String BEGINS = "begins";
  private static final String RECORDS = "records";
  private static final String HEAD = "head";
  private static final String TIME = "time";

  private final SignedManifest signed;
  private final String owner;
  private final String begins;
  private final long records;
  private final String head;
  private final Instant time;

  private AuditCheckpoint(SignedManifest signed) throws IdentityException {
    var manifest = signed.unverified();
    var context = manifest.context();
    if (!manifest.type().equals(TYPE)
        || !manifest.files().isEmpty()
        || !context.keySet().equals(Set.of(LOG, BEGINS, RECORDS, HEAD, TIME))) {
      throw new IdentityException(
          "a signed manifest of type '" + manifest.type() + "', expected an audit checkpoint");
    }
    this.signed = signed;
    try {
      owner = CertifiedName.parse(context.getOrDefault(LOG, "")).uri();
      begins = hash(context.getOrDefault(BEGINS, ""));
      head = hash(context.getOrDefault(HEAD, ""));
      records = Long.parseLong(context.getOrDefault(RECORDS, ""));
      time = Instant.parse(context.getOrDefault(TIME, ""));
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new IdentityException("not an audit checkpoint: " + e.getMessage(), e);
    }
    if (records < 0) {
      throw new IdentityException("an audit checkpoint of " + records + " records");
    }
  }

  private static String hash(String text) {
    if (!text.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException("a hash of " + text.length() + " characters");
    }
    return text;
  }

  static AuditCheckpoint sign(
      String begins, long records, String head, Instant time, Identity signer) {
    var context =
        Map.of(
            LOG,
            signer.name().uri(),
            BEGINS,
            begins,
            RECORDS,
            Long.toString(records),
            HEAD,
            head,
            TIME,
            time.toString());
    try {
      return new AuditCheckpoint(
          SignedManifest.sign(Manifest.of(TYPE, context, List.of()), signer));
    } catch (IdentityException e) {
      throw new IllegalStateException("a checkpoint of our own", e);
    }
  }

  /// Reads what a peer or a log holds; nothing in it is believed before [#verify].
  ///
  /// @throws IdentityException if it is no checkpoint
  public static AuditCheckpoint decode(byte[] bytes) throws IdentityException {
    if (bytes.length > MAX_BYTES) {
      throw new IdentityException(
          "an audit checkpoint of " + bytes.length + " bytes, expected at most " + MAX_BYTES);
    }
    return new AuditCheckpoint(SignedManifest.decode(bytes));
  }

  static AuditCheckpoint fromText(String base64) throws IdentityException {
    try {
      return decode(Base64.getDecoder().decode(base64));
    } catch (IllegalArgumentException e) {
      throw new IdentityException("an audit checkpoint that is not base64", e);
    }
  }

  /// The bytes that cross the wire.
  public byte[] encode() {
    return signed.encode();
  }

  /// Checks that the owner of the log signed this.
  ///
  /// @param owners who may have such a log
  /// @param at the time that counts
  /// @throws IdentityException if the signature does not count; the message says why
  public Peer verify(TrustAnchors anchors, Set<LeafProfile> owners, Instant at)
      throws IdentityException {
    var signer = signed.verify(TYPE, anchors, owners, at).signer();
    if (!signer.name().uri().equals(owner)) {
      throw new IdentityException(signer.name() + " signed a checkpoint of the log of " + owner);
    }
    return signer;
  }

  /// Checks the signature against the certificate that came with it, whoever issued that.
  ///
  /// @throws IdentityException if it is another's, or the checkpoint was changed
  void requireIntact() throws IdentityException {
    signed.requireIntact();
    var certificate = signed.unverifiedSigner().orElseThrow();
    if (!Identity.unverifiedName(certificate).uri().equals(owner)) {
      throw new IdentityException("somebody else signed a checkpoint of the log of " + owner);
    }
  }

  /// What is wrong with the log if this checkpoint was signed after an earlier one.
  Optional<String> contradiction(AuditCheckpoint earlier) {
    var before = earlier.records + " records at " + earlier.time;
    if (!begins.equals(earlier.begins)) {
      return Optional.of(
          "the audit log of " + owner + " was begun anew; the one before had " + before);
    }
    if (records < earlier.records) {
      return Optional.of(
          "the audit log of " + owner + " has " + records + " records, but had " + before);
    }
    return records == earlier.records && !head.equals(earlier.head)
        ? Optional.of("the audit log of " + owner + " was written anew; it had " + before)
        : Optional.empty();
  }

  /// The record that keeps it.
  ///
  /// @param actor whose log it is
  AuditEntry entry(String actor, String action) {
    return AuditEntry.done(actor, action, records + " records")
        .onHash(head)
        .saying("until " + time + " of the log that begins with " + begins)
        .with(AuditEntry.CHECKPOINT, Base64.getEncoder().encodeToString(encode()));
  }

  /// The certified name of the log's owner.
  public String owner() {
    return owner;
  }

  /// SHA-256 of the log's first record, which tells it from other logs of its owner; zeros if it
  /// had none.
  public String begins() {
    return begins;
  }

  /// How many records there were.
  public long records() {
    return records;
  }

  /// SHA-256 of the last of them, 64 hexadecimal digits; zeros if there was none.
  public String head() {
    return head;
  }

  /// When it was signed.
  public Instant time() {
    return time;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AuditCheckpoint checkpoint
        && Arrays.equals(encode(), checkpoint.encode());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(encode());
  }

  @Override
  public String toString() {
    return records + " records of the log of " + owner + " at " + time;
  }
}
