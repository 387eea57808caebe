package org.wardfl.server.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.Metrics;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.TrainSummary;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.job.JobStatus;
import org.wardfl.proto.job.WorkflowDefinition.Direction;
import org.wardfl.proto.job.WorkflowDefinition.KeyMetric;
import org.wardfl.proto.task.TaskOutcome;
import org.wardfl.server.job.Answer;
import org.wardfl.server.job.Failure;
import org.wardfl.server.report.RunReport.AbsenceKind;
import org.wardfl.server.report.RunReport.Point;
import org.wardfl.server.result.RunRecord;
import org.wardfl.server.result.RunRecord.Kind;
import org.wardfl.server.result.RunRecord.Task;

class RecordViewTest {

  private static final Instant START = Instant.parse("2026-11-23T18:00:00Z");
  private static final ModelHash HASH = new ModelHash("ab".repeat(32));
  private static final SiteName NORTH = new SiteName("north-2");
  private static final SiteName SOUTH = new SiteName("north-10");

  @TempDir private Path folder;

  @Test
  void scoresBelongToTheTrainingBehindTheScoredModel() {
    var accuracy = RecordView.of(record(twoRounds())).leading().orElseThrow();
    assertThat(accuracy.name()).isEqualTo("accuracy");
    assertThat(accuracy.mean())
        .containsExactly(new Point(0, 0.5), new Point(1, 0.75), new Point(2, 0.875));
    assertThat(accuracy.sites().get(NORTH))
        .containsExactly(new Point(0, 0.25), new Point(1, 0.5), new Point(2, 0.75));
    assertThat(accuracy.alone())
        .isEqualTo(Map.of(NORTH, List.of(new Point(1, 0.125), new Point(2, 0.25))));
  }

  @Test
  void trainingValuesBelongToTheModelThatTheTrainingMade() {
    var loss =
        RecordView.of(record(twoRounds())).metrics().stream()
            .filter(history -> history.name().equals("training loss"))
            .findFirst()
            .orElseThrow();
    // 30 samples with loss 1 and 10 with loss 2.
    assertThat(loss.mean()).containsExactly(new Point(1, 1.25), new Point(2, 1));
  }

  @Test
  void whoDidNotContributeIsNamedWithTheReason() {
    var run = RecordView.of(record(twoRounds()));
    assertThat(run.rounds()).hasSize(2);
    assertThat(run.rounds().getFirst().accepted()).containsOnlyKeys(NORTH, SOUTH);
    var second = run.rounds().getLast();
    assertThat(second.accepted()).containsOnlyKeys(NORTH);
    assertThat(second.absences())
        .singleElement()
        .satisfies(absence -> {
          assertThat(absence.site()).isEqualTo(SOUTH);
          assertThat(absence.kind()).isEqualTo(AbsenceKind.FAILED);
          assertThat(absence.reason()).isEqualTo("train: loss is NaN");
        });
    assertThat(run.others())
        .singleElement()
        .satisfies(round ->
            assertThat(round.absences().getFirst().reason())
                .isEqualTo("final evaluation: no answer before the round closed"));
  }

  @Test
  void anOpenRoundCallsNobodyLate() {
    var open =
        new RunRecord.Round(
            1,
            Kind.TRAIN,
            START,
            Optional.empty(),
            new TreeMap<>(),
            new TreeMap<>(),
            new TreeMap<>(),
            List.of(new Task(NORTH, "global", Optional.empty(), 0)),
            0);
    assertThat(RecordView.of(record(List.of(open))).rounds().getFirst().absences()).isEmpty();
  }

  @Test
  void figuresAndFactsComeFromTheRecord() {
    var run = RecordView.of(record(twoRounds()));
    assertThat(run.plannedRounds()).isEqualTo(2);
    assertThat(run.elapsed()).isEqualTo(Duration.ofSeconds(9));
    assertThat(run.failure()).contains("north-10, train: loss is NaN");
    assertThat(run.sites())
        .containsExactly(new RunReport.Site(NORTH, 30, 7), new RunReport.Site(SOUTH, 10, 7));
    assertThat(run.facts())
        .contains(
            new RunReport.Fact("Seed", "7"),
            new RunReport.Fact("Last model (SHA-256)", HASH.toString()),
            new RunReport.Fact("Started", "2026-11-23 18:00:00 UTC"));
  }

