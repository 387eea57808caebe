package org.wardfl.server.service;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Date;
import java.util.List;
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
import org.wardfl.certs.CertificateAuthority;
import org.wardfl.certs.Identity;
import org.wardfl.certs.KeyType;

/// Certificates that the project's own transport authority signed, but would never issue: what a
/// stolen or careless key makes.
public final class Forgery {

  private String uri = "ward://chest_ct/site/site-1";
  private KeyPair pair = KeyType.EC_P256.generate();
  private @Nullable KeyPurposeId purpose = KeyPurposeId.id_kp_clientAuth;
  private boolean authority;

  /// Site-1's, with what is changed.
  public static Forgery ofSite1() {
    return new Forgery();
  }

  private Forgery() {}

  /// With another name in the alternative names.
  public Forgery named(String name) {
    uri = name;
    return this;
  }

  /// With another extended key usage, or none.
  public Forgery purpose(@Nullable KeyPurposeId other) {
    purpose = other;
    return this;
  }

  /// With an RSA key of this many bits.
  public Forgery rsa(int bits) throws Exception {
    var generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(bits);
    pair = generator.generateKeyPair();
    return this;
  }

  /// With the basic constraints of an authority.
  public Forgery authority() {
    authority = true;
    return this;
  }

  /// The identity.
  public Identity identity() throws Exception {
    CertificateAuthority issuer = ProvisionedProject.get().authority("transport");
    var builder =
        new JcaX509v3CertificateBuilder(
            X500Name.getInstance(issuer.certificate().getSubjectX500Principal().getEncoded()),
            BigInteger.TWO,
            Date.from(ProvisionedProject.NOW.minusSeconds(1)),
            Date.from(ProvisionedProject.NOW.plus(Duration.ofDays(90))),
            new X500Name("CN=site-1"),
            pair.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
    builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
    if (purpose != null) {
      builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
    }
    builder.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, uri)));
    var encoded =
        builder
            .build(new JcaContentSignerBuilder("SHA256withECDSA").build(issuer.key()))
            .getEncoded();
    var certificate =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(encoded));
    return new Identity(pair.getPrivate(), List.of(certificate, issuer.certificate()));
  }
}
