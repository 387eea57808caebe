package org.wardfl.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.proto.job.JobStatus;
import org.wardfl.server.job.JobEvent;
import org.wardfl.server.result.ResultFiles;

/// Whole federations with the real server core, the real agents and real files.
@Timeout(60)
class SimulationTest {

  @TempDir private Path folder;

  @Test
  void theModelIsTheSameForAnyNumberOfThreadsAndInProcesses() throws Exception {
    var one = new Job(folder).threads(1).run();
    assertThat(one.record().status()).isEqualTo(JobStatus.COMPLETED);
    var model = one.record().model().orElseThrow();
    assertThat(ModelWriter.hash(one.folder().resolve("model.safetensors"))).isEqualTo(model);
    assertThat(new Job(folder).threads(4).run().record().model()).contains(model);
    assertThat(new Job(folder).inProcesses().run().record().model()).contains(model);
    assertThat(new Job(folder).with("seed: 3", "seed: 4").run().record().model())
        .isPresent()
        .isNotEqualTo(one.record().model());
  }

  @Test
  void everyRunHasAFolderOfItsOwnWithNothingButResults() throws Exception {
    var first = new Job(folder).run();
    var second = new Job(folder).run();
    assertThat(first.folder()).hasFileName("run-001");
    assertThat(second.folder()).hasFileName("run-002");
    try (var files = Files.list(first.folder())) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "model.safetensors",
              "best_model.safetensors",
              "metrics.jsonl",
              "run.json",
              "report.html");
    }
    assertThat(second.record().best().orElseThrow().round()).isEqualTo(3);
    assertThat(ResultFiles.finalScores(second.record())).hasSize(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          initialize | failed in initialize: there are no rows in the dataset
          evaluate   | failed in evaluate: the algorithm threw java.lang.IllegalStateException
          throw      | failed in train: the algorithm threw java.lang.IllegalStateException
          stack      | failed in train: the algorithm threw java.lang.StackOverflowError
          nan        | failed in getWeights: tensor w holds NaN
          infinity   | failed in getWeights: tensor w holds -Infinity
          shape      | failed in getWeights: tensor w: F32[17], expected F32[16]
          missing    | failed in getWeights: the algorithm did not return tensor w
          unknown    | failed in getWeights: tensor smuggled is not in the received model
          null       | failed in getWeights: the algorithm returned null
          """)
  void aFailingSiteIsNamedAndTheOthersGoOn(String fault, String expected) throws Exception {
    var record = Job.faulty(folder, "'" + fault + "'").run().record();
    assertThat(record.status()).isEqualTo(JobStatus.COMPLETED);
    var complaints = ResultFiles.complaints(record);
    assertThat(complaints).contains("round 1, site-2: " + expected);
    assertThat(complaints).allMatch(line -> line.contains("site-2") && !line.contains("Jane"));
    assertThat(record.rounds().get(1).tasks())
        .filteredOn(task -> task.weight() > 0)
        .extracting(task -> task.site().value())
        .containsExactly("site-1", "site-3");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          exit   | the job's process ended: exit code 7
          memory | the job's process ended: it ran out of memory (exit code 3)
          """)
  void aDyingProcessEndsItsTaskAndNothingElse(String fault, String expected) throws Exception {
    var record =
        Job.faulty(folder, fault).with("rounds: 3", "rounds: 1").inProcesses().run().record();
    assertThat(record.status()).isEqualTo(JobStatus.COMPLETED);
    assertThat(ResultFiles.complaints(record))
        .contains("round 1, site-2: failed in process: " + expected);
  }

  @Test
  void aKilledProcessIsReplacedAndTheModelIsTheSame() throws Exception {
    var expected = new Job(folder).run().record().model();
    var simulation = new Job(folder).inProcesses().prepare();
    var killed = new java.util.concurrent.atomic.AtomicInteger();
    var result =
        simulation.run((_, event, _) -> {
          if (event instanceof JobEvent.RoundOpened) {
            ProcessHandle.current()
                .children()
                .filter(child -> child.info().command().orElse("").endsWith("java"))
                .findFirst()
                .ifPresent(child -> killed.addAndGet(child.destroyForcibly() ? 1 : 0));
          }
        });
    assertThat(killed.get()).isPositive();
    assertThat(result.record().status()).isEqualTo(JobStatus.COMPLETED);
    assertThat(ResultFiles.complaints(result.record())).isEmpty();
    assertThat(result.record().model()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"hang, false", "ignore_abort, true"})
  void aHangingSiteIsLeftBehindOnceThereIsAQuorum(String fault, boolean inProcesses)
      throws Exception {
    var job =
        Job.faulty(folder, fault)
            .with("rounds: 3", "rounds: 1, close_early: {after_quorum: 200ms}")
            .threads(3);
    var record = (inProcesses ? job.inProcesses() : job).run().record();
    assertThat(record.status()).isEqualTo(JobStatus.COMPLETED);
    assertThat(ResultFiles.complaints(record)).contains("round 1, site-2: did not answer in time");
  }

  @Test
  void aSiteThatHangsInEveryRoundTakesOnePlaceOnly() throws Exception {
    var record =
        Job.faulty(folder, "hang")
            .with("rounds: 3", "rounds: 3, round_deadline: 2s, close_early: {after_quorum: 200ms}")
            .threads(2)
            .run()
            .record();
    assertThat(record.status()).isEqualTo(JobStatus.COMPLETED);
    assertThat(ResultFiles.complaints(record)).contains("round 3, site-2: did not answer in time");
  }

  @Test
  void aJobFailsWhenTooFewSitesAreLeft() throws Exception {
    var result = Job.faulty(folder, "throw").with("min_sites: 2", "min_sites: 3").run();
    assertThat(result.record().status()).isEqualTo(JobStatus.FAILED);
    var failure = result.record().failure().orElseThrow();
    assertThat(failure.reason()).contains("site-2").contains("3");
    assertThat(result.folder().resolve("run.json")).isRegularFile();
    assertThat(result.folder().resolve("report.html")).isRegularFile();
  }

  @Test
  void aJobThatFailsAtADeadlineNamesWhoWasSilent() throws Exception {
    var record =
        Job.faulty(folder, "hang")
            .with("at: [site-2]", "at: [site-2, site-3]")
            .with("rounds: 3", "rounds: 1, round_deadline: 1s")
            .threads(3)
            .run()
            .record();
    assertThat(record.status()).isEqualTo(JobStatus.FAILED);
    var failure = record.failure().orElseThrow();
    assertThat(failure.site()).hasToString("Optional[site-2]");
    assertThat(failure.reason())
        .endsWith("1 of 3 sites were accepted; the job needs 2; no answer from site-2, site-3");
  }

  @Test
  void aJobFailsWithoutItsMandatorySite() throws Exception {
    var record = Job.faulty(folder, "throw").adding("mandatory_sites: [site-2]").run().record();
    assertThat(record.status()).isEqualTo(JobStatus.FAILED);
    assertThat(record.failure().orElseThrow().site()).hasToString("Optional[site-2]");
  }

  @Test
  void anAbortedSimulationEndsSoonAndKeepsItsRecord() throws Exception {
    var simulation =
        Job.faulty(folder, "hang").with("at: [site-2]", "from_round: 1").inProcesses().prepare();
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      var run = executor.submit(() -> simulation.run((_, _, _) -> {}));
      simulation.abort();
      assertThat(run.get(20, TimeUnit.SECONDS).record().status()).isEqualTo(JobStatus.ABORTED);
    }
    assertThat(simulation.folder().resolve("run.json")).isRegularFile();
  }

  @Test
  void workflowsRunOneAfterTheOther() throws Exception {
    var record =
        new Job(folder)
            .with(
                "workflow: {type: fedavg, rounds: 3, key_metric: {name: distance, direction:"
                    + " min}}",
                "workflow: [{type: fedavg, rounds: 2}, {type: fedavg, rounds: 1, weights:"
                    + " samples, weight_type: full}]")
            .run()
            .record();
    assertThat(record.status()).isEqualTo(JobStatus.COMPLETED);
    assertThat(ResultFiles.roundsDone(record)).isEqualTo(3);
  }

  @Test
  void aThousandSitesAreSampledByTheSeed() throws Exception {
    var job =
        new Job(folder)
            .adding("sample: 100")
            .sites(new SimulationConfig.Sites.Count(1000))
            .threads(2);
    var record = job.run().record();
    assertThat(record.status()).isEqualTo(JobStatus.COMPLETED);
    var sampled =
        record.rounds().stream()
            .filter(round -> round.tasks().size() == 100)
            .map(round ->
                round.tasks().stream().map(task -> task.site()).collect(Collectors.toSet()))
            .collect(Collectors.toSet());
    // Three training rounds, each with a draw of its own.
    assertThat(sampled).hasSizeGreaterThanOrEqualTo(3);
    assertThat(job.threads(4).run().record().model()).isEqualTo(record.model());
  }

  @Test
  void whatIsWrongIsSaidBeforeAnythingRuns() throws Exception {
    var csv = Files.createDirectories(folder.resolve("data"));
    Files.writeString(csv.resolve("site-1.csv"), "x\n");
    refused(new Job(folder).with("min_sites: 2", "min_sites: 4"), "min_sites: found 4");
    refused(new Job(folder).adding("mandatory_sites: [x]"), "not among the job's sites: [x]");
    refused(new Job(folder).sites(new SimulationConfig.Sites.FromJob()), "give --sites N");
    refused(new Job(folder).sites(named("a", "a")), "a is named twice");
    refused(new Job(folder).sites(named("a b")), "not a site name: 'a b'");
    refused(new Job(folder).adding("resources2: {}"), "did you mean `resources`?");
    refused(
        new Job(folder).with("resources: {memory", "resources: {gpus: 1, memory"), "--gpus 0,1");
    refused(
        new Job(folder).adding("data: {dataset: d}").data(csv), "site site-2 has no data: there");
    refused(
        new Job(folder).adding("data: {dataset: d}").data(folder.resolve("no")),
        "there is no data folder");
    assertThat(folder.resolve("workspace")).doesNotExist();
    var file = Files.writeString(folder.resolve("file"), "");
    assertThatThrownBy(() -> new Job(folder).prepare(file.resolve("below")))
        .isInstanceOf(SimulationException.class)
        .hasMessageContaining("cannot be written")
        .hasMessageContaining("--workspace");
  }

  private static SimulationConfig.Sites named(String... names) {
    return new SimulationConfig.Sites.Named(List.of(names));
  }

  private static void refused(Job job, String expected) {
    assertThatThrownBy(job::prepare)
        .isInstanceOf(SimulationException.class)
        .hasMessageContaining(expected);
  }
}