  @Test
  void theReportIsWrittenWholeInPlaceOfAnOlderOne() throws IOException {
    var file = folder.resolve("report.html");
    Files.writeString(file, "an older one");
    Report.write(record(twoRounds()), file);
    assertThat(file).content().startsWith("<!doctype html>").endsWith("</html>\n");
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  private static List<RunRecord.Round> twoRounds() {
    return List.of(
        round(0, Kind.INITIAL, 0, List.of(accepted(NORTH, new TaskOutcome.Initialized(file())))),
        round(
            1,
            Kind.TRAIN,
            0.5,
            List.of(trained(NORTH, "global", 0.25, 30, 1), trained(SOUTH, "global", 0.75, 10, 2))),
        round(
            2,
            Kind.TRAIN,
            0.75,
            List.of(
                trained(NORTH, "alone/north-2", 0.125, 30, 1),
                trained(NORTH, "global", 0.5, 30, 1),
                new Task(
                    SOUTH, "global", Optional.of(new Answer.Failed("train", "loss is NaN")), 0))),
        round(
            3,
            Kind.EVALUATE,
            0.875,
            List.of(
                new Task(
                    NORTH,
                    "alone/north-2",
                    Optional.of(new Answer.Accepted(evaluated(0.25), 0)),
                    0),
                accepted(NORTH, evaluated(0.75)),
                new Task(SOUTH, "global", Optional.empty(), 0))));
  }

  private static RunRecord.Round round(int number, Kind kind, double mean, List<Task> tasks) {
    SortedMap<String, SortedMap<String, Double>> means = new TreeMap<>();
    if (kind != Kind.INITIAL) {
      means.put("global", new TreeMap<>(Map.of("accuracy", mean)));
    }
    return new RunRecord.Round(
        number,
        kind,
        START,
        Optional.of(START.plusSeconds(1)),
        new TreeMap<>(),
        new TreeMap<>(),
        means,
        tasks,
        0);
  }

  private static Task accepted(SiteName site, TaskOutcome outcome) {
    return new Task(site, "global", Optional.of(new Answer.Accepted(outcome, 0)), 0);
  }

  private static Task trained(
      SiteName site, String track, double accuracy, long samples, double loss) {
    var outcome =
        new TaskOutcome.Trained(
            file(),
            WeightType.DIFF,
            new TrainSummary(4, samples, new TreeMap<>(Map.of("loss", loss))),
            new Metrics(new TreeMap<>(Map.of("accuracy", accuracy)), 7),
            List.of());
    return new Task(site, track, Optional.of(new Answer.Accepted(outcome, 0.5)), 4);
  }

  private static TaskOutcome evaluated(double accuracy) {
    return new TaskOutcome.Evaluated(new Metrics(new TreeMap<>(Map.of("accuracy", accuracy)), 7));
  }

  private static TaskOutcome.UpdateFile file() {
    return new TaskOutcome.UpdateFile(HASH, 64);
  }

  private static RunRecord record(List<RunRecord.Round> rounds) {
    var definition =
        SampleJob.of(
            "two hospitals",
            2,
            new KeyMetric("accuracy", Direction.MAX),
            NORTH.value(),
            SOUTH.value());
    return new RunRecord(
        new JobId("6f0d3e52-8f0c-4b5d-9c59-6d3a2a3f3f10"),
        definition,
        "researcher",
        JobStatus.FAILED,
        Optional.of(new Failure(Optional.of(SOUTH), "train", "loss is NaN")),
        Optional.empty(),
        START,
        Optional.of(START),
        Optional.of(START.plusSeconds(9)),
        new RunRecord.Environment("0.1.0", "25", "Linux amd64", "a processor"),
        Optional.of(HASH),
        Optional.of(new RunRecord.Best(2, HASH, 0.875)),
        rounds);
  }
}
