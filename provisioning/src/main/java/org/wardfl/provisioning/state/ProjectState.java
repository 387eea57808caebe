package org.wardfl.provisioning.state;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.wardfl.certs.IdentityException;
import org.wardfl.certs.Passphrase;
import org.wardfl.certs.PrivateFile;
import org.wardfl.certs.TrustAnchors;
import org.wardfl.certs.archive.StagedFolder;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.project.Project;
import org.wardfl.provisioning.yaml.YamlException;
import org.wardfl.provisioning.yaml.YamlFile;

/// The project admin's folder, open for one process: `state/` with authorities and registry, and
/// the results beside it, `kits/`, `zips/`, `passwords/` and `updates/`.
///
/// Everything is prepared first and takes effect when the registry is exchanged. What a killed run
/// prepared is completed by the next one if the registry has it, and thrown away if not.
final class ProjectState implements AutoCloseable {

  /// Time for every participant to install updates and to renew.
  private static final Duration NOTICE = Duration.ofDays(180);

  private final Path out;
  private final FileChannel lock;
  private final Authorities authorities;
  private Registry registry;

  private ProjectState(Path out, FileChannel lock, Authorities authorities, Registry registry) {
    this.out = out;
    this.lock = lock;
    this.authorities = authorities;
    this.registry = registry;
  }

  /// Opens the state of a project, which must be there.
  static ProjectState open(Path out, Passphrase passphrase, Instant now)
      throws KitException, IOException {
    if (!Files.exists(registryFile(out))) {
      throw new KitException(
          out
              + " has no state of a project; expected the folder that 'ward provision' wrote (its"
              + " --out)");
    }
    return load(out, lock(out), passphrase, now);
  }

  /// Opens the state of a project, and makes it first if the folder has none.
  static ProjectState openOrCreate(Path out, Project project, Passphrase passphrase, Instant now)
      throws KitException, IOException {
    PrivateFile.createFolder(out);
    var lock = lock(out);
    try {
      if (!Files.exists(registryFile(out))) {
        create(out, project, passphrase, now);
      }
    } catch (KitException | IOException e) {
      lock.close();
      throw e;
    }
    var state = load(out, lock, passphrase, now);
    if (!state.registry.project().equals(project.name())) {
      state.close();
      throw new KitException(
          out
              + " holds the state of project '"
              + state.registry.project()
              + "', but the project file is for '"
              + project.name()
              + "'; give another --out");
    }
    return state;
  }

  private static ProjectState load(Path out, FileChannel lock, Passphrase passphrase, Instant now)
      throws KitException, IOException {
    try {
      PrivateFile.requireOwnerOnly(out.resolve("state"));
      var registry = RegistryText.read(YamlFile.read(registryFile(out)));
      var authorities = new Authorities(out.resolve("state/ca"), passphrase);
      authorities.requireValid(registry.issuing(), now);
      // A wrong passphrase shows here, before anything is done.
      authorities.authority(registry.issuing(), "users");
      var state = new ProjectState(out, lock, authorities, registry);
      new StagedKits(state).settle();
      state.forgetUnused();
      return state;
    } catch (YamlException | IdentityException e) {
      lock.close();
      throw new KitException(String.valueOf(e.getMessage()), e);
    } catch (KitException | IOException e) {
      lock.close();
      throw e;
    }
  }

  private static void create(Path out, Project project, Passphrase passphrase, Instant now)
      throws KitException, IOException {
    var fresh = out.resolve("state.new");
    StagedFolder.delete(fresh);
    PrivateFile.createFolder(fresh);
    PrivateFile.createFolder(fresh.resolve("trust"));
    PrivateFile.createFolder(fresh.resolve("manifests"));
    PrivateFile.createFolder(fresh.resolve("staged"));
    var authorities = new Authorities(fresh.resolve("ca"), passphrase);
    authorities.create(1, project.name(), project.certificates(), now);
    var registry = new Registry(project.name(), project.certificates(), 1, List.of(1), 1, Map.of());
    try {
      writeTrust(fresh, registry.trust(), authorities.publish(registry, now));
    } catch (IdentityException e) {
      throw new KitException("new authorities could not be used: " + e.getMessage(), e);
    }
    PrivateFile.write(
        fresh.resolve("registry.yaml"),
        RegistryText.write(registry).getBytes(StandardCharsets.UTF_8));
    Files.move(fresh, out.resolve("state"), StandardCopyOption.ATOMIC_MOVE);
    PrivateFile.forceFolder(out);
  }

