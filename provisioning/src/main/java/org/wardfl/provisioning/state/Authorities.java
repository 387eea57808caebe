package org.wardfl.provisioning.state;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.wardfl.certs.CertificateAuthority;
import org.wardfl.certs.CertificateText;
import org.wardfl.certs.CertifiedName;
import org.wardfl.certs.Identity;
import org.wardfl.certs.IdentityException;
import org.wardfl.certs.KeyFile;
import org.wardfl.certs.Leaf;
import org.wardfl.certs.LeafProfile;
import org.wardfl.certs.Passphrase;
import org.wardfl.certs.PrivateFile;
import org.wardfl.certs.Revocation;
import org.wardfl.certs.RevocationList;
import org.wardfl.certs.TrustAnchors;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.project.CertificateSettings;

/// The authorities of a project on disk, by generation: each has a root, the intermediates `users`
/// and `transport`, and the project's own signer. Every key is encrypted with the passphrase.
///
/// The root's key is needed only to make a generation. Its file may be kept elsewhere at all other
/// times.
final class Authorities {

  private static final List<String> INTERMEDIATES = List.of("users", "transport");
  private static final String SIGNER = "signer";
  private static final Duration LIST_LIFETIME = Duration.ofDays(30);

  private final Path folder;
  private final Passphrase passphrase;
  private final Map<String, CertificateAuthority> open = new HashMap<>();
  private final Map<Integer, Identity> signers = new HashMap<>();

  Authorities(Path folder, Passphrase passphrase) {
    this.folder = folder;
    this.passphrase = passphrase;
  }

  /// Makes a generation; the files are there, but mean nothing before the registry names it.
  ///
  /// @throws IOException if they cannot be written; there are none then
  void create(int generation, String project, CertificateSettings settings, Instant now)
      throws IOException {
    try {
      make(generation, project, settings, now);
    } catch (IOException e) {
      try {
        delete(generation);
      } catch (IOException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  private void make(int generation, String project, CertificateSettings settings, Instant now)
      throws IOException {
    PrivateFile.createFolder(folder);
    var root = CertificateAuthority.createRoot(project, settings.keyType(), now, settings.root());
    write(generation, CertificateAuthority.ROOT, root);
    // A root's list is made once: the authorities under it end before it is due again.
    var list = root.revoke(BigInteger.ONE, List.of(), now, settings.intermediate().plusDays(1));
    PrivateFile.write(
        file(generation, CertificateAuthority.ROOT, ".crl.pem"),
        list.pem().getBytes(StandardCharsets.US_ASCII));
    for (var name : INTERMEDIATES) {
      write(
          generation,
          name,
          root.createIntermediate(name, settings.keyType(), now, settings.intermediate()));
    }
    try {
      var pair = settings.keyType().generate();
      var name = new CertifiedName(project, SIGNER, "project");
      var users = authority(generation, LeafProfile.SIGNER.issuer());
      var certificate =
          users.issue(
              new Leaf(name, "", List.of(), pair.getPublic()), now, settings.intermediate());
      new Identity(pair.getPrivate(), List.of(certificate, users.certificate()))
          .write(file(generation, SIGNER, ".pem"), passphrase);
    } catch (IdentityException e) {
      throw new IllegalStateException("new authorities issue", e);
    }
  }

  private void delete(int generation) throws IOException {
    if (Files.isDirectory(folder)) {
      try (var files = Files.list(folder)) {
        for (var file : files.toList()) {
          if (file.getFileName().toString().startsWith(generation + "-")) {
            Files.delete(file);
          }
        }
      }
    }
  }

  /// Refuses a clock at which nothing that these authorities sign would be believed.
  void requireValid(int generation, Instant now)
      throws IOException, IdentityException, KitException {
    var users = certificate(generation, LeafProfile.USER.issuer());
    var project = CertificateText.of(users).name();
    var clock = now.truncatedTo(ChronoUnit.SECONDS);
    if (now.isBefore(users.getNotBefore().toInstant())) {
      throw new KitException(
          "this clock says "
              + clock
              + ", but "
              + project
              + " was made at "
              + users.getNotBefore().toInstant()
              + "; set the clock of this machine");
    }
    if (now.isAfter(users.getNotAfter().toInstant())) {
      throw new KitException(
          project
              + " ended at "
              + users.getNotAfter().toInstant()
              + ", and this clock says "
              + clock
              + "; check the clock of this machine. If it is right, nobody believes these"
              + " authorities any more: provision the project anew with another --out");
    }
  }

  /// When the intermediates end, and with them everything that they issued.
  Instant end(int generation) throws IOException, IdentityException {
    return certificate(generation, LeafProfile.USER.issuer()).getNotAfter().toInstant();
  }

  /// An intermediate authority with its key.
  ///
  /// @throws IdentityException if the passphrase is wrong
  CertificateAuthority authority(int generation, String name)
      throws IOException, IdentityException {
    var found = open.get(generation + name);
    if (found == null) {
      found =
          new CertificateAuthority(
              certificate(generation, name),
              KeyFile.read(file(generation, name, ".key.pem"), passphrase));
      open.put(generation + name, found);
    }
    return found;
  }

  /// The project's own identity, which signs kits and updates.
  Identity signer(int generation) throws IOException, IdentityException {
    var found = signers.get(generation);
    if (found == null) {
      found = Identity.read(file(generation, SIGNER, ".pem"), passphrase);
      signers.put(generation, found);
    }
    return found;
  }

  /// New revocation lists of all intermediates, with what the registry says is revoked.
  TrustAnchors publish(Registry registry, Instant now) throws IOException, IdentityException {
    var certificates = new ArrayList<X509Certificate>();
    var lists = new ArrayList<RevocationList>();
    for (int generation : registry.generations()) {
      certificates.add(certificate(generation, CertificateAuthority.ROOT));
      lists.add(
          RevocationList.parse(
              "root list",
              Files.readString(file(generation, CertificateAuthority.ROOT, ".crl.pem"))));
      for (var name : INTERMEDIATES) {
        certificates.add(certificate(generation, name));
        lists.add(
            authority(generation, name)
                .revoke(
                    BigInteger.valueOf(registry.trust()),
                    revoked(registry, generation, name, now),
                    now,
                    LIST_LIFETIME));
      }
    }
    return TrustAnchors.of(certificates, lists);
  }

  private static List<Revocation> revoked(
      Registry registry, int generation, String issuer, Instant now) {
    return registry.members().values().stream()
        .filter(member -> LeafProfile.ofRole(member.role()).issuer().equals(issuer))
        .flatMap(member -> member.certificates().stream())
        .filter(issued -> issued.generation() == generation && !issued.revoked().isEmpty())
        .filter(issued -> issued.ends().isAfter(now))
        .map(issued ->
            new Revocation(new BigInteger(issued.serial(), 16), Instant.parse(issued.revoked())))
        .toList();
  }

  private X509Certificate certificate(int generation, String name)
      throws IOException, IdentityException {
    return Identity.readChain(file(generation, name, ".pem")).getFirst();
  }

  private void write(int generation, String name, CertificateAuthority authority)
      throws IOException {
    KeyFile.write(file(generation, name, ".key.pem"), authority.key(), passphrase);
    PrivateFile.write(
        file(generation, name, ".pem"),
        Identity.pem(List.of(authority.certificate())).getBytes(StandardCharsets.US_ASCII));
    open.put(generation + name, authority);
  }

  private Path file(int generation, String name, String ending) {
    return folder.resolve(generation + "-" + name + ending);
  }
}
