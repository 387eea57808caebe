package org.wardfl.provisioning.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardfl.certs.KeyType;
import org.wardfl.provisioning.project.Participant.Address;
import org.wardfl.provisioning.yaml.YamlException;
import org.wardfl.provisioning.yaml.YamlFile;

class ProjectFileTest {

  private static final String HEAD =
      """
      api_version: 3
      name: chest_ct
      participants:
        - {name: fl.example.org, type: server, org: uni, fed_learn_port: 8002}
      """;

  @Test
  void aFileOfFlareIsReadUnchanged() throws YamlException {
    var file =
        read(
            """
            api_version: 3
            name: chest_ct
            description: demo
            participants:
              # one server
              - name: fl.example.org
                type: server
                org: uni
                fed_learn_port: 8102
                admin_port: 8003
                host_names: [fl, 10.0.0.7]
                default_host: gateway.example.org
              - {name: hospital-a, type: client, org: hospa, capacity: {num_of_gpus: 1}}
              - name: hospital_b
                type: client
                org: hospb
                connect_to: {host: proxy.hospb.org, port: 443}
              - {name: admin@example.org, type: admin, org: uni, role: project_admin}
              - {name: overseer, type: overseer, org: uni, protocol: https, port: 8443}
            builders:
              - path: nvflare.lighter.impl.workspace.WorkspaceBuilder
                args: {template_file: master_template.yml}
              - path: nvflare.lighter.impl.static_file.StaticFileBuilder
                args: {config_folder: config, overseer_agent: {path: x}}
              - path: nvflare.lighter.impl.cert.CertBuilder
                args: {root_valid_days: 1000, intermediate_valid_days: 500, leaf_valid_days: 30, key_type: ed25519}
              - path: nvflare.lighter.impl.signature.SignatureBuilder
              - path: org.hospital.AddLogo
            """);
    var server = new Address("gateway.example.org", 8102);
    assertThat(file.project())
        .isEqualTo(
            new Project(
                "chest_ct",
                "demo",
                new CertificateSettings(
                    KeyType.ED25519,
                    Duration.ofDays(1000),
                    Duration.ofDays(500),
                    Duration.ofDays(30)),
                List.of(
                    new Participant.Server(
                        "fl.example.org",
                        "uni",
                        server,
                        List.of("fl.example.org", "fl", "10.0.0.7", "gateway.example.org")),
                    new Participant.Site("hospital-a", "hospa", server),
                    new Participant.Site(
                        "hospital_b", "hospb", new Address("proxy.hospb.org", 443)),
                    new Participant.User("admin@example.org", "uni", "project_admin", server))));
    assertThat(file.warnings())
        .containsExactlyInAnyOrder(
            "admin_port 8003 of fl.example.org is not used: Ward has one port, 8102",
            "capacity of hospital-a is not used: a site finds its own devices",
            "overseer (overseer) is left out: Ward's server recovers by itself and needs none",
            "arguments [overseer_agent] of StaticFileBuilder are not used",
            "builder org.hospital.AddLogo is left out: Ward does not know it");
  }

  @Test
  void weakerConnectionsThanMutualTlsAreNamed() throws YamlException {
    var file =
        read(
            HEAD
                + "  - {name: a, type: client, org: o, connection_security: clear, enable_byoc: true}\n");
    assertThat(file.warnings())
        .containsExactly(
            "connection_security clear of a is not used: Ward always uses mutual TLS",
            "enable_byoc of a is left out: its owner decides in site.yaml");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "name: 'a b', type: client, org: o|'a b': expected 1 to 63 letters, digits, - and _",
        "name: ../x, type: client, org: o|'../x': expected 1 to 63 letters",
        "name: a, type: client, org: o-o|'o-o': expected 1 to 63 letters, digits and _",
        "name: a, type: client|org` is missing",
        "name: bob, type: admin, org: o, role: lead|'bob': expected an e-mail address",
        "name: b@x.org, type: admin, org: o, role: king|found 'king', expected one of project_admin",
        "name: b@x.org, type: admin, org: o|role` is missing",
        "name: fl.example.org, type: client, org: o|'fl.example.org': expected 1 to 63 letters",
        "name: s2, type: server, org: o|a second server ('s2'), the first is 'fl.example.org' in line 4",
        "name: a, type: relay, org: o|found 'relay', expected one of server, client, admin",
        "name: a, type: client, orgg: o|unknown key `orgg`",
        "name: a, type: client, orgg: o|did you mean `org`?",
        "name: a, type: client, org: !!str o|tags are not allowed",
        "name: a, name: b, type: client, org: o|is given twice",
        "name: a, type: client, org: o, connect_to: {host: x, port: 70000}|expected a port from 1 to 65535",
      })
  void badParticipantsAreRefusedWithLineAndRule(String participant, String message) {
    assertThatExceptionOfType(YamlException.class)
        .isThrownBy(() -> read(HEAD + "  - {" + participant + "}\n"))
        .withMessageStartingWith("project.yml:5:")
        .withMessageContaining(message);
  }

  @Test
  void aNameGivenTwiceIsRefusedAlsoInAnotherCase() {
    var twice = "  - {name: a, type: client, org: o}\n  - {name: %s, type: client, org: o}\n";
    assertThatExceptionOfType(YamlException.class)
        .isThrownBy(() -> read(HEAD + twice.formatted("a")))
        .withMessage("project.yml:6: participants[2].name: participant 'a' is given twice");
    assertThatExceptionOfType(YamlException.class)
        .isThrownBy(() -> read(HEAD + twice.formatted("A")))
        .withMessage(
            "project.yml:6: participants[2].name: participant 'A' is given twice ('a' differs in case only)");
  }

  @Test
  void aFileWithoutServerOrOfAnotherVersionIsRefused() {
    assertThatExceptionOfType(YamlException.class)
        .isThrownBy(() -> read("api_version: 3\nname: x\nparticipants: []\n"))
        .withMessageContaining("no participant of type server");
    assertThatExceptionOfType(YamlException.class)
        .isThrownBy(() -> read("api_version: 2\nname: x\nparticipants: []\n"))
        .withMessage("project.yml:1: api_version: found 2, expected 3 (or 4 with studies)");
  }

  @Test
  void aliasBombsAreRefused() {
    assertThatExceptionOfType(YamlException.class)
        .isThrownBy(() -> read("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"))
        .withMessageContaining("anchors and aliases are not allowed");
  }

  @Test
  void certificatesThatOutliveTheirAuthorityAreRefused() {
    assertThatExceptionOfType(YamlException.class)
        .isThrownBy(() ->
            read(HEAD + "builders:\n  - {path: x.CertBuilder, args: {leaf_valid_days: 900}}\n"))
        .withMessageContaining("lifetimes of 900, 730 and 3650 days");
  }

  private static ProjectFile read(String text) throws YamlException {
    return ProjectFile.of(YamlFile.parse("project.yml", text));
  }
}