  /// Only one process at a time works on a state.
  private static FileChannel lock(Path out) throws KitException, IOException {
    var file = out.resolve(".lock");
    if (!Files.exists(file)) {
      PrivateFile.write(file, new byte[0]);
    }
    var channel = FileChannel.open(file, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException _) {
      // This process has it open already.
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    channel.close();
    throw new KitException(out + " is in use by another ward command; wait until it has ended");
  }

  /// Makes a change take effect.
  void commit(Registry next) throws IOException {
    PrivateFile.write(registryFile(out), RegistryText.write(next).getBytes(StandardCharsets.UTF_8));
    registry = next;
  }

  /// New revocation lists for this registry, under the next number, written but not yet in effect.
  Published publish(Registry next, Instant now) throws IOException, KitException {
    try {
      var numbered = next.withTrust(registry.trust() + 1);
      var trust = authorities.publish(numbered, now);
      writeTrust(out.resolve("state"), numbered.trust(), trust);
      return new Published(numbered, trust);
    } catch (IdentityException e) {
      throw new KitException("revocation lists could not be made: " + e.getMessage(), e);
    }
  }

  /// A registry with the trust bundle that it names.
  ///
  /// @param registry to be committed
  /// @param trust on the disk already
  record Published(Registry registry, TrustAnchors trust) {}

  /// The present trust bundle.
  TrustAnchors trust() throws IOException, KitException {
    var file = out.resolve("state/trust").resolve(registry.trust() + ".pem");
    try {
      return TrustAnchors.parse(file.toString(), Files.readString(file));
    } catch (IdentityException e) {
      throw new KitException(String.valueOf(e.getMessage()), e);
    }
  }

  Registry registry() {
    return registry;
  }

  Authorities authorities() {
    return authorities;
  }

  /// What will soon keep the federation from going on, one sentence each.
  List<String> warnings(Instant now) throws IOException, IdentityException {
    var end = authorities.end(registry.issuing());
    return end.isAfter(now.plus(NOTICE))
        ? List.of()
        : List.of(
            "the authorities end at "
                + end
                + ", and with them every certificate; replace them soon, with 'ward cert rotate"
                + " start'");
  }

  /// A folder of results beside the state, made if it is not there.
  Path results(String name) throws IOException {
    var folder = out.resolve(name);
    PrivateFile.createFolder(folder);
    return folder;
  }

  Path inState(String name) {
    return out.resolve("state").resolve(name);
  }

  /// Deletes trust bundles and answers that the registry does not name, or no more.
  private void forgetUnused() throws IOException {
    var used = new HashSet<String>(List.of(registry.trust() + ".pem"));
    for (var member : registry.members().values()) {
      member.certificates().forEach(issued -> used.add(issued.serial() + ".update"));
    }
    for (var folder : List.of(inState("trust"), inState("answers"))) {
      if (Files.isDirectory(folder)) {
        try (var files = Files.list(folder)) {
          for (var file : files.toList()) {
            if (!used.contains(file.getFileName().toString())) {
              Files.delete(file);
            }
          }
        }
      }
    }
  }

  private static void writeTrust(Path state, long number, TrustAnchors trust) throws IOException {
    PrivateFile.write(
        state.resolve("trust").resolve(number + ".pem"),
        trust.pem().getBytes(StandardCharsets.US_ASCII));
  }

  private static Path registryFile(Path out) {
    return out.resolve("state/registry.yaml");
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
