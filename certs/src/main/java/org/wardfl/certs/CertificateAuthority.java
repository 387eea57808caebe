package org.wardfl.certs;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// An authority: a certificate that may sign others, and its private key.
///
/// A project has a root, kept offline, and under it two intermediates of path length 0: `users`,
/// for people and for the project's own signature, and `transport`, for servers and sites. Values
/// are immutable and may be shared by threads.
public final class CertificateAuthority {

  /// The name of the root among a project's authorities.
  public static final String ROOT = "root";

  /// How long before its issue a certificate is valid, for clocks that are a little slow.
  public static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(5);

  private static final int SERIAL_BITS = 128;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final X509Certificate certificate;
  private final PrivateKey key;

  /// An authority that was made before.
  ///
  /// @throws IdentityException if the key is not the certificate's, or it is no authority's
  public CertificateAuthority(X509Certificate certificate, PrivateKey key)
      throws IdentityException {
    if (!CertificateNames.of(certificate).isAuthority()) {
      throw new IdentityException(
          "certificate of " + CertificateNames.of(certificate) + ", expected an authority's");
    }
    Signing.requirePair(certificate.getPublicKey(), key);
    this.certificate = certificate;
    this.key = key;
  }

  /// Reads an authority from one PEM file with its certificate and its encrypted key.
  ///
  /// @throws IdentityException if the file is refused or open to others, or the passphrase wrong
  public static CertificateAuthority read(Path file, Passphrase passphrase)
      throws IOException, IdentityException {
    var key = KeyFile.read(file, passphrase);
    return new CertificateAuthority(Identity.readChain(file).getFirst(), key);
  }

  /// Writes the file that [#read] reads (0600, replaced in one step).
  public void write(Path file, Passphrase passphrase) throws IOException {
    var text = Pem.certificates(List.of(certificate)) + KeyFile.encrypt(key, passphrase);
    PrivateFile.write(file, text.getBytes(StandardCharsets.US_ASCII));
  }

  /// A new root of a project: self-signed, with room for one level of authorities below.
  public static CertificateAuthority createRoot(
      String project, KeyType type, Instant now, Duration lifetime) {
    var pair = type.generate();
    var name = new CertifiedName(project, CertifiedName.AUTHORITY, ROOT);
    return certify(
        name, pair, 1, subject(name, now), pair.getPrivate(), pair.getPublic(), now, lifetime);
  }

