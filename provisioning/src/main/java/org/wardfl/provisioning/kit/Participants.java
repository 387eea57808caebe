package org.wardfl.provisioning.kit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.wardfl.certs.CertificateAuthority;
import org.wardfl.certs.CertifiedName;
import org.wardfl.certs.Identity;
import org.wardfl.certs.IdentityException;
import org.wardfl.certs.LeafProfile;
import org.wardfl.certs.Peer;
import org.wardfl.certs.TrustAnchors;
import org.wardfl.certs.manifest.Manifest;
import org.wardfl.certs.manifest.SignedManifest;
import org.wardfl.provisioning.KitException;

/// Everybody who takes part, signed by the project: what a server lets in is on this list, however
/// good a certificate is.
///
/// The file `participants.txt` is in the server's kit. A newer one comes with every [KitUpdate] for
/// the server, which `ward provision` writes whenever it is run.
///
/// @param organizations by certified name; the text of a name is its [CertifiedName#uri]
/// @param revoked when all that was issued to a participant was last revoked, for those to whom
///   that happened
/// @param signed when the list was made
public record Participants(
    Map<String, String> organizations, Map<String, Instant> revoked, Instant signed) {

  /// The file's name.
  public static final String FILE = "participants.txt";

  private static final String TYPE = "participants";
  private static final String LIST = "participants";
  private static final String REVOKED = "revoked";

  /// Copies.
  public Participants {
    organizations = Map.copyOf(organizations);
    revoked = Map.copyOf(revoked);
  }

  /// Signs the list.
  ///
  /// @return the file's bytes
  public byte[] sign(Identity signer) {
    var context = new TreeMap<String, String>();
    context.put(LIST, lines(organizations));
    context.put(StartupKit.SIGNED, signed.toString());
    if (!revoked.isEmpty()) {
      context.put(REVOKED, lines(revoked));
    }
    return SignedManifest.sign(Manifest.of(TYPE, context, List.of()), signer).encode();
  }

  private static String lines(Map<String, ?> values) {
    return new TreeMap<>(values)
        .entrySet().stream()
            .map(entry -> entry.getKey() + " " + entry.getValue())
            .collect(Collectors.joining("\n"));
  }

  private static Map<String, String> values(String lines) throws IdentityException {
    var values = new TreeMap<String, String>();
    for (var line : lines.lines().toList()) {
      int space = line.indexOf(' ');
      if (space < 0) {
        throw new IdentityException("a line with a name only");
      }
      values.put(CertifiedName.parse(line.substring(0, space)).uri(), line.substring(space + 1));
    }
    return values;
  }

  /// Reads a list and checks who signed it.
  ///
  /// @throws KitException if it is absent or not believed
  public static Participants read(Path file, TrustAnchors trust) throws KitException, IOException {
    try {
      var manifest = SignedManifest.decode(Files.readAllBytes(file));
      var signed =
          Instant.parse(manifest.unverified().context().getOrDefault(StartupKit.SIGNED, ""));
      var context =
          manifest.verify(TYPE, trust, Set.of(LeafProfile.SIGNER), signed).manifest().context();
      var revoked = new TreeMap<String, Instant>();
      for (var entry : values(context.getOrDefault(REVOKED, "")).entrySet()) {
        revoked.put(entry.getKey(), Instant.parse(entry.getValue()));
      }
      return new Participants(values(context.getOrDefault(LIST, "")), revoked, signed);
    } catch (NoSuchFileException e) {
      throw new KitException(
          file
              + " is missing: the list of participants is in the server's kit, and in the update for the"
              + " server that 'ward provision' writes; install it with 'ward cert install'",
          e);
    } catch (IdentityException | DateTimeException e) {
      throw new KitException(file + " is refused: " + e.getMessage(), e);
    }
  }

  /// Whether this participant is on the list.
  public boolean has(CertifiedName name) {
    return organizations.containsKey(name.uri());
  }

  /// When a participant was revoked, if this certificate of it was issued before: whoever issued
  /// it, and whether or not a revocation list names it, it does not count any more.
  public Optional<Instant> revokedAfter(Peer peer) {
    var issued =
        peer.certificate().getNotBefore().toInstant().plus(CertificateAuthority.CLOCK_TOLERANCE);
    return Optional.ofNullable(revoked.get(peer.name().uri()))
        .filter(time -> issued.isBefore(time.truncatedTo(ChronoUnit.SECONDS)));
  }

  /// The sites, by name, with their organizations.
  public Map<String, String> sites() {
    var sites = new TreeMap<String, String>();
    organizations.forEach((uri, organization) -> {
      try {
        var name = CertifiedName.parse(uri);
        if (name.profile() == LeafProfile.SITE) {
          sites.put(name.name(), organization);
        }
      } catch (IdentityException e) {
        throw new IllegalStateException("checked when it was read", e);
      }
    });
    return sites;
  }
}
