package org.wardfl.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.wardfl.certs.CertifiedProject.LEAF;
import static org.wardfl.certs.CertifiedProject.NOW;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrustAnchorsTest {

  private static final Set<LeafProfile> ALL = EnumSet.allOf(LeafProfile.class);
  private static final CertifiedProject PROJECT = new CertifiedProject("chest_ct");
  private static final String SITE_URI = "ward://chest_ct/site/hospital-a";

  @ParameterizedTest
  @EnumSource(KeyType.class)
  void everyProfileOfEveryKeyTypeIsBelieved(KeyType type) throws Exception {
    var project = CertifiedProject.of(type);
    for (var role : List.of("server", "site", "lead", "signer")) {
      var identity = project.identity(role, "someone", type);
      var peer = project.anchors().verify(identity.chain(), NOW, ALL);
      assertThat(peer.name()).isEqualTo(new CertifiedName("chest_ct", role, "someone"));
      assertThat(peer.organization()).isEqualTo("uni");
      assertThat(peer.notAfter()).isEqualTo(NOW.plus(LEAF));
    }
  }

  @Test
  void aBundleReadsBackAsItWasWritten() throws Exception {
    var anchors = PROJECT.anchors();
    var read = TrustAnchors.parse("trust.pem", anchors.pem());
    assertThat(read.pem()).isEqualTo(anchors.pem());
    assertThat(read.freshUntil()).isEqualTo(NOW.plus(Duration.ofDays(30)));
  }

  @Test
  void serialsHave128BitsAndDiffer() {
    var serials = new HashSet<BigInteger>();
    for (int i = 0; i < 100; i++) {
      serials.add(PROJECT.identity("site", "a" + i).certificate().getSerialNumber());
    }
    assertThat(serials).hasSize(100).allMatch(serial -> serial.bitLength() == 128);
  }

  @Test
  void aForeignProjectOfTheSameNameIsRefused() {
    var foreign = new CertifiedProject("chest_ct").identity("site", "hospital-a");
    refused(foreign.chain(), "is no authority of project chest_ct");
  }

  @Test
  void clocksBeforeAndAfterValidityAreNamed() {
    var identity = PROJECT.identity("site", "hospital-a");
    assertThatExceptionOfType(IdentityException.class)
        .isThrownBy(
            () -> PROJECT.anchors().verify(identity.chain(), NOW.minus(Duration.ofHours(1)), ALL))
        .withMessageContaining("valid from 2026-11-23T11:55:00Z")
        .withMessageContaining("check the clock");
    assertThatExceptionOfType(IdentityException.class)
        .isThrownBy(
            () -> PROJECT.anchors().verify(identity.chain(), NOW.plus(LEAF).plusSeconds(1), ALL))
        .withMessageContaining("ended at 2027-02-21T12:00:00Z")
        .withMessageContaining("a new one is needed");
  }

  @Test
  void aRoleThatIsNotExpectedHereIsRefused() {
    var site = PROJECT.identity("site", "hospital-a");
    assertThatExceptionOfType(IdentityException.class)
        .isThrownBy(() -> PROJECT.anchors().verify(site.chain(), NOW, Set.of(LeafProfile.USER)))
        .withMessageContaining(SITE_URI + ", expected one of user");
  }

  @Test
  void aRevokedCertificateIsRefusedAndOthersAreNot() throws Exception {
    var revoked = PROJECT.identity("site", "hospital-a");
    var other = PROJECT.identity("site", "hospital-b");
    var anchors = PROJECT.anchors(revoked);
    assertThatExceptionOfType(IdentityException.class)
        .isThrownBy(() -> anchors.verify(revoked.chain(), NOW, ALL))
        .withMessageContaining("has been revoked");
    assertThat(anchors.isRevoked(revoked.certificate())).isTrue();
    assertThat(anchors.verify(other.chain(), NOW, ALL).name()).isEqualTo(other.name());
  }

  @Test
  void aRevokedIntermediateTakesAllItIssuedWithIt() throws Exception {
    var identity = PROJECT.identity("site", "hospital-a");
    var transport = PROJECT.authority("transport").certificate();
    var list =
        PROJECT.root.revoke(
            BigInteger.TEN,
            List.of(new Revocation(transport.getSerialNumber(), NOW)),
            NOW,
            Duration.ofDays(30));
    var anchors = PROJECT.anchors().withRevocations(List.of(list));
    assertThat(anchors.isRevoked(identity.certificate())).isTrue();
    assertThat(anchors.isRevoked(PROJECT.identity("lead", "x").certificate())).isFalse();
  }

  @Test
  void anOlderRevocationListDoesNotUndoALaterOne() throws Exception {
    var revoked = PROJECT.identity("site", "hospital-a");
    var older = PROJECT.list("transport", 1);
    var anchors = PROJECT.anchors(revoked).withRevocations(List.of(older));
    assertThat(anchors.isRevoked(revoked.certificate())).isTrue();
  }

  @Test
  void aRevocationListOfAForeignAuthorityIsRefused() {
    var foreign = new CertifiedProject("chest_ct").list("users", 5);
    assertThatExceptionOfType(IdentityException.class)
        .isThrownBy(() -> PROJECT.anchors().withRevocations(List.of(foreign)))
        .withMessageContaining("is not signed by any authority");
  }

  @Test
  void aBundleWithoutARevocationListIsRefused() {
    assertThatExceptionOfType(IdentityException.class)
        .isThrownBy(() ->
            TrustAnchors.of(List.of(PROJECT.root.certificate()), List.of(PROJECT.list("users", 1))))
        .withMessageContaining("is not signed by any authority");
    assertThatExceptionOfType(IdentityException.class)
        .isThrownBy(() -> TrustAnchors.of(List.of(PROJECT.root.certificate()), List.of()))
        .withMessageContaining("no revocation list of ward://chest_ct/ca/root");
  }

  @Test
  void whoWasBelievedByAForgottenRootIsNotAnyMore() throws Exception {
    var next = new CertifiedProject("chest_ct", KeyType.EC_P256, NOW.plusSeconds(1));
    var site = PROJECT.identity("site", "hospital-a").certificate();
    assertThat(PROJECT.anchors().isRevoked(site)).isFalse();
    assertThat(next.anchors().isRevoked(site)).isTrue();
  }

  @Test
  void twoRootsAreBelievedDuringARollOver() throws Exception {
    var next = new CertifiedProject("chest_ct");
    var authorities = new ArrayList<>(PROJECT.anchors().roots());
    authorities.addAll(PROJECT.anchors().intermediates());
    authorities.addAll(next.anchors().roots());
    authorities.addAll(next.anchors().intermediates());
    var lists = new ArrayList<>(PROJECT.anchors().revocationLists());
    lists.addAll(next.anchors().revocationLists());
    var both = TrustAnchors.of(authorities, lists);
    for (var project : List.of(PROJECT, next)) {
      var identity = project.identity("site", "hospital-a");
      assertThat(both.verify(identity.chain(), NOW, ALL).name()).isEqualTo(identity.name());
    }
    assertThat(both.rootFingerprints()).hasSize(2).doesNotHaveDuplicates();
  }

  @Test
  void anAuthorityCertifiesOnlyItsOwnProfiles() {
    var name = new CertifiedName("chest_ct", "lead", "x");
    var leaf = new Leaf(name, "", List.of(), KeyType.EC_P256.generate().getPublic());
    assertThatExceptionOfType(IdentityException.class)
        .isThrownBy(() -> PROJECT.authority("transport").issue(leaf, NOW, LEAF))
        .withMessageContaining("may not certify");
    assertThatExceptionOfType(IdentityException.class)
        .isThrownBy(() -> PROJECT.root.issue(leaf, NOW, LEAF))
        .withMessageContaining("may not certify");
  }

  /// What a stolen or careless authority key might sign, which the JDK alone lets pass.
  @Test
  void certificatesOfTheRightAuthorityButWrongContentAreRefused() throws Exception {
    var strong = KeyType.EC_P256.generate();
    var client = KeyPurposeId.id_kp_clientAuth;
    refused(forged(SITE_URI, strong, null, KeyUsage.digitalSignature), "extended key usages []");
    refused(
        forged(SITE_URI, strong, KeyPurposeId.id_kp_serverAuth, KeyUsage.digitalSignature),
        "expected [1.3.6.1.5.5.7.3.2]");
    refused(
        forged(SITE_URI, strong, client, KeyUsage.digitalSignature | KeyUsage.keyEncipherment),
        "key usage, expected digital signature only");
    refused(
        forged("ward://other/site/hospital-a", strong, client, KeyUsage.digitalSignature),
        "expected project 'chest_ct'");
    refused(
        forged("ward://chest_ct/site/b", strong, client, KeyUsage.digitalSignature),
        "another common name, 'hospital-a'");
    refused(
        forged("ward://chest_ct/lead/hospital-a", strong, client, KeyUsage.digitalSignature),
        "issued by authority 'transport', expected 'users'");
    refused(
        forged("https://chest_ct/site", strong, client, KeyUsage.digitalSignature),
        "expected ward://<project>/<role>/<name>");
    refused(
        forged("ward://chest_ct/site/hospital%2da", strong, client, KeyUsage.digitalSignature),
        "percent-encoded");
    refused(
        forged("ward://chest_ct/ca/transport", strong, client, KeyUsage.digitalSignature),
        "is an authority");
  }

  @Test
  void weakKeysAreRefused() throws Exception {
    var rsa = KeyPairGenerator.getInstance("RSA");
    rsa.initialize(2048);
    var client = KeyPurposeId.id_kp_clientAuth;
    refused(
        forged(SITE_URI, rsa.generateKeyPair(), client, KeyUsage.digitalSignature),
        "key RSA 2048, expected EC P-256, RSA of 3072");
    var ec = KeyPairGenerator.getInstance("EC");
    ec.initialize(new ECGenParameterSpec("secp384r1"));
    refused(
        forged(SITE_URI, ec.generateKeyPair(), client, KeyUsage.digitalSignature),
        "expected EC P-256");
  }

  @Test
  void aLeafCannotIssue() throws Exception {
    var site = PROJECT.identity("site", "hospital-a");
    var pair = KeyType.EC_P256.generate();
    var below =
        sign(
            new X500Name(site.certificate().getSubjectX500Principal().getName()),
            site.key(),
            pair,
            "ward://chest_ct/site/hospital-b",
            KeyPurposeId.id_kp_clientAuth,
            KeyUsage.digitalSignature);
    refused(List.of(below, site.certificate()), "is no authority");
  }

  @Test
  void aMissingCertificateIsNamed() {
    refused(List.of(), "no certificate was presented");
  }

  private static void refused(List<X509Certificate> chain, String message) {
    assertThatExceptionOfType(IdentityException.class)
        .isThrownBy(() -> PROJECT.anchors().verify(chain, NOW, ALL))
        .withMessageContaining(message);
  }

  private static List<X509Certificate> forged(
      String uri, KeyPair pair, @Nullable KeyPurposeId purpose, int usage) throws Exception {
    var transport = PROJECT.authority("transport");
    return List.of(
        sign(
            X500Name.getInstance(transport.certificate().getSubjectX500Principal().getEncoded()),
            transport.key(),
            pair,
            uri,
            purpose,
            usage),
        transport.certificate());
  }

  private static X509Certificate sign(
      X500Name issuer,
      PrivateKey issuerKey,
      KeyPair pair,
      String uri,
      @Nullable KeyPurposeId purpose,
      int usage)
      throws Exception {
    var builder =
        new JcaX509v3CertificateBuilder(
            issuer,
            BigInteger.TWO,
            Date.from(NOW.minusSeconds(1)),
            Date.from(NOW.plus(LEAF)),
            new X500Name("CN=hospital-a"),
            pair.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
    builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
    if (purpose != null) {
      builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
    }
    builder.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, uri)));
    var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKey);
    return Pem.certificate("forged", builder.build(signer).getEncoded());
  }
}
