package org.wardfl.client.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.algo.statistics.Statistic;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.client.host.AlgorithmCatalog;
import org.wardfl.proto.job.AlgorithmDefinition;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.job.WorkflowDefinition;

class JobFileTest {

  private static final String GOOD =
      """
      name: demo
      sites: all
      min_sites: 2
      workflow:
        type: fedavg
        rounds: 5
        weights: samples
      algorithm: {type: quadratic, args: {size: 4}}
      """;

  private static final String STATISTICS =
      """
      name: demo
      min_sites: 1
      workflow:
        type: statistics
        features: [age, dose]
        bins: 20
        ranges: {age: [0, 120]}
      algorithm: {type: python, class: Cohort:C}
      """;

  @TempDir private Path folder;

  @Test
  void aGoodJobIsReadWithItsDefaults() throws Exception {
    var job = read(GOOD, OptionalLong.empty());
    assertThat(job.sites()).hasSize(3);
    assertThat(job.seed()).isZero();
    assertThat(job.study()).isEqualTo("default");
    assertThat(job.resources().cpuThreads()).isEqualTo(1);
    var workflow = (WorkflowDefinition.FedAvg) job.workflows().getFirst();
    assertThat(workflow.rounds()).isEqualTo(5);
    assertThat(workflow.weighting()).isEqualTo(new WorkflowDefinition.Weighting.Samples());
    assertThat(read(GOOD, OptionalLong.of(9)).seed()).isEqualTo(9);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          rounds: 5         | rouds: 5               | did you mean `rounds`?
          rounds: 5         | rounds: many           | job.yaml:6
          rounds: 5         | rounds: 0              | rounds
          weights: samples  | weights: size          | expected iterations, samples, normalized or a factor for each site
          type: fedavg      | type: fedavgg          | found 'fedavgg', expected fedavg
          sites: all        | sites: [site-9]        | there is no site site-9
          sites: all        | sites: [a b]           | not a site name: 'a b'
          min_sites: 2      | min_sites: 9           | min_sites: found 9, expected 1 to the number of sites, 3
          min_sites: 2      | min_sites: two         | job.yaml:3
          name: demo        | nam: demo              | did you mean `name`?
          name: demo        | name: demo\\nname: x    | name
          quadratic         | quadratik              | found 'quadratik', expected one of
          {size: 4}         | 5                      | args
          sites: all        | data: {dataset: ../x}  | a job names no path
          sites: all        | initial_model: no.file | there is no file 'no.file' in the job folder
          sites: all        | initial_model: ../up   | '../up' is outside the job folder
          sites: all        | filters: [{type: x}]   | unknown filter `x`
          sites: all        | deadline: 5            | deadline
          sites: all        | resources: {gpu: 1}    | did you mean `gpus`?
          """)
  void whatIsWrongIsSaidWithItsPlace(String text, String replacement, String expected)
      throws Exception {
    Files.writeString(folder.resolveSibling("up"), "");
    assertThatThrownBy(
            () -> read(GOOD.replace(text, replacement.replace("\\n", "\n")), OptionalLong.empty()))
        .isInstanceOf(JobFileException.class)
        .hasMessageContaining("job.yaml")
        .hasMessageContaining(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          "rounds: 5" | "rounds: 99999999999" | job.yaml:6: workflow.rounds: found '99999999999', expected a whole number of at most 2147483647
          "rounds: 5" | "rounds: 0" | job.yaml:6: workflow.rounds: found 0, expected 1 to 1000000
          "rounds: 5" | "rounds: 5\n  weight_type: full\n  optimizer: {type: fedadam, learning_rate: 1}" | job.yaml:7: workflow.weight_type: found full, expected diff
          "rounds: 5" | "rounds: 5\n  optimizer:\n    type: fedadam\n    learning_rate: 1\n    tau: 0" | job.yaml:10: workflow.optimizer.tau: found 0.0
          "rounds: 5" | "rounds: 5\n  aggregation:\n    type: krum\n    bad_sites: 0" | job.yaml:9: workflow.aggregation.bad_sites: found 0
          "rounds: 5" | "rounds: 5\n  key_metric: {name: auc}\n  stop_early:\n    patience: 0" | job.yaml:9: workflow.stop_early.patience: found 0
          "min_sites: 2" | "min_sites: 9" | job.yaml:3: min_sites: found 9
          "algorithm: {type: quadratic, args: {size: 4}}" | "algorithm: {type: quadratic}\nfilters:\n- type: norm-clip\n  args:\n    bond: 1" | job.yaml:12: filters[0].args: unknown argument `bond`; expected one of
          "weights: samples" | "weights: {site-1: 1, site-9: 2}" | job.yaml:7: workflow.weights: not among the job's sites: [site-9]
          "weights: samples" | "weights: {site-1: 0, site-2: 0, site-3: 0}" | job.yaml:7: workflow.weights: every site counts 0
          """)
  void aWrongValueIsSaidAtItsKey(String text, String replacement, String expected)
      throws Exception {
    assertThatThrownBy(
            () -> read(GOOD.replace(text, replacement.replace("\\n", "\n")), OptionalLong.empty()))
        .isInstanceOf(JobFileException.class)
        .hasMessageStartingWith(expected);
  }

