package org.wardfl.provisioning.kit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.wardfl.certs.CertificateAuthority;
import org.wardfl.certs.Fingerprint;
import org.wardfl.certs.Identity;
import org.wardfl.certs.IdentityException;
import org.wardfl.certs.IdentityKeyManager;
import org.wardfl.certs.KeyType;
import org.wardfl.certs.LeafProfile;
import org.wardfl.certs.Passphrase;
import org.wardfl.certs.PeerTrustManager;
import org.wardfl.certs.TrustAnchors;
import org.wardfl.provisioning.KitException;

/// A startup kit that a running process works with: whom it speaks for and whom it believes, in TLS
/// handshakes and in every call, also after its files were replaced.
///
/// ```java
/// var kit = ActiveKit.open(folder, passphrase, InstantSource.system(), Set.of(LeafProfile.SITE));
/// var tls = Tls.ofThisMachine().client(kit.keys(), kit.peers());
/// ```
///
/// The two managers are the same objects for the life of the process. Files are replaced by `ward
/// cert install` in another process, which [#reload] notices, or here by [#install]. Safe for
/// threads.
public final class ActiveKit {

  private final Path folder;
  private final Passphrase passphrase;
  private final InstantSource clock;
  private final IdentityKeyManager keys;
  private final PeerTrustManager peers;
  private volatile StartupKit kit;
  private volatile Optional<CertificateAuthority> authority;
  private Content content;

  /// What the files held when they were read, to notice a change without opening the key.
  private record Content(String identity, String trust, String authority) {

    static Content of(KitLayout layout) throws IOException {
      return new Content(
          digest(layout.identity()), digest(layout.trust()), digest(layout.authority()));
    }

    private static String digest(Path file) throws IOException {
      return Files.exists(file) ? Fingerprint.of(Files.readAllBytes(file)).digest() : "";
    }
  }

  private ActiveKit(
      StartupKit kit,
      Identity identity,
      Optional<CertificateAuthority> authority,
      Content content,
      Passphrase passphrase,
      InstantSource clock) {
    this.folder = kit.folder();
    this.kit = kit;
    this.authority = authority;
    this.content = content;
    this.passphrase = passphrase;
    this.clock = clock;
    keys = new IdentityKeyManager(identity);
    peers =
        kit.name().name().profile() == LeafProfile.SERVER
            ? PeerTrustManager.ofServer(kit.trust(), clock)
            : PeerTrustManager.ofClient(kit.trust(), clock, kit.name().server());
  }

  /// Opens a kit with all checks of [StartupKit#open] and [StartupKit#identity].
  ///
  /// @param passphrase opens the key; kept, because later keys are encrypted with it too
  /// @param expected whose kit it must be
  /// @throws KitException if any check fails; the message says what to do
  public static ActiveKit open(
      Path folder, Passphrase passphrase, InstantSource clock, Set<LeafProfile> expected)
      throws KitException, IOException {
    var content = Content.of(new KitLayout(folder));
    var kit = StartupKit.open(folder).require(expected);
    return new ActiveKit(
        kit,
        kit.identity(passphrase, clock.instant()),
        authority(kit, passphrase),
        content,
        passphrase,
        clock);
  }

  /// The kit as it was read last: its folder, names, server's address and trust.
  public StartupKit kit() {
    return kit;
  }

  /// Presents the identity of now; for TLS.
  public IdentityKeyManager keys() {
    return keys;
  }

  /// Believes peers as the trust of now does: any participant at a server, else only the kit's
  /// server; for TLS.
  public PeerTrustManager peers() {
    return peers;
  }

  /// Whom this process speaks for, of now.
  public Identity identity() {
    return keys.identity();
  }

  /// Whom this process believes, of now; asked for every call with [TrustAnchors#isRevoked].
  public TrustAnchors trust() {
    return peers.anchors();
  }

  /// The authority that the project admin has handed to this server with `ward cert delegate`, so
  /// that sites are renewed without a person; empty where that did not happen.
  public Optional<CertificateAuthority> authority() {
    return authority;
  }

  private static Optional<CertificateAuthority> authority(StartupKit kit, Passphrase passphrase)
      throws KitException, IOException {
    var file = new KitLayout(kit.folder()).authority();
    if (kit.name().name().profile() != LeafProfile.SERVER || !Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(CertificateAuthority.read(file, passphrase));
    } catch (IdentityException e) {
      throw new KitException(
          e.getMessage() + "; make it again with 'ward cert delegate', or delete it", e);
    }
  }

  /// Reads the files again if they changed since. New trust holds from the next call and handshake
  /// on, a new identity from the next handshake on.
  ///
  /// @return whether anything changed
  /// @throws KitException if what lies there now is refused; what was in use stays in use
  public synchronized boolean reload() throws KitException, IOException {
    var present = Content.of(new KitLayout(folder));
    if (present.equals(content)) {
      return false;
    }
    var next = StartupKit.open(folder).require(Set.of(kit.name().name().profile()));
    KitUpdate.requireLater(kit.trust(), next.trust());
    var identity =
        present.identity().equals(content.identity())
            ? keys.identity()
            : next.identity(passphrase, clock.instant());
    var nextAuthority =
        present.authority().equals(content.authority()) ? authority : authority(next, passphrase);
    peers.exchange(next.trust());
    authority = nextAuthority;
    if (identity != keys.identity()) {
      keys.exchange(identity);
    }
    kit = next;
    content = present;
    return true;
  }

  /// Installs an update or answer that arrived, and takes it into use.
  ///
  /// @return what was done, one sentence each
  /// @throws KitException if the kit's trust does not believe it; nothing has changed then
  public synchronized List<String> install(KitUpdate update) throws KitException, IOException {
    var done = update.install(StartupKit.open(folder), Optional.of(passphrase), clock.instant());
    reload();
    return done;
  }

  /// Installs the certificate with which an authority answered the request under way, and takes it
  /// into use.
  ///
  /// @param certificates as PEM: the new one and that of its authority
  /// @throws KitException if it is not believed, for somebody else, or for another key; nothing has
  ///   changed then
  public synchronized void install(byte[] certificates) throws KitException, IOException {
    try {
      var present = StartupKit.open(folder);
      var chain =
          Identity.parseChain("the answer", new String(certificates, StandardCharsets.US_ASCII));
      var identity =
          RequestedIdentity.of(present, chain, present.trust(), passphrase, clock.instant());
      if (identity.isPresent()) {
        RequestedIdentity.install(present, identity.get(), passphrase);
      }
    } catch (IdentityException e) {
      throw new KitException("the answer is refused: " + e.getMessage(), e);
    }
    reload();
  }

  /// The request for the next certificate, once two thirds of the present one's life are over;
  /// signed with the present identity, so that nobody has to call. Made once, then found again
  /// until its answer is installed.
  ///
  /// @return the file to be sent, or empty while there is time
  public synchronized Optional<Path> renewal() throws KitException, IOException {
    var now = clock.instant();
    var identity = keys.identity();
    if (now.isBefore(identity.renewAt())) {
      return Optional.empty();
    }
    return Optional.of(request(KeyType.of(identity.certificate().getPublicKey())));
  }

  /// The same before it is due.
  ///
  /// @param type of the new key
  public synchronized Path request(KeyType type) throws KitException, IOException {
    return KitRequest.make(kit, type, passphrase, Optional.of(keys.identity()), clock.instant());
  }
}