  /// A new authority under this one, which can issue end-entity certificates only.
  ///
  /// @param intermediate `users` or `transport`
  public CertificateAuthority createIntermediate(
      String intermediate, KeyType type, Instant now, Duration lifetime) {
    var name = new CertifiedName(name().project(), CertifiedName.AUTHORITY, intermediate);
    return certify(
        name,
        type.generate(),
        0,
        X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded()),
        key,
        certificate.getPublicKey(),
        now,
        within(now, lifetime));
  }

  /// Issues an end-entity certificate.
  ///
  /// It ends with this authority's own at the latest.
  ///
  /// @param leaf whom it speaks for
  /// @throws IdentityException if this authority may not issue that profile, or has ended
  public X509Certificate issue(Leaf leaf, Instant now, Duration lifetime) throws IdentityException {
    var profile = leaf.name().profile();
    if (!name().name().equals(profile.issuer())
        || !leaf.name().project().equals(name().project())) {
      throw new IdentityException(
          name()
              + " may not certify "
              + leaf.name()
              + ", which the authority "
              + profile.issuer()
              + " of its own project does");
    }
    if (!now.isBefore(certificate.getNotAfter().toInstant())) {
      throw new IdentityException(
          name()
              + " ended at "
              + certificate.getNotAfter().toInstant()
              + ": make new authorities with"
              + " 'ward cert rotate'");
    }
    KeyType.check(leaf.key());
    var names = new ArrayList<GeneralName>();
    names.add(new GeneralName(GeneralName.uniformResourceIdentifier, leaf.name().uri()));
    for (var host : leaf.hosts()) {
      names.add(CertificateNames.host(host));
    }
    try {
      var builder =
          builder(
              X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded()),
              certificate.getPublicKey(),
              subject(leaf.name(), leaf.organization()),
              leaf.key(),
              now,
              within(now, lifetime));
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(
          Extension.extendedKeyUsage,
          false,
          new ExtendedKeyUsage(
              KeyPurposeId.getInstance(new ASN1ObjectIdentifier(profile.extendedKeyUsage()))));
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(names.toArray(GeneralName[]::new)));
      return Pem.certificate("new certificate", builder.build(signer(key)).getEncoded());
    } catch (IOException e) {
      throw new IllegalStateException("a certificate could not be encoded", e);
    }
  }

  /// Issues a participant's next certificate: the same name, role, organization and hosts, and the
  /// key of the request.
  ///
  /// This is all that an authority does that is online; who may ask is decided by the caller, who
  /// has checked the present certificate.
  ///
  /// @param current who asks, as [TrustAnchors] believed it
  /// @throws IdentityException if the request is for anything else, or this authority has ended
  public X509Certificate renew(Peer current, SigningRequest request, Instant now, Duration lifetime)
      throws IdentityException {
    request.requireFor(current.name(), current.organization());
    var hosts = CertificateNames.hosts(current.certificate());
    return issue(
        new Leaf(current.name(), current.organization(), hosts, request.key()), now, lifetime);
  }

  /// Lists what this authority has revoked.
  ///
  /// @param number above that of every earlier list of this authority
  /// @param lifetime when the next one is due at the latest
  public RevocationList revoke(
      BigInteger number, Collection<Revocation> revoked, Instant now, Duration lifetime) {
    var issuer = X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
    var from = now.truncatedTo(ChronoUnit.SECONDS);
    var builder = new X509v2CRLBuilder(issuer, Date.from(from));
    builder.setNextUpdate(Date.from(from.plus(lifetime)));
    for (var entry : revoked) {
      builder.addCRLEntry(entry.serial(), Date.from(entry.time()), CRLReason.unspecified);
    }
    try {
      builder.addExtension(Extension.cRLNumber, false, new CRLNumber(number));
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          identifiers().createAuthorityKeyIdentifier(certificate.getPublicKey()));
      return new RevocationList(Pem.crl("new list", builder.build(signer(key)).getEncoded()));
    } catch (IOException | IdentityException e) {
      throw new IllegalStateException("a revocation list could not be encoded", e);
    }
  }

  /// The authority's certificate.
  public X509Certificate certificate() {
    return certificate;
  }

  /// The authority's private key, to be written to a [KeyFile].
  public PrivateKey key() {
    return key;
  }

  /// Which authority of which project.
  public CertifiedName name() {
    return Optional.of(certificate).flatMap(CertificateNames::find).orElseThrow();
  }

  private Duration within(Instant now, Duration lifetime) {
    var remaining = Duration.between(now, certificate.getNotAfter().toInstant());
    return remaining.compareTo(lifetime) < 0 ? remaining : lifetime;
  }

  private static CertificateAuthority certify(
      CertifiedName name,
      KeyPair pair,
      int pathLength,
      X500Name issuer,
      PrivateKey issuerKey,
      PublicKey issuerPublicKey,
      Instant now,
      Duration lifetime) {
    try {
      var builder =
          builder(issuer, issuerPublicKey, subject(name, now), pair.getPublic(), now, lifetime);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(pathLength));
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, name.uri())));
      var encoded = builder.build(signer(issuerKey)).getEncoded();
      return new CertificateAuthority(Pem.certificate("new authority", encoded), pair.getPrivate());
    } catch (IOException | IdentityException e) {
      throw new IllegalStateException("a certificate could not be encoded", e);
    }
  }

  private static X509v3CertificateBuilder builder(
      X500Name issuer,
      PublicKey issuerKey,
      X500Name subject,
      PublicKey key,
      Instant now,
      Duration lifetime)
      throws CertIOException {
    var from = now.truncatedTo(ChronoUnit.SECONDS);
    var builder =
        new X509v3CertificateBuilder(
            issuer,
            new BigInteger(SERIAL_BITS, RANDOM).setBit(SERIAL_BITS - 1),
            Date.from(from.minus(CLOCK_TOLERANCE)),
            Date.from(from.plus(lifetime).truncatedTo(ChronoUnit.SECONDS)),
            subject,
            SubjectPublicKeyInfo.getInstance(key.getEncoded()));
    builder.addExtension(
        Extension.subjectKeyIdentifier, false, identifiers().createSubjectKeyIdentifier(key));
    builder.addExtension(
        Extension.authorityKeyIdentifier,
        false,
        identifiers().createAuthorityKeyIdentifier(issuerKey));
    return builder;
  }

  private static X500Name subject(CertifiedName name, String organization) {
    var builder = new X500NameBuilder(BCStyle.INSTANCE);
    if (!organization.isEmpty()) {
      builder.addRDN(BCStyle.O, organization);
    }
    return builder.addRDN(BCStyle.CN, name.name()).build();
  }

  /// The time tells the authorities of a roll-over apart.
  private static X500Name subject(CertifiedName authority, Instant now) {
    return new X500NameBuilder(BCStyle.INSTANCE)
        .addRDN(BCStyle.O, authority.project())
        .addRDN(BCStyle.OU, now.truncatedTo(ChronoUnit.SECONDS).toString())
        .addRDN(BCStyle.CN, authority.name())
        .build();
  }

  private static ContentSigner signer(PrivateKey key) {
    try {
      return new JcaContentSignerBuilder(KeyType.signatureAlgorithm(key)).build(key);
    } catch (OperatorCreationException e) {
      throw new IllegalStateException("this Java cannot sign with " + key.getAlgorithm(), e);
    }
  }

  private static JcaX509ExtensionUtils identifiers() {
    try {
      return new JcaX509ExtensionUtils();
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-1 for key identifiers", e);
    }
  }
}
