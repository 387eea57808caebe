package org.wardfl.provisioning.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardfl.provisioning.rights.Actor;
import org.wardfl.provisioning.rights.Right;
import org.wardfl.provisioning.site.SitePolicyFile.OwnCode;
import org.wardfl.provisioning.yaml.YamlException;
import org.wardfl.provisioning.yaml.YamlFile;

class OwnersFilesTest {

  @Test
  void aSiteSaysWhatItAllows() throws YamlException {
    var site =
        site(
            """
            rights:
              lead: {submit_job: any}
            datasets:
              breast-cancer: {path: data/bc, minimum: 50, used_by: [o:site, n:alice@uni.org]}
              heart: {path: /data/heart, used_by: any}
            algorithms: [torch-tabular, softmax]
            own_code: {sandbox: unconfined}
            """);
    var lead = new Actor("alice@uni.org", "uni", "lead");
    assertThat(site.rights().decide(lead, Right.SUBMIT_JOB, "h", Optional.empty()).isAllowed())
        .isTrue();
    var dataset = Objects.requireNonNull(site.datasets().get("breast-cancer"));
    assertThat(dataset.path()).isEqualTo(Path.of("/kit/data/bc"));
    assertThat(dataset.minimum()).isEqualTo(50);
    assertThat(dataset.usedBy().decide(lead, "h", Optional.of(lead)).isAllowed()).isTrue();
    assertThat(site.datasets().get("heart"))
        .extracting(SitePolicyFile.Dataset::path, SitePolicyFile.Dataset::minimum)
        .containsExactly(Path.of("/data/heart"), 20L);
    assertThat(site.algorithms().allow("softmax")).isTrue();
    assertThat(site.algorithms().allow("java")).isFalse();
    assertThat(site.ownCode()).isEqualTo(OwnCode.UNCONFINED);
  }

  @Test
  void aSiteAllowsJarsByHashAndCountsItsOwnPatients() throws YamlException {
    var jar = "ab".repeat(32);
    var site =
        site(
            """
            datasets: {ct: {path: ct, patients: 35, used_by: any}}
            algorithms: [softmax, "sha256:%s"]
            """
                .formatted(jar));
    assertThat(Objects.requireNonNull(site.datasets().get("ct")).patients()).hasValue(35);
    assertThat(site.algorithms().allowJar(jar)).isTrue();
    assertThat(site.algorithms().allowJar("cd".repeat(32))).isFalse();
    assertThat(site.algorithms().allow("java")).isFalse();
    assertThat(site("algorithms: any").algorithms().allowJar(jar)).isTrue();
  }

  @Test
  void aSiteNamesItsPythonAndTheClassesInIt() throws YamlException {
    var site = site("{python: /opt/p/bin/python3, algorithms: ['python:a.b:C']}");
    assertThat(site.python()).contains(Path.of("/opt/p/bin/python3"));
    assertThat(site.algorithms().allow("python:a.b:C")).isTrue();
    assertThat(site.algorithms().allow("python")).isFalse();
    assertThat(site("datasets: {}").python()).isEmpty();
  }

  @Test
  void whatASiteDoesNotSayIsNotAllowed() throws YamlException {
    var site = site("datasets: {}");
    var admin = new Actor("a@uni.org", "uni", "project_admin");
    assertThat(site.rights().decide(admin, Right.LIST_JOBS, "h", Optional.empty()).isAllowed())
        .isFalse();
    assertThat(site.datasets()).isEmpty();
    assertThat(site.algorithms().allow("softmax")).isFalse();
    assertThat(site.ownCode()).isEqualTo(OwnCode.NO);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "right: {}|did you mean `rights`?",
        "datasets: {x: {path: a}}|`datasets.x.used_by` is missing",
        "datasets: {x: {used_by: any}}|`datasets.x.path` is missing",
        "datasets: {x: {path: a, used_by: any, minimun: 3}}|did you mean `minimum`?",
        "datasets: {x: {path: a, used_by: any, minimum: -1}}|found -1, expected a number of patients",
        "datasets: {../x: {path: a, used_by: any}}|expected a dataset's name",
        "algorithms: some|found 'some', expected any, none or a list",
        "datasets: {x: {path: a, used_by: any, patients: -1}}|found -1, expected a number of patients",
        "algorithms: [sha256:AB]|found 'sha256:AB', expected an algorithm's id, java, sha256:",
        "algorithms: [Softmax]|found 'Softmax', expected an algorithm's id, java, sha256:",
        "algorithms: [python:a b:C]|found 'python:a b:C', expected an algorithm's id",
        "python: python3|found 'python3', expected an absolute path such as /usr/bin/python3",
        "own_code: yes|found yes, expected no, sandboxed, or {sandbox: unconfined}",
        "own_code: {sandbox: off}|found 'off', expected required or unconfined",
      })
  void whatASiteMayNotSayIsRefused(String text, String message) {
    assertThatExceptionOfType(YamlException.class)
        .isThrownBy(() -> site(text))
        .withMessageStartingWith("site.yaml:1:")
        .withMessageContaining(message);
  }

  @Test
  void aServerSaysWhereItListensAndWhatItTakes() throws YamlException {
    var server =
        server(
            """
            listen: {address: 10.0.0.1, port: 8443}
            limits:
              max_samples: 1000
              sites: {hospital-a: {max_samples: 50, max_update: 64MiB}}
            retention: {models: 7d}
            """);
    assertThat(server.address()).isEqualTo("10.0.0.1");
    assertThat(server.port()).isEqualTo(8443);
    assertThat(server.limitsOf("hospital-a"))
        .isEqualTo(new ServerFile.Limits(50, 10_000_000, 64L << 20));
    assertThat(server.limitsOf("hospital-b"))
        .isEqualTo(new ServerFile.Limits(1000, 10_000_000, 4L << 30));
    assertThat(server.keepJobs()).isEqualTo(Duration.ofDays(365));
    assertThat(server.keepModels()).isEqualTo(Duration.ofDays(7));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "listen: {port: 0}|found 0, expected 1 to 65535",
        "listen: {address: x}|`listen.port` is missing",
        "{listen: {port: 1}, limits: {max_sample: 3}}|did you mean `max_samples`?",
        "{listen: {port: 1}, limits: {max_samples: 0}}|found 0, expected at least 1",
        "{listen: {port: 1}, retention: {jobs: 30}}|expected a duration with its unit",
      })
  void whatAServerMayNotSayIsRefused(String text, String message) {
    assertThatExceptionOfType(YamlException.class)
        .isThrownBy(() -> server(text))
        .withMessageContaining(message);
  }

  private static SitePolicyFile site(String text) throws YamlException {
    return SitePolicyFile.of(YamlFile.parse("site.yaml", text), Path.of("/kit"));
  }

  private static ServerFile server(String text) throws YamlException {
    return ServerFile.of(YamlFile.parse("server.yaml", text));
  }

  @Test
  void aStarStandsForEveryDatasetThatIsNotNamed() throws YamlException {
    var file =
        SitePolicyFile.of(
            YamlFile.parse(
                "site.yaml",
                """
                datasets:
                  heart: {path: heart.csv, used_by: any}
                  '*': {path: other.csv, minimum: 0, used_by: any}
                """),
            Path.of("/data"));
    assertThat(file.dataset("heart").orElseThrow().path()).isEqualTo(Path.of("/data/heart.csv"));
    assertThat(file.dataset("lung").orElseThrow().path()).isEqualTo(Path.of("/data/other.csv"));
  }
}
