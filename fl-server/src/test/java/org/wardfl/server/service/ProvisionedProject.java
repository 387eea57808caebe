package org.wardfl.server.service;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.wardfl.certs.CertificateAuthority;
import org.wardfl.certs.CertifiedName;
import org.wardfl.certs.Identity;
import org.wardfl.certs.IdentityException;
import org.wardfl.certs.KeyFile;
import org.wardfl.certs.KeyType;
import org.wardfl.certs.Leaf;
import org.wardfl.certs.Passphrase;
import org.wardfl.certs.Revocation;
import org.wardfl.certs.TrustAnchors;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.kit.ActiveKit;
import org.wardfl.provisioning.kit.KitUpdate;
import org.wardfl.provisioning.kit.StartupKit;
import org.wardfl.provisioning.project.ProjectFile;
import org.wardfl.provisioning.state.Provisioner;
import org.wardfl.provisioning.state.RootRollOver;
import org.wardfl.provisioning.yaml.YamlException;
import org.wardfl.provisioning.yaml.YamlFile;

/// A project as `ward provision` makes it, once for all tests of a run, and its authorities' keys,
/// which no server has.
public final class ProvisionedProject {

  /// When everything is issued.
  public static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

  private static final Passphrase PASSPHRASE = new Passphrase("the admin's own");
  private static final Duration LEAF = Duration.ofDays(90);
  private static final String FILE =
      """
      api_version: 3
      name: chest_ct
      participants:
        - {name: fl.example.org, type: server, org: uni}
        - {name: admin@uni.org, type: admin, org: uni, role: project_admin}
        - {name: lead@uni.org, type: admin, org: uni, role: lead}
        - {name: site-1, type: client, org: hospa}
        - {name: site-2, type: client, org: hospb}
      """;

  private final Path out;
  private final Map<String, Identity> identities = new ConcurrentHashMap<>();
  private final Map<String, CertifiedName> names = new ConcurrentHashMap<>();
  private final Map<String, CertificateAuthority> authorities = new ConcurrentHashMap<>();
  private final TrustAnchors trust;

  private static final class Holder {
    static final ProvisionedProject PROJECT = new ProvisionedProject();
  }

  private ProvisionedProject() {
    try {
      out = Files.createTempDirectory("ward-project").resolve("out");
      var project = ProjectFile.of(YamlFile.parse("project.yml", FILE)).project();
      new Provisioner(out, PASSPHRASE, InstantSource.fixed(NOW))
          .provision(project, Provisioner.Options.NONE);
      trust = kit("fl.example.org").trust();
    } catch (IOException | KitException | YamlException e) {
      throw new AssertionError(e);
    }
  }

  /// The project.
  public static ProvisionedProject get() {
    return Holder.PROJECT;
  }

  /// What the server's kit believes.
  public TrustAnchors trust() {
    return trust;
  }

  /// The identity in a participant's kit.
  public Identity identity(String name) {
    return identities.computeIfAbsent(
        name,
        _ -> {
          try {
            var password =
                Files.readString(out.resolve("passwords").resolve(name + ".txt")).strip();
            return kit(name).identity(new Passphrase(password), NOW);
          } catch (IOException | KitException e) {
            throw new AssertionError(e);
          }
        });
  }

  /// A copy of a participant's kit, in use.
  ///
  /// @param folder does not exist yet
  public ActiveKit activate(String name, Path folder, InstantSource clock) {
    var from = out.resolve("kits").resolve(name);
    try (var files = Files.walk(from)) {
      for (var file : files.toList()) {
        Files.copy(
            file,
            folder.resolve(from.relativize(file).toString()),
            StandardCopyOption.COPY_ATTRIBUTES);
      }
      var password = Files.readString(out.resolve("passwords").resolve(name + ".txt")).strip();
      return ActiveKit.open(folder, new Passphrase(password), clock, Set.of(name(name).profile()));
    } catch (IOException | KitException e) {
      throw new AssertionError(e);
    }
  }

  /// What the trust is while the root is replaced, in a project of its own.
  static TrustAnchors duringRollOver(Path folder) {
    try {
      var project = ProjectFile.of(YamlFile.parse("project.yml", FILE)).project();
      var clock = InstantSource.fixed(NOW);
      new Provisioner(folder, PASSPHRASE, clock).provision(project, Provisioner.Options.NONE);
      new RootRollOver(folder, PASSPHRASE, clock).start();
      var server = folder.resolve("kits/fl.example.org");
      KitUpdate.read(folder.resolve("updates/fl.example.org.update"))
          .install(StartupKit.open(server), Optional.empty(), NOW);
      return StartupKit.open(server).trust();
    } catch (IOException | KitException | YamlException e) {
      throw new AssertionError(e);
    }
  }

  private StartupKit kit(String name) throws KitException, IOException {
    return StartupKit.open(out.resolve("kits").resolve(name));
  }

  /// An intermediate authority, `users` or `transport`, with its key.
  public CertificateAuthority authority(String name) {
    return authorities.computeIfAbsent(
        name,
        _ -> {
          try {
            var folder = out.resolve("state/ca");
            return new CertificateAuthority(
                Identity.readChain(folder.resolve("1-" + name + ".pem")).getFirst(),
                KeyFile.read(folder.resolve("1-" + name + ".key.pem"), PASSPHRASE));
          } catch (IOException | IdentityException e) {
            throw new AssertionError(e);
          }
        });
  }

  /// A further identity, as honest authorities issue them.
  public Identity issue(String role, String name, Instant from) {
    return issue(role, name, from, LEAF, KeyType.EC_P256.generate());
  }

  /// A further identity with this life and key.
  public Identity issue(String role, String name, Instant from, Duration life, KeyPair pair) {
    var certified = new CertifiedName("chest_ct", role, name);
    var issuer = authority(certified.profile().issuer());
    try {
      var leaf = new Leaf(certified, "hospa", List.of(), pair.getPublic());
      return new Identity(
          pair.getPrivate(), List.of(issuer.issue(leaf, from, life), issuer.certificate()));
    } catch (IdentityException e) {
      throw new AssertionError(e);
    }
  }

  /// The server's trust after these were revoked.
  public TrustAnchors without(Identity... revoked) {
    try {
      return trust.withRevocations(
          Stream.of("transport", "users")
              .map(issuer ->
                  authority(issuer)
                      .revoke(
                          BigInteger.valueOf(100),
                          Stream.of(revoked)
                              .filter(it -> it.name().profile().issuer().equals(issuer))
                              .map(it -> new Revocation(it.certificate().getSerialNumber(), NOW))
                              .toList(),
                          NOW,
                          Duration.ofDays(30)))
              .toList());
    } catch (IdentityException e) {
      throw new AssertionError(e);
    }
  }

  /// A participant's certified name, for which no key need be opened.
  public CertifiedName name(String participant) {
    return names.computeIfAbsent(
        participant,
        _ -> {
          try {
            return kit(participant).name().name();
          } catch (IOException | KitException e) {
            throw new AssertionError(e);
          }
        });
  }
}
