package org.wardfl.certs;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;
import org.bouncycastle.pkcs.PKCSException;

/// A request for a certificate (PKCS #10, RFC 2986): a name, a public key, and the proof that
/// whoever asks holds the private one.
///
/// It may be made by [#create] or by openssl. Who the certificate is for is decided by whoever
/// approves; this value only says what was asked, and refuses what nobody may ask.
public final class SigningRequest {

  private static final int MAX_BYTES = 16 << 10;

  private final PKCS10CertificationRequest request;
  private final byte[] encoded;
  private final PublicKey key;
  private final List<String> uris;

  private SigningRequest(PKCS10CertificationRequest request, byte[] encoded)
      throws IdentityException {
    this.request = request;
    this.encoded = encoded;
    key = readKey(request);
    uris = readExtensions(request);
    for (var part : request.getSubject().getRDNs()) {
      for (var attribute : part.getTypesAndValues()) {
        checkAttribute(attribute.getType(), attribute.getValue().toString());
      }
    }
    if (commonName().isEmpty()) {
      throw new IdentityException(
          "the request has not exactly one common name (CN), expected the participant's");
    }
  }

  /// Asks for a certificate for this name; the key signs the request.
  public static SigningRequest create(CertifiedName name, String organization, KeyPair pair) {
    try {
      var subject = new X500NameBuilder(BCStyle.INSTANCE);
      if (!organization.isEmpty()) {
        subject.addRDN(BCStyle.O, organization);
      }
      subject.addRDN(BCStyle.CN, name.name());
      var extensions = new ExtensionsGenerator();
      extensions.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, name.uri())));
      var request =
          new PKCS10CertificationRequestBuilder(
                  subject.build(), SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded()))
              .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate())
              .build(
                  new JcaContentSignerBuilder(KeyType.signatureAlgorithm(pair.getPrivate()))
                      .build(pair.getPrivate()));
      return new SigningRequest(request, request.getEncoded());
    } catch (IOException | OperatorCreationException | IdentityException e) {
      throw new IllegalStateException("a request could not be made", e);
    }
  }

  /// Reads a request from PEM.
  ///
  /// @param origin what messages call it
  /// @throws IdentityException if it is no request, its signature is not by its own key, the key is
  ///   weak, a name has invisible characters, or it asks to be an authority or for extensions other
  ///   than alternative names
  public static SigningRequest parse(String origin, String pem) throws IdentityException {
    if (pem.length() > MAX_BYTES) {
      throw new IdentityException(origin + ": a request of more than " + MAX_BYTES + " bytes");
    }
    var blocks = Pem.blocks(origin, pem);
    if (blocks.size() != 1 || !blocks.getFirst().getType().equals(Pem.REQUEST)) {
      throw new IdentityException(origin + ": expected exactly one " + Pem.REQUEST);
    }
    var der = blocks.getFirst().getContent();
    try {
      var request = new PKCS10CertificationRequest(der);
      if (!Arrays.equals(request.getEncoded(), der)) {
        throw new IdentityException(origin + ": bytes follow the request");
      }
      return new SigningRequest(request, der);
    } catch (IdentityException e) {
      throw new IdentityException(origin + ": " + e.getMessage(), e);
    } catch (IOException | RuntimeException e) {
      throw new IdentityException(origin + ": not a certificate request: " + e.getMessage(), e);
    }
  }

  /// The request as PEM.
  public String pem() {
    return Pem.write(Pem.REQUEST, encoded);
  }

  /// Over the whole request; compared over the telephone before it is approved.
  public Fingerprint fingerprint() {
    return Fingerprint.of(encoded);
  }

  /// The common name that was asked for.
  public String commonName() {
    return CertificateNames.part(request.getSubject(), BCStyle.CN);
  }

  /// The organization that was asked for, or empty.
  public String organization() {
    return CertificateNames.part(request.getSubject(), BCStyle.O);
  }

  /// The key to be certified.
  public PublicKey key() {
    return key;
  }

  /// The key in words.
  public String keyDescription() {
    return KeyType.describe(key);
  }

  /// Refuses a request that asks for another name or organization than these.
  ///
  /// What the request leaves out (organization, URI) is not asked for, and so no contradiction.
  public void requireFor(CertifiedName name, String organization) throws IdentityException {
    if (!commonName().equals(name.name())) {
      throw new IdentityException(
          "request for '" + commonName() + "', expected '" + name.name() + "'");
    }
    if (!organization().isEmpty() && !organization().equals(organization)) {
      throw new IdentityException(
          "request for '"
              + commonName()
              + "' of organization '"
              + organization()
              + "', but the project says '"
              + organization
              + "'");
    }
    for (var uri : uris) {
      if (!uri.equals(name.uri())) {
        throw new IdentityException(
            "request for " + CertifiedName.visible(uri) + ", but the project says " + name.uri());
      }
    }
  }

  private static PublicKey readKey(PKCS10CertificationRequest request) throws IdentityException {
    var info = request.getSubjectPublicKeyInfo();
    PublicKey key;
    try {
      key =
          KeyFactory.getInstance(algorithm(info.getAlgorithm().getAlgorithm()))
              .generatePublic(new X509EncodedKeySpec(info.getEncoded()));
    } catch (GeneralSecurityException | IOException e) {
      throw new IdentityException("the request's key cannot be read: " + e.getMessage(), e);
    }
    KeyType.check(key);
    try {
      if (!request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
        throw new IdentityException(
            "the request is not signed by its own key: whoever made it may not hold that key");
      }
    } catch (OperatorCreationException | PKCSException e) {
      throw new IdentityException("the request's signature cannot be read: " + e.getMessage(), e);
    }
    return key;
  }

  private static String algorithm(ASN1ObjectIdentifier identifier) {
    return switch (identifier.getId()) {
      case "1.2.840.10045.2.1" -> "EC";
      case "1.3.101.112" -> "Ed25519";
      case "1.2.840.113549.1.1.1" -> "RSA";
      default -> identifier.getId();
    };
  }

  private static List<String> readExtensions(PKCS10CertificationRequest request)
      throws IdentityException {
    var uris = new ArrayList<String>();
    var seen = new HashSet<ASN1ObjectIdentifier>();
    for (var attribute : request.getAttributes(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest)) {
      for (var value : attribute.getAttributeValues()) {
        var extensions = Extensions.getInstance(value);
        for (var identifier : extensions.getExtensionOIDs()) {
          if (!seen.add(identifier)) {
            throw new IdentityException("the request names an extension twice: " + identifier);
          }
          checkExtension(extensions, identifier, uris);
        }
      }
    }
    return List.copyOf(uris);
  }

  private static void checkExtension(
      Extensions extensions, ASN1ObjectIdentifier identifier, List<String> uris)
      throws IdentityException {
    if (identifier.equals(Extension.basicConstraints)) {
      if (BasicConstraints.fromExtensions(extensions).isCA()) {
        throw new IdentityException(
            "the request asks to be an authority (CA:TRUE), which no participant may be");
      }
    } else if (identifier.equals(Extension.subjectAlternativeName)) {
      for (var name :
          GeneralNames.fromExtensions(extensions, Extension.subjectAlternativeName).getNames()) {
        if (name.getTagNo() == GeneralName.uniformResourceIdentifier) {
          uris.add(name.getName().toString());
        }
      }
    } else if (!identifier.equals(Extension.keyUsage)
        && !identifier.equals(Extension.extendedKeyUsage)
        && !identifier.equals(Extension.subjectKeyIdentifier)) {
      // Usages are those of the role, whatever was asked.
      throw new IdentityException(
          "the request asks for extension " + identifier + ", expected alternative names only");
    }
  }

  private static void checkAttribute(ASN1ObjectIdentifier type, String value)
      throws IdentityException {
    if (!type.equals(BCStyle.CN) && !type.equals(BCStyle.O)) {
      throw new IdentityException(
          "the request's subject has "
              + BCStyle.INSTANCE.oidToDisplayName(type)
              + " '"
              + CertifiedName.visible(value)
              + "', expected only O and CN");
    }
    try {
      CertifiedName.checkText(type.equals(BCStyle.CN) ? "common name" : "organization", value);
    } catch (IllegalArgumentException e) {
      throw new IdentityException(String.valueOf(e.getMessage()), e);
    }
  }
}
