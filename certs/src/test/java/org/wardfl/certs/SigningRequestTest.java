package org.wardfl.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.Locale;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SigningRequestTest {

  private static final CertifiedName SITE = new CertifiedName("chest_ct", "site", "hospital-a");
  private static final KeyPair PAIR = KeyType.EC_P256.generate();

  @ParameterizedTest
  @EnumSource(KeyType.class)
  void aRequestReadsBack(KeyType type) throws Exception {
    var request = SigningRequest.create(SITE, "uni", CertifiedProject.pair(type));
    var read = SigningRequest.parse("a.csr", request.pem());
    assertThat(read.commonName()).isEqualTo("hospital-a");
    assertThat(read.organization()).isEqualTo("uni");
    assertThat(read.fingerprint()).isEqualTo(request.fingerprint());
    assertThat(read.fingerprint().matches(request.fingerprint().spoken().toUpperCase(Locale.ROOT)))
        .isTrue();
    read.requireFor(SITE, "uni");
  }

  @Test
  void aRequestForAnotherNameRoleOrOrganizationIsRefused() throws Exception {
    var request = SigningRequest.create(SITE, "uni", PAIR);
    assertThatExceptionOfType(IdentityException.class)
        .isThrownBy(
            () -> request.requireFor(new CertifiedName("chest_ct", "site", "hospital-b"), "uni"))
        .withMessage("request for 'hospital-a', expected 'hospital-b'");
    assertThatExceptionOfType(IdentityException.class)
        .isThrownBy(
            () -> request.requireFor(new CertifiedName("chest_ct", "lead", "hospital-a"), "uni"))
        .withMessageContaining("but the project says ward://chest_ct/lead/hospital-a");
    assertThatExceptionOfType(IdentityException.class)
        .isThrownBy(() -> request.requireFor(SITE, "other"))
        .withMessageContaining("organization 'uni', but the project says 'other'");
  }

  @Test
  void aRequestToBeAnAuthorityIsRefused() throws Exception {
    var extensions = new ExtensionsGenerator();
    extensions.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
    refused(request(new X500Name("CN=hospital-a"), PAIR, PAIR, extensions), "CA:TRUE");
  }

  @Test
  void aRequestForUnknownExtensionsIsRefused() throws Exception {
    var extensions = new ExtensionsGenerator();
    extensions.addExtension(Extension.nameConstraints, true, new DERSequence());
    refused(request(new X500Name("CN=hospital-a"), PAIR, PAIR, extensions), "2.5.29.30");
  }

  @Test
  void aRequestSignedByAnotherKeyIsRefused() throws Exception {
    refused(
        request(
            new X500Name("CN=hospital-a"),
            PAIR,
            KeyType.EC_P256.generate(),
            new ExtensionsGenerator()),
        "not signed by its own key");
  }

  @Test
  void weakKeysAreRefused() throws Exception {
    var generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(1024);
    var weak = generator.generateKeyPair();
    refused(
        request(new X500Name("CN=hospital-a"), weak, weak, new ExtensionsGenerator()),
        "key RSA 1024");
  }

  @Test
  void invisibleCharactersAreRefusedAndShown() throws Exception {
    for (var name : new String[] {"a\u202eb", "a\u0007b", "a\u200bb", "a\nb", "\u2066x"}) {
      var subject = new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, name).build();
      refused(request(subject, PAIR, PAIR, new ExtensionsGenerator()), "<U+");
    }
  }

  @Test
  void namesOtherThanOrganizationAndCommonNameAreRefused() throws Exception {
    refused(
        request(new X500Name("CN=hospital-a,C=DE"), PAIR, PAIR, new ExtensionsGenerator()),
        "expected only O and CN");
    refused(
        request(new X500Name("O=uni"), PAIR, PAIR, new ExtensionsGenerator()),
        "not exactly one common name");
  }

  @Test
  void whatIsNoRequestIsRefused() {
    refused("hello", "expected PEM");
    refused(Pem.write(Pem.REQUEST, new byte[] {1, 2, 3}), "not a certificate request");
    refused(Pem.write(Pem.CERTIFICATE, new byte[] {1, 2, 3}), "expected exactly one");
    refused("x".repeat(20_000), "more than 16384 bytes");
  }

  @Test
  void everyFlippedByteIsCaught() throws Exception {
    var pem = SigningRequest.create(SITE, "uni", PAIR).pem();
    var der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[^-]*-----", ""));
    for (int i = 0; i < der.length; i++) {
      var changed = der.clone();
      changed[i] ^= 1;
      assertThatExceptionOfType(IdentityException.class)
          .as("byte " + i)
          .isThrownBy(() -> SigningRequest.parse("a.csr", Pem.write(Pem.REQUEST, changed)));
    }
  }

  private static void refused(String pem, String message) {
    assertThatExceptionOfType(IdentityException.class)
        .isThrownBy(() -> SigningRequest.parse("a.csr", pem))
        .withMessageContaining(message);
  }

  private static String request(
      X500Name subject, KeyPair pair, KeyPair signer, ExtensionsGenerator extensions)
      throws Exception {
    var builder =
        new PKCS10CertificationRequestBuilder(
            subject, SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded()));
    if (!extensions.isEmpty()) {
      builder.addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate());
    }
    var algorithm = KeyType.signatureAlgorithm(signer.getPrivate());
    return Pem.write(
        Pem.REQUEST,
        builder
            .build(new JcaContentSignerBuilder(algorithm).build(signer.getPrivate()))
            .getEncoded());
  }
}