  @Test
  void anArgumentThatWasMeantIsNamed() {
    var job = GOOD + "filters: [{type: norm-clip, args: {bund: 1}}]\n";
    assertThatThrownBy(() -> read(job, OptionalLong.empty()))
        .hasMessageEndingWith("; did you mean `bound`?");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          {type: fedavg, rounds: 1, key_metric: {name: auc}} | {type: fedavg, rounds: 1, key_metric: {name: loss, direction: min}} | job.yaml:5: workflow[1].key_metric: found loss min, but a workflow before it has auc max
          {type: fedavg, rounds: 1, key_metric: {name: auc}} | {type: fedavg, rounds: 1, key_metric: {name: auc, direction: min}} | found auc min, but a workflow before it has auc max
          {type: fedavg, rounds: 1} | {type: cross_site, models: [final, site_best]} | job.yaml:5: workflow[1].models: found site_best, but no workflow before it has a key_metric
          {type: evaluate} | {type: cross_site, models: [best]} | job.yaml:4: workflow[0]: evaluate has no model to score
          """)
  void workflowsThatContradictEachOtherAreRefused(String first, String second, String expected) {
    var list =
        """
        name: demo
        min_sites: 1
        workflow:
          - %s
          - %s
        algorithm: {type: quadratic, args: {size: 4}}
        """
            .formatted(first, second);
    assertThatThrownBy(() -> read(list, OptionalLong.empty()))
        .isInstanceOf(JobFileException.class)
        .hasMessageContaining(expected);
  }

  @Test
  void statisticsNeedNeitherRoundsNorAModel() throws Exception {
    var job = read(STATISTICS, OptionalLong.empty());
    assertThat(job.rounds()).isZero();
    assertThat(job.lastRound()).isEqualTo(2);
    var workflow = (WorkflowDefinition.Statistics) job.workflows().getFirst();
    assertThat(workflow.statistics()).containsExactly(Statistic.values());
    assertThat(workflow.features()).containsExactly("age", "dose");
    assertThat(workflow.bins()).isEqualTo(20);
    assertThat(workflow.quantiles()).containsExactly(0.25, 0.5, 0.75);
    assertThat(workflow.ranges())
        .containsExactlyEntriesOf(Map.of("age", new WorkflowDefinition.Statistics.Range(0, 120)));
    var mean = STATISTICS.replace("ranges:", "statistics: [mean]\n  ranges:");
    assertThat(read(mean, OptionalLong.empty()).lastRound()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          [0, 120]         | [5, 5]          | job.yaml:7: workflow.ranges.age: found a range from 5.0 to 5.0, expected a finite one, the smaller end first
          [0, 120]         | [120, 0]        | a range from 120.0 to 0.0
          [0, 120]         | [1, 2, 3]       | found 3 numbers, expected two
          [0, 120]         | [young, old]    | expected a range such as [0, 120]
          [age, dose]      | [age, age]      | features: a name is listed twice
          type: statistics | type: statistic | found 'statistic', expected fedavg, cyclic, cross_site, evaluate or statistics
          bins: 20         | bins: 0         | bins: found 0, expected 1 to 1000
          ranges:          | range:          | did you mean `ranges`?
          {age:            | {dosse:         | job.yaml:7: unknown key `dosse` in workflow.ranges; did you mean `dose`?
          ranges:          | "statistics: [mode]\n  ranges:" | found 'mode', expected some of count, missing, sum, mean, stddev, min, max, histogram, quantiles
          ranges:          | "quantiles: [0, 1]\n  ranges:" | quantiles: found 0.0, expected shares above 0 and below 1
          type: statistics | type: fedavg    | unknown key `features`
          "type: python, class: Cohort:C" | type: quadratic | quadratic cannot describe data, which is not what a workflow of type statistics needs
          """)
  void wrongStatisticsAreSaidWithTheirPlace(String text, String replacement, String expected) {
    assertThatThrownBy(() ->
            read(STATISTICS.replace(text, replacement.replace("\\n", "\n")), OptionalLong.empty()))
        .isInstanceOf(JobFileException.class)
        .hasMessageContaining("job.yaml")
        .hasMessageContaining(expected);
  }

