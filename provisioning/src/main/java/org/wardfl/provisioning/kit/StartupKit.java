package org.wardfl.provisioning.kit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.wardfl.certs.Identity;
import org.wardfl.certs.IdentityException;
import org.wardfl.certs.LeafProfile;
import org.wardfl.certs.Passphrase;
import org.wardfl.certs.PrivateFile;
import org.wardfl.certs.TrustAnchors;
import org.wardfl.certs.manifest.Difference;
import org.wardfl.certs.manifest.FolderComparison;
import org.wardfl.certs.manifest.SignedManifest;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.site.ServerFile;
import org.wardfl.provisioning.site.SitePolicyFile;
import org.wardfl.provisioning.yaml.YamlException;
import org.wardfl.provisioning.yaml.YamlFile;

/// A participant's startup kit, opened and checked: nobody else may read it, the project signed
/// what is in it, and nothing in it was changed since.
///
/// @param folder where it lies
/// @param name whose it is
/// @param trust whom it believes
public record StartupKit(Path folder, KitName name, TrustAnchors trust) {

  static final String TYPE = "kit";
  static final String SIGNED = "signed";

  /// Opens a kit.
  ///
  /// @throws KitException if any check fails; the message names what is wrong, all of it
  public static StartupKit open(Path folder) throws KitException, IOException {
    requireKit(folder);
    var layout = new KitLayout(folder);
    try {
      PrivateFile.requireOwnerOnly(folder);
      if (Files.exists(layout.identity())) {
        PrivateFile.requireOwnerOnly(layout.identity());
      }
      var trust =
          TrustAnchors.parse(
              layout.trust().toString(),
              Files.readString(layout.trust(), StandardCharsets.US_ASCII));
      var manifest = SignedManifest.decode(Files.readAllBytes(layout.manifest()));
      requireUnchanged(manifest, trust, folder);
      var name = KitName.read(YamlFile.read(layout.kit()));
      if (!name.name().project().equals(trust.project())) {
        throw new KitException(
            layout.kit()
                + " is for project "
                + name.name().project()
                + ", but "
                + layout.trust()
                + " for project "
                + trust.project());
      }
      return new StartupKit(folder, name, trust);
    } catch (IdentityException | YamlException e) {
      throw new KitException("startup kit " + folder + ": " + e.getMessage(), e);
    }
  }

  /// Refuses a folder that does not look like a kit at all.
  ///
  /// @throws KitException if it is none
  public static void requireKit(Path folder) throws KitException {
    var layout = new KitLayout(folder);
    if (Files.notExists(folder)) {
      throw new KitException(folder + " does not exist; expected the folder of a startup kit");
    }
    if (!Files.isRegularFile(layout.kit()) || !Files.isRegularFile(layout.manifest())) {
      throw new KitException(
          folder
              + " is no startup kit: expected a folder with "
              + KitLayout.KIT
              + " and "
              + KitLayout.MANIFEST);
    }
  }

  /// Reads the identity, and checks that it is this kit's and believed now.
  ///
  /// @throws KitException if there is none yet, the passphrase is wrong, or it is not believed
  public Identity identity(Passphrase passphrase, Instant now) throws KitException, IOException {
    var file = new KitLayout(folder).identity();
    if (!Files.exists(file)) {
      throw new KitException(
          "startup kit "
              + folder
              + " has no certificate yet; ask for one with 'ward cert request"
              + " --kit "
              + folder
              + "' and install the answer with 'ward cert install'");
    }
    try {
      var identity = Identity.read(file, passphrase);
      if (!identity.name().equals(name.name())) {
        throw new KitException(
            file
                + " is the identity of "
                + identity.name()
                + ", but the kit is for "
                + name.name());
      }
      if (now.isAfter(identity.notAfter())) {
        throw new KitException(
            "the certificate of "
                + name.name().name()
                + " ended at "
                + identity.notAfter()
                + ", and this clock says "
                + now.truncatedTo(ChronoUnit.SECONDS)
                + "; check the clock of this machine, or ask for a new certificate with 'ward cert"
                + " request --kit "
                + folder
                + "'");
      }
      trust.verify(identity.chain(), now, Set.of(name.name().profile()));
      return identity;
    } catch (IdentityException e) {
      throw new KitException(String.valueOf(e.getMessage()), e);
    }
  }

  /// This kit, if it is of a kind that the caller works with.
  ///
  /// @throws KitException if it is another's
  public StartupKit require(Set<LeafProfile> expected) throws KitException {
    if (!expected.contains(name.name().profile())) {
      throw new KitException(
          "startup kit "
              + folder
              + " is that of "
              + name.name().name()
              + ", whose role is "
              + name.name().role()
              + "; expected the kit of a "
              + expected.stream()
                  .sorted()
                  .map(profile -> profile.name().toLowerCase(Locale.ROOT))
                  .collect(Collectors.joining(" or ")));
    }
    return this;
  }

  /// What the site allows: the kit's `site.yaml`.
  ///
  /// @throws KitException if the file is missing or breaks a rule, and so allows nothing
  public SitePolicyFile sitePolicy() throws KitException, IOException {
    require(Set.of(LeafProfile.SITE));
    try {
      return SitePolicyFile.read(owners(KitLayout.SITE));
    } catch (YamlException e) {
      throw new KitException(String.valueOf(e.getMessage()), e);
    }
  }

  /// Where [#sitePolicy] lies, for those who read it again for every decision.
  public Path siteFile() {
    return folder.resolve(KitLayout.SITE);
  }

  /// Where the server listens and what it takes: the kit's `server.yaml`.
  ///
  /// @throws KitException if the file is missing or breaks a rule
  public ServerFile serverFile() throws KitException, IOException {
    require(Set.of(LeafProfile.SERVER));
    try {
      return ServerFile.read(owners(KitLayout.SERVER));
    } catch (YamlException e) {
      throw new KitException(String.valueOf(e.getMessage()), e);
    }
  }

  private Path owners(String file) throws KitException {
    var path = folder.resolve(file);
    if (!Files.isRegularFile(path)) {
      throw new KitException(
          path
              + " is missing; without it nothing is allowed. Take it from the kit's zip again and"
              + " edit it");
    }
    return path;
  }

  static void requireUnchanged(SignedManifest manifest, TrustAnchors trust, Path folder)
      throws IdentityException, KitException, IOException {
    verify(manifest, trust);
    var differences = FolderComparison.compare(manifest.unverified(), folder, KitLayout::isLeftOut);
    if (!differences.isEmpty()) {
      throw new KitException(
          "startup kit "
              + folder
              + " is not as the project signed it: "
              + sentences(differences)
              + "; ask the project admin for the kit again");
    }
  }

  /// A kit was signed once and is used for years: the signer must have been valid then, and not be
  /// revoked now.
  static SignedManifest.Verified verify(SignedManifest manifest, TrustAnchors trust)
      throws IdentityException {
    var signed = manifest.unverified().context().getOrDefault(SIGNED, "");
    try {
      return manifest.verify(TYPE, trust, Set.of(LeafProfile.SIGNER), Instant.parse(signed));
    } catch (DateTimeException e) {
      throw new IdentityException("signed at '" + signed + "', expected a time", e);
    }
  }

  private static String sentences(List<Difference> differences) {
    return differences.stream().map(Difference::sentence).collect(Collectors.joining("; "));
  }
}
