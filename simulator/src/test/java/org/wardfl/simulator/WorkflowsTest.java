package org.wardfl.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardfl.algo.model.ModelFile;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.proto.job.JobStatus;
import org.wardfl.proto.json.JsonReader;
import org.wardfl.server.result.CrossSite;
import org.wardfl.server.result.ResultFiles;
import org.wardfl.server.result.RunRecord;

/// Every workflow and option, as whole federations.
@Timeout(60)
class WorkflowsTest {

  private static final String FED_AVG =
      "{type: fedavg, rounds: 3, key_metric: {name: distance, direction: min}}";

  @TempDir private Path folder;

  private Job job(String... workflows) throws Exception {
    return new Job(folder).with(FED_AVG, "[" + String.join(", ", workflows) + "]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{type: fedavg, rounds: 3, optimizer: {type: fedavgm, momentum: 0.5}}",
        "{type: fedavg, rounds: 3, optimizer: {type: fedadam, learning_rate: 0.1}, alone: true}",
        "{type: fedavg, rounds: 3, optimizer: {type: fedyogi, learning_rate: 0.1, tau: 1e-8}}",
        "{type: fedavg, rounds: 3, optimizer: {type: fedadagrad, learning_rate: 0.1}}",
        "{type: cyclic, rounds: 2}",
        "{type: cyclic, rounds: 3, order: random, alone: true}",
        "{type: cyclic, rounds: 3, order: random_no_repeat, key_metric: {name: distance,"
            + " direction: min}}",
        "{type: fedavg, rounds: 2, key_metric: {name: distance, direction: min}, stop_early:"
            + " {patience: 1}}, {type: cross_site}, {type: evaluate}",
      })
  void theResultIsTheSameForAnyNumberOfThreadsAndInProcesses(String workflows) throws Exception {
    var one = job(workflows).threads(1).run();
    assertThat(one.record().status()).isEqualTo(JobStatus.COMPLETED);
    assertThat(ResultFiles.complaints(one.record())).isEmpty();
    var files = models(one);
    assertThat(files).isNotEmpty();
    assertThat(models(job(workflows).threads(2).run())).isEqualTo(files);
    assertThat(models(job(workflows).threads(4).run())).isEqualTo(files);
    assertThat(models(job(workflows).inProcesses().run())).isEqualTo(files);
  }

  /// Every model that was published or scored, in order, and what was scored of it.
  private static List<Object> models(Simulation.Result result) {
    var all = new ArrayList<Object>();
    for (var round : result.record().rounds()) {
      all.add(round.received());
      all.add(round.published());
      all.add(round.means());
    }
    all.add(result.record().model());
    all.add(result.record().best());
    return all;
  }

  @Test
  void aServerOptimizerKeepsItsStateAsAFileOfTheJob() throws Exception {
    var record =
        job("{type: fedavg, rounds: 2, optimizer: {type: fedadam, learning_rate: 0.1}}")
            .run()
            .record();
    assertThat(record.rounds().get(1).published()).containsOnlyKeys("global", "optimizer/0");
    assertThat(record.rounds().get(2).published().get("optimizer/0"))
        .isNotEqualTo(record.rounds().get(1).published().get("optimizer/0"));
    var plain = job("{type: fedavg, rounds: 2}").run().record();
    assertThat(record.model()).isNotEqualTo(plain.model());
    var same =
        job("{type: fedavg, rounds: 2, optimizer: {type: fedavgm, momentum: 0}}").run().record();
    assertThat(same.model()).isEqualTo(plain.model());
  }

  @Test
  void aKeyMetricThatNoSiteTellsIsSaid() throws Exception {
    var result =
        job("{type: fedavg, rounds: 2, key_metric: {name: distanse, direction: min}}").run();
    assertThat(result.record().status()).isEqualTo(JobStatus.COMPLETED);
    assertThat(result.record().best()).isEmpty();
    var sentence =
        "no site has told `distanse`, the key metric, so there is no best model; told were distance";
    assertThat(ResultFiles.complaints(result.record())).containsExactly(sentence);
    assertThat(result.folder().resolve("report.html")).content().contains(sentence);
  }

