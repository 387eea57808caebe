package org.wardfl.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.wardfl.server.DrivenFederation.FIRST;
import static org.wardfl.server.DrivenFederation.SECOND;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.Metrics;
import org.wardfl.algo.model.Durability;
import org.wardfl.proto.job.JobStatus;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.proto.task.Verdict;
import org.wardfl.server.job.Jobs;
import org.wardfl.server.result.ResultFiles;
import org.wardfl.server.store.EventStore;
import org.wardfl.server.store.FileEventStore;

/// What sites may say of a model, as badly as it can be said.
@Timeout(60)
class ExtremeScoresTest {

  private static final long MOST_SAMPLES = 1_000_000_000_000L;

  @TempDir private Path folder;

  @Test
  void aJobWithTheGreatestScoresEndsWithAllItsResultsAlsoAfterARestart() throws Exception {
    try (var events = events();
        var federation = new DrivenFederation(folder, events)) {
      run(federation, 1.5e308);
      var run = federation.coordinator().await(Jobs.ID);
      assertThat(run.status()).isEqualTo(JobStatus.COMPLETED);
      assertThat(run.best().orElseThrow().value()).isEqualTo(1.5e308);
      var means = run.rounds().getLast().means();
      assertThat(means).containsEntry(TaskAssignment.GLOBAL, scores(1.5e308, 1).values());
      var results = federation.coordinator().results(Jobs.ID);
      assertThat(results.resolve("run.json")).exists();
      assertThat(results.resolve("report.html")).content().contains("1.50e+308");
      // Killed before they were written.
      Files.delete(results.resolve("run.json"));
    }
    try (var events = events();
        var federation = new DrivenFederation(folder, events)) {
      federation.coordinator().recover();
      federation.coordinator().await(Jobs.ID);
      assertThat(federation.coordinator().results(Jobs.ID).resolve("run.json")).exists();
      assertThat(federation.coordinator().delete(Jobs.ID, "lead")).isTrue();
    }
  }

  @Test
  void moreEvaluationSamplesThanTheServerAllowsAreRefused() throws Exception {
    try (var events = events();
        var federation = new DrivenFederation(folder, events)) {
      submit(federation);
      var update = federation.stored(2);
      var trained = federation.train(Jobs.ID, FIRST, update, scores(1, Long.MAX_VALUE));
      assertThat(refusal(trained))
          .isEqualTo(
              "site-1 claims 9223372036854775807 evaluation samples, expected at most"
                  + " 1000000000000");
      federation.deliver(Jobs.ID, SECOND, 3);
      var evaluated = federation.evaluate(Jobs.ID, FIRST, 2, scores(1e300, MOST_SAMPLES + 1));
      assertThat(refusal(evaluated)).contains("site-1 claims 1000000000001 evaluation samples");
      federation.evaluate(Jobs.ID, SECOND, 2, scores(0.5, 10));
      assertThat(federation.coordinator().await(Jobs.ID).rounds().getLast().means())
          .containsEntry(TaskAssignment.GLOBAL, scores(0.5, 10).values());
    }
  }

  @Test
  void aReportThatCannotBeMadeStopsNoOtherResult() throws Exception {
    try (var events = events();
        var federation = new DrivenFederation(folder, events)) {
      run(federation, 0.5);
      var run = federation.coordinator().await(Jobs.ID);
      var results = folder.resolve("again");
      new ResultFiles(results)
          .write(
              run,
              federation.blobs(),
              (_, _) -> {
                throw new IllegalArgumentException("an axis from 0 to Infinity");
              });
      assertThat(results.resolve("run.json"))
          .hasSameTextualContentAs(federation.coordinator().results(Jobs.ID).resolve("run.json"));
      assertThat(results.resolve("report.html")).doesNotExist();
    }
  }

  private static void run(DrivenFederation federation, double score) throws Exception {
    submit(federation);
    var scores = scores(score, MOST_SAMPLES);
    federation.train(Jobs.ID, FIRST, federation.stored(2), scores);
    federation.train(Jobs.ID, SECOND, federation.stored(3), scores);
    federation.evaluate(Jobs.ID, FIRST, 2, scores);
    federation.evaluate(Jobs.ID, SECOND, 2, scores);
  }

  private static void submit(DrivenFederation federation) throws IOException {
    federation.submit(Jobs.ID, Jobs.over(2).rounds(1).build(), federation.stored(1));
  }

  private static Metrics scores(double distance, long samples) {
    return new Metrics(new TreeMap<>(Map.of("distance", distance)), samples);
  }

  private static String refusal(Verdict verdict) {
    return verdict instanceof Verdict.Refused(var reason) ? reason : verdict.toString();
  }

  private EventStore events() throws IOException {
    return new FileEventStore(folder.resolve("events"), Durability.PROCESS);
  }
}