  @Test
  void ownClassesAreLookedAtBeforeTheJobRuns() throws Exception {
    jar("empty.jar");
    ownClass("missing.jar", "org.example.A", "there is no file 'missing.jar'");
    Files.writeString(folder.resolve("text.jar"), "no ZIP file");
    ownClass("text.jar", "org.example.A", "text.jar is not a jar that can be read");
    ownClass("empty.jar", "org.example.A", "empty.jar has no class org.example.A");
    ownClass("empty.jar", "java.lang.String", "java.lang.String is not a ClientAlgo");
  }

  @Test
  void anInitialModelMustBeAModelFile() throws Exception {
    Files.writeString(folder.resolve("broken"), "hello");
    assertThatThrownBy(() -> read(GOOD + "initial_model: broken\n", OptionalLong.empty()))
        .isInstanceOf(JobFileException.class)
        .hasMessageContaining("job.yaml:9");
    ModelWriter.write(TensorMap.of(Tensor.floats("w", new float[] {1}, 1)), folder.resolve("good"));
    assertThat(read(GOOD + "initial_model: good\n", OptionalLong.empty()).initialModel())
        .hasToString("FromFile[path=good]");
  }

  @Test
  void aFolderWithoutAJobIsSaidToBeNone() throws Exception {
    assertThatThrownBy(() -> new JobFile(folder.resolve("no"), catalog()).namedSites())
        .hasMessageContaining("there is no job folder");
    assertThatThrownBy(() -> new JobFile(folder, catalog()).namedSites())
        .hasMessageContaining("there is no job.yaml in");
    var file = Files.writeString(folder.resolve("job.yaml"), GOOD);
    assertThatThrownBy(() -> new JobFile(file, catalog()).namedSites())
        .hasMessageContaining("job.yaml is a file; expected the folder that holds a job.yaml");
  }

  @Test
  void pythonThatTheJobBringsIsToldFromPythonThatSitesHave() throws Exception {
    Files.writeString(folder.resolve("my_module.py"), "this is never run here");
    Files.createDirectories(folder.resolve("src/my_package"));
    assertThat(python("class: 'my_module:MyAlgo'").code()).contains(".");
    assertThat(python("class: 'my_package.deep:MyAlgo', code: src").code()).contains("src");
    assertThat(python("class: 'hospital.algos:MyAlgo'").code()).isEmpty();
    var script = python("script: my_module.py, args: {epochs: 2}");
    assertThat(script.isScript()).isTrue();
    assertThat(script.bringsCode()).isTrue();
    var installed = python("class: 'hospital.algos:MyAlgo'");
    assertThat(installed.bringsCode()).isFalse();
    assertThat(installed.listedName()).isEqualTo("python:hospital.algos:MyAlgo");
    assertThat(python("class: 'my_module:MyAlgo'").listedName()).isEqualTo("python");
  }

