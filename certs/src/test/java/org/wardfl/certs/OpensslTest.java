package org.wardfl.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.wardfl.certs.CertifiedProject.NOW;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// openssl accepts and shows what is issued here, and what openssl makes is accepted here.
class OpensslTest {

  private static final String AT = Long.toString(NOW.getEpochSecond());

  @TempDir private Path folder;
  private CertifiedProject project = new CertifiedProject("chest_ct");

  @BeforeEach
  void writeAuthorities() throws Exception {
    write(project);
  }

  private void write(CertifiedProject written) throws Exception {
    project = written;
    Files.writeString(folder.resolve("roots.pem"), Identity.pem(project.anchors().roots()));
    Files.writeString(
        folder.resolve("authorities.pem"), Identity.pem(project.anchors().intermediates()));
  }

  @ParameterizedTest
  @EnumSource(KeyType.class)
  void opensslVerifiesEveryProfile(KeyType type) throws Exception {
    write(CertifiedProject.of(type));
    for (var role : new String[] {"server", "site", "lead", "signer"}) {
      var identity = project.identity(role, "some.one", type);
      Files.writeString(folder.resolve("leaf.pem"), Identity.pem(List.of(identity.certificate())));
      var purpose =
          role.equals("server") ? "sslserver" : role.equals("signer") ? "any" : "sslclient";
      assertThat(verify("-purpose", purpose)).contains("leaf.pem: OK");
    }
  }

  @Test
  void opensslShowsTheNamesUsagesAndConstraints() throws Exception {
    var identity = project.identity("server", "fl.example.org");
    Files.writeString(folder.resolve("leaf.pem"), Identity.pem(List.of(identity.certificate())));
    assertThat(openssl("x509", "-in", "leaf.pem", "-noout", "-text"))
        .contains("Subject: O = uni, CN = fl.example.org")
        .contains("URI:ward://chest_ct/server/fl.example.org, DNS:localhost, IP Address:127.0.0.1")
        .contains("TLS Web Server Authentication\n")
        .doesNotContain("TLS Web Client Authentication")
        .contains("X509v3 Key Usage: critical\n                Digital Signature\n")
        .contains("CA:FALSE");
    assertThat(openssl("x509", "-in", "authorities.pem", "-noout", "-text"))
        .contains("CA:TRUE, pathlen:0")
        .contains("Certificate Sign, CRL Sign");
  }

  @Test
  void opensslReadsRevocationListsAndRefusesTheRevoked() throws Exception {
    var identity = project.identity("site", "hospital-a");
    Files.writeString(folder.resolve("leaf.pem"), Identity.pem(List.of(identity.certificate())));
    var anchors = project.anchors(identity);
    var lists = new StringBuilder();
    anchors.revocationLists().forEach(list -> lists.append(list.pem()));
    Files.writeString(folder.resolve("crl.pem"), lists);
    Files.writeString(folder.resolve("one.pem"), project.list("transport", 2, identity).pem());
    assertThat(openssl("crl", "-in", "one.pem", "-noout", "-text"))
        .contains("Version 2 (0x1)")
        .contains("X509v3 CRL Number: \n                2")
        .containsIgnoringCase(identity.certificate().getSerialNumber().toString(16));
    var process =
        new ProcessBuilder(
                "openssl",
                "verify",
                "-attime",
                AT,
                "-crl_check_all",
                "-CRLfile",
                "crl.pem",
                "-CAfile",
                "roots.pem",
                "-untrusted",
                "authorities.pem",
                "leaf.pem")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .contains("certificate revoked");
  }

  @Test
  void opensslReadsOurKeysAndRequests() throws Exception {
    var pair = KeyType.EC_P256.generate();
    KeyFile.write(folder.resolve("key.pem"), pair.getPrivate(), new Passphrase("opens-it"));
    assertThat(openssl("pkey", "-in", "key.pem", "-passin", "pass:opens-it", "-noout", "-text"))
        .contains("prime256v1");
    var name = new CertifiedName("chest_ct", "site", "hospital-a");
    Files.writeString(folder.resolve("a.csr"), SigningRequest.create(name, "uni", pair).pem());
    assertThat(openssl("req", "-in", "a.csr", "-noout", "-verify", "-text"))
        .contains("OK")
        .contains("CN = hospital-a");
  }

  @Test
  void requestsAndKeysMadeByOpensslAreAccepted() throws Exception {
    openssl(
        "genpkey",
        "-algorithm",
        "EC",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-aes-256-cbc",
        "-pass",
        "pass:opens-it",
        "-out",
        "key.pem");
    openssl(
        "req",
        "-new",
        "-key",
        "key.pem",
        "-passin",
        "pass:opens-it",
        "-subj",
        "/O=uni/CN=hospital-a",
        "-out",
        "a.csr");
    var request = SigningRequest.parse("a.csr", Files.readString(folder.resolve("a.csr")));
    request.requireFor(new CertifiedName("chest_ct", "site", "hospital-a"), "uni");
    Files.setPosixFilePermissions(
        folder.resolve("key.pem"), PosixFilePermissions.fromString("rw-------"));
    Signing.requirePair(
        request.key(), KeyFile.read(folder.resolve("key.pem"), new Passphrase("opens-it")));
  }

  private String verify(String... more) throws Exception {
    var command =
        new ArrayList<>(
            List.of(
                "openssl",
                "verify",
                "-x509_strict",
                "-attime",
                AT,
                "-CAfile",
                "roots.pem",
                "-untrusted",
                "authorities.pem"));
    command.addAll(List.of(more));
    command.add("leaf.pem");
    return OutsideProgram.run(folder, command.toArray(String[]::new));
  }

  private String openssl(String... arguments) throws Exception {
    var command = new ArrayList<String>();
    command.add("openssl");
    command.addAll(List.of(arguments));
    return OutsideProgram.run(folder, command.toArray(String[]::new));
  }
}