  @ParameterizedTest
  @CsvSource({
    "'wieghts', no tensor of the model matches 'wieghts'",
    "'.*', every parameter of the model is left out",
  })
  void whatIsExcludedMustFitTheModel(String pattern, String sentence) throws Exception {
    var record = job("{type: fedavg, rounds: 2, exclude: ['" + pattern + "']}").run().record();
    assertThat(record.status()).isEqualTo(JobStatus.FAILED);
    assertThat(record.failure().orElseThrow().reason())
        .contains("exclude of the workflow: " + sentence);
  }

  @Test
  void whatEverySiteSaysIsSaidOnce() throws Exception {
    var record =
        new Job(folder)
            .with("{type: quadratic}", "{type: faulty, args: {fault: initialize}}")
            .run()
            .record();
    assertThat(record.failure().orElseThrow().reason()).contains("site-1, site-2, site-3 ");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void noSiteComesTwiceInARowAlsoWhereTwoAreDrawn(long seed) throws Exception {
    var visits =
        new Job(folder)
                .with(FED_AVG, "{type: cyclic, rounds: 40, order: random_no_repeat}")
                .with("min_sites: 2", "min_sites: 2\nsample: 2")
                .with("seed: 3", "seed: " + seed)
                .run()
                .record()
                .rounds()
                .stream()
                .filter(round -> round.kind() == RunRecord.Kind.TRAIN)
                .map(round -> round.tasks().getFirst().site().value())
                .toList();
    assertThat(visits).hasSize(80).contains("site-1", "site-2", "site-3");
    for (int i = 1; i < visits.size(); i++) {
      assertThat(visits.get(i)).isNotEqualTo(visits.get(i - 1));
    }
  }

  @ParameterizedTest
  @CsvSource({"fixed", "random", "random_no_repeat"})
  void aModelGoesAroundInOrder(String order) throws Exception {
    var record = job("{type: cyclic, rounds: 6, order: " + order + "}").run().record();
    assertThat(record.status()).isEqualTo(JobStatus.COMPLETED);
    var visits =
        record.rounds().stream()
            .filter(round -> round.kind() == RunRecord.Kind.TRAIN)
            .map(round -> round.tasks().getFirst().site().value())
            .toList();
    assertThat(visits).hasSize(18);
    var orders = new HashSet<List<String>>();
    for (int time = 0; time < 6; time++) {
      var once = visits.subList(3 * time, 3 * time + 3);
      assertThat(once).containsExactlyInAnyOrder("site-1", "site-2", "site-3");
      orders.add(once);
    }
    if (order.equals("fixed")) {
      assertThat(orders).containsExactly(List.of("site-1", "site-2", "site-3"));
    } else {
      assertThat(orders).hasSizeGreaterThan(1);
    }
    if (order.equals("random_no_repeat")) {
      for (int i = 1; i < visits.size(); i++) {
        assertThat(visits.get(i)).isNotEqualTo(visits.get(i - 1));
      }
    }
    // What one site has made is what the next one receives.
    ModelHash before = null;
    for (var round : record.rounds()) {
      if (before != null) {
        assertThat(round.received().get("global")).isEqualTo(before);
      }
      before = round.published().getOrDefault("global", before);
    }
    assertThat(record.rounds().getLast().kind()).isEqualTo(RunRecord.Kind.EVALUATE);
  }

  @Test
  void aSiteThatFailsIsPassedOverAndTooManyEndTheJob() throws Exception {
    var faulty =
        Job.faulty(folder, "throw")
            .with(FED_AVG, "{type: cyclic, rounds: 2}")
            .with("min_sites: 2", "min_sites: 2");
    var record = faulty.run().record();
    assertThat(record.status()).isEqualTo(JobStatus.COMPLETED);
    assertThat(ResultFiles.complaints(record)).hasSize(2).allMatch(line -> line.contains("site-2"));
    var failed = faulty.with("min_sites: 2", "min_sites: 3").run().record();
    assertThat(failed.status()).isEqualTo(JobStatus.FAILED);
    assertThat(failed.failure().orElseThrow().site()).hasToString("Optional[site-2]");
  }

  @Test
  void everyModelIsScoredAtEverySiteAndAFailureIsAnAbsentCell() throws Exception {
    var result =
        Job.faulty(folder, "evaluate")
            .with("at: [site-2]", "at: [site-2], from_round: 5")
            .with(FED_AVG, "[" + FED_AVG + ", {type: cross_site}]")
            .run();
    assertThat(result.record().status()).isEqualTo(JobStatus.COMPLETED);
    var matrix = CrossSite.of(result.record()).orElseThrow();
    var names =
        matrix.models().stream()
            .flatMap(model -> model.names().stream())
            .collect(Collectors.toSet());
    assertThat(names)
        .containsExactlyInAnyOrder(
            "server/final",
            "server/best",
            "site-1/final",
            "site-1/best",
            "site-2/final",
            "site-2/best",
            "site-3/final",
            "site-3/best");
    assertThat(matrix.cells()).hasSize(3);
    matrix
        .cells()
        .forEach((site, row) -> {
          assertThat(row).hasSize(matrix.models().size());
          row.values()
              .forEach(cell -> {
                if (site.value().equals("site-2")) {
                  assertThat(cell)
                      .isEqualTo(
                          new CrossSite.Cell.Absent(
                              "failed in evaluate: the algorithm threw"
                                  + " java.lang.IllegalStateException"));
                } else {
                  assertThat(cell).isInstanceOf(CrossSite.Cell.Scored.class);
                }
              });
        });
    var json = Files.readString(result.folder().resolve("cross_site.json"));
    assertThat(JsonReader.read(json)).isNotNull();
    assertThat(json).contains("\"site-1/best\"").contains("\"absent\": \"failed in evaluate");
    assertThat(matrix.missing()).isEmpty();
    assertThat(result.folder().resolve("report.html")).content().contains("Across sites");
  }

  @Test
  void aCyclicTransferHasTheBestModelOfEachSiteWhoeverAsksForWhich() throws Exception {
    var cyclic =
        "{type: cyclic, rounds: 3, key_metric: {name: distance, direction: min}}, {type: cross_site";
    var all = CrossSite.of(job(cyclic + "}").run().record()).orElseThrow();
    assertThat(all.missing()).isEmpty();
    var best = CrossSite.of(job(cyclic + ", models: [site_best]}").run().record()).orElseThrow();
    assertThat(best.missing()).isEmpty();
    for (var name : List.of("site-1/best", "site-2/best", "site-3/best")) {
      assertThat(hash(best, name)).isPresent().isEqualTo(hash(all, name));
    }
  }

  private static Optional<ModelHash> hash(CrossSite matrix, String name) {
    return matrix.models().stream()
        .filter(model -> model.names().contains(name))
        .map(CrossSite.Model::sha256)
        .findFirst();
  }

  @Test
  void modelsThatDoNotExistAreAbsentWithTheReason() throws Exception {
    var result =
        new Job(folder)
            .with(FED_AVG, "[{type: fedavg, rounds: 1}, {type: cross_site}]")
            .with("min_sites: 2", "min_sites: 2\nsample: 2")
            .run();
    var record = result.record();
    var trained = record.rounds().get(1).tasks().stream().map(RunRecord.Task::site).toList();
    assertThat(trained).hasSize(2);
    var expected = new TreeMap<>(Map.of("server/best", "there is no key_metric"));
    for (var site : record.definition().sites()) {
      if (trained.contains(site)) {
        expected.put(site + "/best", "there is no key_metric");
      } else {
        expected.put(site + "/best", "the site has trained nothing");
        expected.put(site + "/final", "the site has trained nothing");
      }
    }
    assertThat(CrossSite.of(record).orElseThrow().missing()).isEqualTo(expected);
    assertThat(result.folder().resolve("cross_site.json"))
        .content()
        .contains("\"server/best\": \"there is no key_metric\"");
    assertThat(result.folder().resolve("report.html"))
        .content()
        .contains("server/best, ", ": there is no key_metric");
  }

  @Test
  void aGivenModelIsOnlyEvaluated() throws Exception {
    var trained = new Job(folder).run();
    Files.copy(
        trained.folder().resolve("model.safetensors"), folder.resolve("job/given.safetensors"));
    var record =
        new Job(folder)
            .with(FED_AVG, "[{type: evaluate}, {type: cross_site, models: [final]}]")
            .adding("initial_model: given.safetensors")
            .run()
            .record();
    assertThat(record.status()).isEqualTo(JobStatus.COMPLETED);
    assertThat(record.model()).isEqualTo(trained.record().model());
    assertThat(ResultFiles.finalScores(record))
        .isEqualTo(ResultFiles.finalScores(trained.record()));
    assertThat(ResultFiles.roundsDone(record)).isZero();
    assertThat(CrossSite.of(record).orElseThrow().cells()).hasSize(3);
  }

  @Test
  void aTrainingThatBringsNothingBetterIsStopped() throws Exception {
    // A step of twice the distance and more never comes nearer.
    var record =
        new Job(folder)
            .with("algorithm: {type: quadratic}", "algorithm: {type: quadratic, args: {rate: 2.5}}")
            .with(
                FED_AVG,
                "{type: fedavg, rounds: 50, key_metric: {name: distance, direction: min},"
                    + " stop_early: {patience: 3}}")
            .run()
            .record();
    assertThat(record.status()).isEqualTo(JobStatus.COMPLETED);
    assertThat(record.best().orElseThrow().round()).isZero();
    // The models of rounds 1 to 3 were scored in rounds 2 to 4, and none was better.
    assertThat(ResultFiles.roundsDone(record)).isEqualTo(4);
    assertThat(record.rounds().getLast().kind()).isEqualTo(RunRecord.Kind.EVALUATE);
  }

  @Test
  void aLaterWorkflowGoesOnFromTheModelOfAnEarlierOne() throws Exception {
    var record =
        job("{type: cyclic, rounds: 1}", "{type: fedavg, rounds: 2}", "{type: evaluate}")
            .run()
            .record();
    assertThat(record.status()).isEqualTo(JobStatus.COMPLETED);
    var rounds = record.rounds();
    assertThat(rounds.stream().map(RunRecord.Round::kind).map(Enum::name))
        .containsExactly(
            "INITIAL", "TRAIN", "TRAIN", "TRAIN", "TRAIN", "TRAIN", "EVALUATE", "EVALUATE");
    assertThat(rounds.get(4).received().get("global"))
        .isEqualTo(rounds.get(3).published().get("global"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {type: evaluate} | workflow: evaluate has no model to score
          {type: cross_site}, {type: fedavg, rounds: 1} | workflow[0]: cross_site has no model
          {type: fedavg, rounds: 1, stop_early: {patience: 2}} | stop_early: expected a key_metric
          {type: fedavg, rounds: 1, weight_type: full, optimizer: {type: fedavgm}} | weight_type: found full, expected diff
          {type: fedavg, rounds: 1, optimizer: {type: fedavgm, tau: 1}} | tau
          {type: fedavg, rounds: 1, optimizer: {type: fedadam, learning_rate: 0}} | optimizer.learning_rate: found 0.0
          {type: fedavg, rounds: 1, optimizer: {type: adam, learning_rate: 1}} | fedadam
          {type: fedavg, rounds: 1}, {type: cross_site, models: [mine]} | found 'mine', expected final
          {type: cyclic, rounds: 0} | rounds: found 0
          {type: cyclic, rounds: 1, order: backwards} | order
          {type: spiral} | found 'spiral', expected fedavg, cyclic, cross_site
          """)
  void whatContradictsItselfIsRefusedByItsKey(String workflows, String expected) throws Exception {
    var job = job(workflows);
    assertThatThrownBy(job::prepare)
        .isInstanceOf(SimulationException.class)
        .hasMessageContaining(expected);
  }

  @Test
  void anotherModelIsAbsentWhereOneSiteCannotLoadIt() throws Exception {
    var trained = new Job(folder).run();
    try (var model = ModelFile.open(trained.folder().resolve("model.safetensors"))) {
      TensorMap tensors = model.load();
      ModelWriter.write(tensors, folder.resolve("job/given.safetensors"));
    }
    var record =
        Job.faulty(folder, "initialize")
            .with(FED_AVG, "{type: evaluate}")
            .adding("initial_model: given.safetensors")
            .run()
            .record();
    assertThat(record.status()).isEqualTo(JobStatus.COMPLETED);
    assertThat(ResultFiles.complaints(record)).hasSize(1);
    assertThat(ResultFiles.finalScores(record)).containsOnlyKeys("site-1", "site-3");
  }
}
