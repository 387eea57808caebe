package org.wardfl.provisioning.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardfl.provisioning.rights.Actor;
import org.wardfl.provisioning.rights.Right;
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
    assertThat(site.ownCode()).isEqualTo(new OwnCode(OwnCode.Consent.YES, false));
  }

  @Test
  void aSiteAllowsCodeByHashAndCountsItsOwnPatients() throws YamlException {
    var jar = "ab".repeat(32);
    var site =
        site(
            """
            datasets: {ct: {path: ct, patients: 35, used_by: any}}
            algorithms: [softmax, "sha256:%s"]
            """
                .formatted(jar));
    assertThat(Objects.requireNonNull(site.datasets().get("ct")).patients()).hasValue(35);
    assertThat(site.algorithms().allowCode(jar)).isTrue();
    assertThat(site.algorithms().allowCode("cd".repeat(32))).isFalse();
    assertThat(site.algorithms().allow("java")).isFalse();
    assertThat(site("algorithms: any").algorithms().allowCode(jar)).isTrue();
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
    assertThat(site.ownCode()).isEqualTo(OwnCode.NONE);
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
        "own_code: maybe|found 'maybe', expected no, approval or yes, or {allow: approval, sandbox:",
        "own_code: {sandbox: off}|found 'off', expected required or unconfined",
        "own_code: {allow: perhaps}|found 'perhaps', expected no, approval or yes",
        "own_code: {}|found nothing, expected allow, sandbox or both",
        "own_code: [no]|found a list, expected no, approval or yes",
        "resources: {gpu: 1}|did you mean `gpus`?",
        "resources: {gpus: 2}|found '2', expected none, all, or devices such as [0, 1]",
        "resources: {gpus: [-1]}|found '-1', expected a device's number",
        "resources: {cpu_threads: 0}|found 0, expected 1 to",
        "resources: {memory: 1MiB}|found 1048576 bytes, expected at least 64MiB",
        "resources: {memory: 8}|expected a size with its unit",
        "resources: {max_jobs: 0}|found 0, expected 1 to",
        "resources: {task_time: 10ms}|found 10ms, expected at least 1s",
        "hours: never|found the text 'never', expected always or",
        "hours: {open: [daily 01:00-02:00]}|`hours.zone` is missing",
        "hours: {zone: Mars, open: [daily 01:00-02:00]}|found 'Mars', expected a zone such as",
        "hours: {zone: UTC, open: []}|an empty list",
        "hours: {zone: UTC, open: [mon 1:00-2:00]}|found 'mon 1:00-2:00', expected such as",
        "hours: {zone: UTC, open: [mon 24:00-25:00]}|found 'mon 24:00-25:00'",
        "hours: {zone: UTC, open: [mon 10:00-10:00]}|found 'mon 10:00-10:00'",
        "logs: yes|found 'yes', expected keep or stream",
        "privacy: {x: {dataset: [a]}}|did you mean `datasets`?",
        "privacy: {x: {datasets: [a]}}|found 'a', which is not among this file's datasets",
        "privacy: {x: {studies: []}}|an empty list; leave it out to cover all",
        "privacy: {'a b': {}}|expected a scope's name",
        "privacy: {x: {filters: [{bound: 1}]}}|type` is missing",
        "privacy: {x: {statistics: {min_count: 1}}}|unknown key `min_count`",
        "privacy: {x: {statistics: {minimum_count: -1}}}|found -1, expected 0 or more",
        "privacy: {x: {statistics: {max_bins: 0}}}|found 0, expected 1 to",
        "privacy: {x: {statistics: {max_bins_percent: 0}}}|found 0.0, expected above 0 to 100",
        "privacy: {x: {statistics: {min_max: some}}}|found the text 'some', expected hidden, exact,",
        "privacy: {x: {statistics: {min_max: {noise: [1]}}}}|expected two shares of the range",
        "privacy: {x: {statistics: {min_max: {digits: 0}}}}|found 0, expected 1 to 15",
      })
  void whatASiteMayNotSayIsRefused(String text, String message) {
    assertThatExceptionOfType(YamlException.class)
        .isThrownBy(() -> site(text))
        .withMessageStartingWith("site.yaml:1:")
        .withMessageContaining(message);
  }

  @Test
  void aSiteSaysHowJobsThatBringCodeRun() throws YamlException {
    assertThat(site("own_code: yes").ownCode()).isEqualTo(new OwnCode(OwnCode.Consent.YES, true));
    assertThat(site("own_code: approval").ownCode())
        .isEqualTo(new OwnCode(OwnCode.Consent.APPROVAL, true));
    assertThat(site("own_code: {allow: approval, sandbox: unconfined}").ownCode())
        .isEqualTo(new OwnCode(OwnCode.Consent.APPROVAL, false));
    assertThat(site("own_code: {allow: no, sandbox: unconfined}").ownCode())
        .isEqualTo(OwnCode.NONE);
  }

  @Test
  void aSiteOffersPartOfItsMachine() throws YamlException {
    var offered =
        site("resources: {gpus: [3, 1], cpu_threads: 4, memory: 8GiB, task_time: 2h}").resources();
    assertThat(offered.gpus().among(List.of(0, 1, 2, 3))).containsExactly(1, 3);
    assertThat(offered.cpuThreads()).hasValue(4);
    assertThat(offered.memoryBytes()).hasValue(8L << 30);
    assertThat(offered.taskTime()).isEqualTo(Duration.ofHours(2));
    assertThat(offered.maxJobs()).isEqualTo(4);
    var all = site("resources: {gpus: all}").resources();
    assertThat(all.gpus().among(List.of(1, 0))).containsExactly(0, 1);
    assertThat(all.cpuThreads()).isEmpty();
    assertThat(site("logs: stream").resources()).isEqualTo(OfferedResources.STANDARD);
    assertThat(OfferedResources.STANDARD.gpus().among(List.of(0))).isEmpty();
  }

  @Test
  void logsStayUnlessASiteStreamsThem() throws YamlException {
    assertThat(site("logs: stream").streamsLogs()).isTrue();
    assertThat(site("logs: keep").streamsLogs()).isFalse();
    assertThat(site("datasets: {}").streamsLogs()).isFalse();
  }

  @Test
  void allScopesThatCoverAJobHold() throws YamlException {
    var site =
        site(
            """
            datasets: {ct: {path: ct, used_by: any}, mri: {path: mri, used_by: any}}
            privacy:
              all: {filters: [{type: norm-clip, bound: 10}]}
              lungs:
                studies: [lungs]
                datasets: [ct]
                filters: [{type: percentile-privacy, percentile: 20, gamma: 0.5}]
                statistics: {minimum_count: 30, min_max: {digits: 2}}
              mri: {datasets: [mri], statistics: {minimum_count: 2, max_bins: 7, min_max: exact}}
            """);
    assertThat(site.scopes("lungs", "ct"))
        .flatExtracting(PrivacyScope::filters)
        .extracting(PrivacyScope.Filter::type, PrivacyScope.Filter::settings)
        .containsExactly(
            tuple("norm-clip", Map.of("bound", 10L)),
            tuple("percentile-privacy", Map.of("percentile", 20L, "gamma", 0.5)));
    assertThat(site.scopes("hearts", "ct")).extracting(PrivacyScope::name).containsExactly("all");
    assertThat(site.scopes("lungs", "")).extracting(PrivacyScope::name).containsExactly("all");
    assertThat(site.statistics("lungs", "ct"))
        .isEqualTo(new StatisticsRules(30, 100, 10, new StatisticsRules.Rounded(2)));
    assertThat(site.statistics("hearts", "mri"))
        .isEqualTo(new StatisticsRules(2, 7, 10, new StatisticsRules.Exact()));
    assertThat(site.statistics("hearts", "ct")).isEqualTo(StatisticsRules.STANDARD);
  }

  @Test
  void ofTwoRulesForStatisticsTheStricterHolds() {
    var one = new StatisticsRules(5, 100, 50, new StatisticsRules.Noisy(0.1, 0.2));
    var other = new StatisticsRules(9, 20, 70, new StatisticsRules.Noisy(0.05, 0.5));
    assertThat(one.and(other))
        .isEqualTo(new StatisticsRules(9, 20, 50, new StatisticsRules.Noisy(0.1, 0.5)));
    assertThat(other.and(one)).isEqualTo(one.and(other));
    var hidden = new StatisticsRules(0, 1, 1, new StatisticsRules.Hidden());
    assertThat(one.and(hidden).extremes()).isEqualTo(new StatisticsRules.Hidden());
    assertThat(hidden.and(one)).isEqualTo(one.and(hidden));
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
