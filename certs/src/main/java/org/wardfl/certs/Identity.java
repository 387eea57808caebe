package org.wardfl.certs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// What a participant proves itself with: its private key and the certificates for it, its own
/// first, then the intermediate authority's.
///
/// Immutable; may be shared by threads. Its text form never shows the key.
public final class Identity {

  private final PrivateKey key;
  private final List<X509Certificate> chain;
  private final CertifiedName name;

  /// An identity; whether others believe it, [TrustAnchors] says.
  ///
  /// @throws IdentityException if the key is not the certificate's, or the chain is not one
  public Identity(PrivateKey key, List<X509Certificate> chain) throws IdentityException {
    if (chain.size() != 2) {
      throw new IdentityException(
          "found "
              + chain.size()
              + " certificates, expected two: the participant's and the intermediate authority's");
    }
    this.key = key;
    this.chain = List.copyOf(chain);
    name = CertificateNames.of(chain.getFirst());
    if (name.isAuthority()) {
      throw new IdentityException(
          "found the certificate of " + name + ", expected a participant's");
    }
    Signing.requirePair(chain.getFirst().getPublicKey(), key);
  }

  /// Reads an identity from one PEM file with its encrypted key and its certificates.
  ///
  /// @throws IdentityException if the file is refused or open to others, or the passphrase wrong
  public static Identity read(Path file, Passphrase passphrase)
      throws IOException, IdentityException {
    var key = KeyFile.read(file, passphrase);
    try {
      return new Identity(key, readChain(file));
    } catch (IdentityException e) {
      throw new IdentityException(file + ": " + e.getMessage(), e);
    }
  }

  /// Writes the file that [#read] reads (0600, replaced in one step), so that there is never a key
  /// beside another key's certificate.
  public void write(Path file, Passphrase passphrase) throws IOException {
    var text = pem(chain) + KeyFile.encrypt(key, passphrase);
    PrivateFile.write(file, text.getBytes(StandardCharsets.US_ASCII));
  }

  /// Reads the certificates of a PEM file, in its order; a key between them is passed over.
  public static List<X509Certificate> readChain(Path file) throws IOException, IdentityException {
    return parseChain(file.toString(), Files.readString(file, StandardCharsets.US_ASCII));
  }

  /// Reads certificates from PEM, in its order; a key between them is passed over.
  ///
  /// @param origin what messages call it
  public static List<X509Certificate> parseChain(String origin, String pem)
      throws IdentityException {
    var chain = new ArrayList<X509Certificate>();
    for (var block : Pem.blocks(origin, pem)) {
      if (block.getType().equals(Pem.ENCRYPTED_KEY) || block.getType().equals(Pem.KEY)) {
        continue;
      }
      if (!block.getType().equals(Pem.CERTIFICATE)) {
        throw new IdentityException(
            origin + ": found " + block.getType() + ", expected certificates");
      }
      chain.add(Pem.certificate(origin, block.getContent()));
    }
    return List.copyOf(chain);
  }

  /// Whom a certificate names that nobody has verified.
  ///
  /// @throws IdentityException if it does not name exactly one participant
  public static CertifiedName unverifiedName(X509Certificate certificate) throws IdentityException {
    return CertificateNames.of(certificate);
  }

  /// Certificates as PEM, in this order.
  public static String pem(List<X509Certificate> chain) {
    return Pem.certificates(chain);
  }

  /// Whom it speaks for.
  public CertifiedName name() {
    return name;
  }

  /// The organization in the certificate, or empty.
  public String organization() {
    return CertificateNames.organization(chain.getFirst());
  }

  /// The participant's own certificate.
  public X509Certificate certificate() {
    return chain.getFirst();
  }

  /// The participant's certificate, then the intermediate authority's.
  public List<X509Certificate> chain() {
    return chain;
  }

  /// The private key, for the TLS stack only.
  public PrivateKey key() {
    return key;
  }

  /// When the certificate ends.
  public Instant notAfter() {
    return certificate().getNotAfter().toInstant();
  }

  /// When to ask for the next certificate: two thirds of this one's life.
  public Instant renewAt() {
    return renewAt(certificate());
  }

  /// When the holder of a certificate is to ask for the next one.
  public static Instant renewAt(X509Certificate certificate) {
    var from = certificate.getNotBefore().toInstant();
    var life = Duration.between(from, certificate.getNotAfter().toInstant());
    return from.plus(life.multipliedBy(2).dividedBy(3));
  }

  /// Signs bytes; the caller says in them what they mean.
  public byte[] sign(byte[] message) {
    return Signing.sign(key, message);
  }

  /// Whether the holder of this certificate signed these bytes.
  public static boolean isSignedBy(X509Certificate signer, byte[] message, byte[] signature) {
    return Signing.isValid(signer.getPublicKey(), message, signature);
  }

  @Override
  public String toString() {
    return name + " until " + notAfter();
  }
}
