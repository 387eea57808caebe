package org.wardfl.provisioning.kit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.wardfl.certs.CertifiedName;
import org.wardfl.certs.Identity;
import org.wardfl.certs.IdentityException;
import org.wardfl.certs.LeafProfile;
import org.wardfl.certs.TrustAnchors;
import org.wardfl.certs.manifest.Manifest;
import org.wardfl.certs.manifest.SignedManifest;
import org.wardfl.provisioning.KitException;

/// Everybody who takes part, signed by the project: what a server lets in is on this list, however
/// good a certificate is.
///
/// The file `participants.txt` is in the server's kit, and a newer one replaces it when
/// participants are added.
///
/// @param organizations by certified name; the text of a name is its [CertifiedName#uri]
/// @param signed when the list was made
public record Participants(Map<String, String> organizations, Instant signed) {

  /// The file's name.
  public static final String FILE = "participants.txt";

  private static final String TYPE = "participants";
  private static final String LIST = "participants";

  /// Copies.
  public Participants {
    organizations = Map.copyOf(organizations);
  }

  /// Signs the list.
  ///
  /// @return the file's bytes
  public byte[] sign(Identity signer) {
    var lines =
        new TreeMap<>(organizations)
            .entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining("\n"));
    var context = Map.of(LIST, lines, StartupKit.SIGNED, signed.toString());
    return SignedManifest.sign(Manifest.of(TYPE, context, List.of()), signer).encode();
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
      var organizations = new TreeMap<String, String>();
      for (var line : context.getOrDefault(LIST, "").lines().toList()) {
        int space = line.indexOf(' ');
        if (space < 0) {
          throw new IdentityException("a line without an organization");
        }
        organizations.put(
            CertifiedName.parse(line.substring(0, space)).uri(), line.substring(space + 1));
      }
      return new Participants(organizations, signed);
    } catch (NoSuchFileException e) {
      throw new KitException(
          file
              + " is missing: the list of participants is in the server's kit, and 'ward provision'"
              + " writes it anew",
          e);
    } catch (IdentityException | DateTimeException e) {
      throw new KitException(file + " is refused: " + e.getMessage(), e);
    }
  }

  /// Whether this participant is on the list.
  public boolean has(CertifiedName name) {
    return organizations.containsKey(name.uri());
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