  @Test
  void aBundleIsCodeThatTheJobBrings() throws Exception {
    Files.createDirectories(folder.resolve("spleen/configs"));
    var text = GOOD.replace("{type: quadratic, args: {size: 4}}", "{type: bundle, ENGINE}");
    assertThatThrownBy(() ->
            read(text.replace("ENGINE", "engine: monai, bundle: spleen"), OptionalLong.empty()))
        .hasMessageContaining("'spleen' has no configs/metadata.json, so it is no MONAI bundle");
    Files.writeString(folder.resolve("spleen/configs/metadata.json"), "{}");
    var bundle =
        read(text.replace("ENGINE", "engine: monai, bundle: spleen"), OptionalLong.empty())
            .algorithm();
    assertThat(bundle.bringsCode()).isTrue();
    assertThat(bundle.listedName()).isEqualTo("python");
    assertThatThrownBy(
            () -> read(text.replace("ENGINE", "engine: x, bundle: spleen"), OptionalLong.empty()))
        .hasMessageContaining("found 'x', expected monai or native");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          class: MyAlgo                      | found 'MyAlgo', expected module:Class, such as my_module:MyAlgo
          class: 'my module:MyAlgo'          | expected module:Class
          class: 'os;x:y'                    | expected module:Class
          args: {}                           | type python needs either class (module:Class) or script
          script: a.py, class: 'a:B'         | type python needs either class (module:Class) or script
          script: a.py                       | there is no file 'a.py' in the job folder
          script: ../a.py                    | there is no file '../a.py' in the job folder
          class: 'a:B', code: ..             | '..' is outside the job folder
          class: 'a:B', code: no             | there is no folder 'no' in the job folder
          class: 'a:B', code: lib            | there is no module 'a' in 'lib'
          class: 'a:B', path: lib            | unknown key `path`
          """)
  void pythonThatCannotBeIsRefused(String keys, String expected) throws Exception {
    Files.createDirectories(folder.resolve("lib"));
    assertThatThrownBy(() -> python(keys))
        .isInstanceOf(JobFileException.class)
        .hasMessageContaining("job.yaml")
        .hasMessageContaining(expected);
  }

  private AlgorithmDefinition python(String keys) throws Exception {
    var text =
        GOOD.replace("{type: quadratic, args: {size: 4}}", "{type: python, " + keys + "}")
            + "initial_model: first\n";
    ModelWriter.write(
        TensorMap.of(Tensor.floats("w", new float[] {1}, 1)), folder.resolve("first"));
    return read(text, OptionalLong.empty()).algorithm();
  }

  private void ownClass(String jar, String type, String expected) {
    var text =
        GOOD.replace(
            "{type: quadratic, args: {size: 4}}",
            "{type: java, jar: " + jar + ", class: " + type + "}");
    assertThatThrownBy(() -> read(text, OptionalLong.empty()))
        .isInstanceOf(JobFileException.class)
        .hasMessageContaining(expected);
  }

  private void jar(String name) throws IOException {
    try (var zip = new ZipOutputStream(Files.newOutputStream(folder.resolve(name)))) {
      zip.putNextEntry(new ZipEntry("META-INF/"));
    }
  }

  private JobDefinition read(String yaml, OptionalLong seed) throws IOException, JobFileException {
    Files.writeString(folder.resolve("job.yaml"), yaml);
    var known = new TreeSet<SiteName>();
    for (var name : Map.of("site-1", 1, "site-2", 2, "site-3", 3).keySet()) {
      known.add(new SiteName(name));
    }
    return new JobFile(folder, catalog()).read(known, seed);
  }

  private static AlgorithmCatalog catalog() {
    return AlgorithmCatalog.installed();
  }
}
