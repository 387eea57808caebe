package org.wardfl.cli.federation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.model.ModelWriter;

/// What a researcher does with jobs, with real processes over real mutual TLS.
@Timeout(180)
class JobCommandsTest {

  private static final String JOB =
      """
      name: %s
      sites: [site-1]
      min_sites: 1
      seed: 3
      workflow: {type: fedavg, rounds: 2, key_metric: {name: distance, direction: min}}
      algorithm: {type: %s}
      resources: {memory: 64MiB}
      """;

  @TempDir private Path folder;

  @Test
  void jobsAreListedDownloadedClonedAbortedAndDeleted() throws Exception {
    try (var federation = new Federation(folder, "site-1").start()) {
      var job = federation.job("short", JOB.formatted("short", "quadratic"));
      var first = federation.submit(job);
      assertThat(federation.await(first).exitCode()).as(federation.said()).isZero();

      downloads(federation, first);
      clones(federation, first);
      aborts(federation);
      deletes(federation, first);

      var table = Federation.expect(federation.run(Federation.LEAD, "job", "list"));
      assertThat(table).containsPattern("long +ABORTED").containsPattern("short +COMPLETED");
      assertThat(table).doesNotContain(first);
      var one = Federation.expect(federation.run(Federation.LEAD, "job", "list", "--limit", "1"));
      assertThat(one).contains("long").contains("and 1 earlier ones");
      var json = Federation.expect(federation.run(Federation.ADMIN, "job", "list", "--json"));
      assertThat(json).contains("\"leftOff\": 0").contains("\"submitter\": \"lead@uni.org\"");
      var audit = Files.readString(federation.kit(Federation.SERVER).resolve("data/audit.jsonl"));
      assertThat(audit).contains("\"abort\"", "\"delete\"", "\"download\"", "\"fetch package\"");
    }
  }

  private void downloads(Federation federation, String id) throws Exception {
    var target = folder.resolve("results");
    var said =
        Federation.expect(
            federation.run(Federation.LEAD, "job", "download", id, "--out", target.toString()));
    assertThat(said.lines()).contains(target.resolve("model.safetensors").toString());
    try (var files = Files.list(target)) {
      assertThat(files.map(file -> String.valueOf(file.getFileName())))
          .containsExactlyInAnyOrder(
              "model.safetensors",
              "best_model.safetensors",
              "metrics.jsonl",
              "run.json",
              "report.html");
    }
    var shown = federation.run(Federation.LEAD, "job", "show", id, "--json").out();
    assertThat(ModelWriter.hash(target.resolve("model.safetensors")).hex())
        .isEqualTo(Federation.model(shown));
    // What was cut or damaged is brought again, the rest is left alone.
    var untouched = Files.getLastModifiedTime(target.resolve("report.html"));
    Files.writeString(target.resolve("metrics.jsonl"), "damaged");
    var again =
        Federation.expect(
            federation.run(
                Federation.LEAD, "job", "download", id, "--out", target.toString(), "--json"));
    assertThat(again).contains("\"name\": \"metrics.jsonl\"");
    assertThat(target.resolve("metrics.jsonl")).content().contains("distance");
    assertThat(Files.getLastModifiedTime(target.resolve("report.html"))).isEqualTo(untouched);
    var nothing = federation.run(Federation.LEAD, "job", "download", "../x");
    assertThat(nothing.exitCode()).isEqualTo(2);
  }

  private static void clones(Federation federation, String id) throws Exception {
    var original = federation.run(Federation.LEAD, "job", "show", id, "--json").out();
    var clone = Federation.expect(federation.run(Federation.LEAD, "job", "clone", id)).strip();
    assertThat(clone).isNotEqualTo(id);
    var same = federation.await(clone);
    assertThat(same.exitCode()).as(federation.said()).isZero();
    assertThat(Federation.model(same.out())).isEqualTo(Federation.model(original));
  }

  private static void aborts(Federation federation) throws Exception {
    var hanging =
        federation.submit(
            federation.job("long", JOB.formatted("long", "faulty, args: {fault: hang}")));
    var early = federation.run(Federation.LEAD, "job", "download", hanging);
    assertThat(early.exitCode()).as(early.err()).isEqualTo(1);
    assertThat(early.err()).contains("its results are written when it has ended");
    var running = federation.run(Federation.LEAD, "job", "delete", hanging);
    assertThat(running.exitCode()).as(running.err()).isEqualTo(1);
    assertThat(running.err()).contains("abort it before it is deleted");
    assertThat(Federation.expect(federation.run(Federation.LEAD, "job", "abort", hanging)))
        .contains("long: ABORTED");
    var waited = federation.run(Federation.LEAD, "job", "wait", hanging);
    assertThat(waited.exitCode()).isEqualTo(1);
    assertThat(waited.out()).contains("aborted    by lead@uni.org");
    downloadsWhatThereIs(federation, hanging);
    // The site is free again for the next job, and a second end changes nothing.
    assertThat(Federation.expect(federation.run(Federation.ADMIN, "job", "abort", hanging)))
        .contains("long: ABORTED");
  }

  /// Of a job without a model there are the records; of no job there is nothing, nor a folder.
  private static void downloadsWhatThereIs(Federation federation, String aborted) throws Exception {
    var target = federation.out().resolve("aborted");
    Federation.expect(
        federation.run(Federation.LEAD, "job", "download", aborted, "--out", target.toString()));
    try (var files = Files.list(target)) {
      assertThat(files.map(file -> String.valueOf(file.getFileName())))
          .contains("run.json", "report.html")
          .doesNotContain("best_model.safetensors", ".part");
    }
    nothing(federation, "01a22ec5-082f-74b0-a033-778d3251ecc2");
  }

  private static void nothing(Federation federation, String id) throws Exception {
    var target = federation.out().resolve("nothing");
    var none = federation.run(Federation.LEAD, "job", "download", id, "--out", target.toString());
    assertThat(none.exitCode()).as(none.err()).isEqualTo(2);
    assertThat(none.err()).contains("no job " + id).doesNotContain("\tat ");
    assertThat(target).doesNotExist();
  }

  private static void deletes(Federation federation, String id) throws Exception {
    assertThat(Federation.expect(federation.run(Federation.LEAD, "job", "delete", id)))
        .contains("deleted " + id);
    var gone = federation.run(Federation.LEAD, "job", "show", id);
    assertThat(gone.exitCode()).as(gone.err()).isEqualTo(2);
    assertThat(gone.err()).contains("no job " + id);
    nothing(federation, id);
  }

  @Test
  void aFolderIsCheckedWithoutAServer() throws Exception {
    var job = Files.createDirectories(folder.resolve("job/data")).getParent();
    Files.writeString(job.resolve("job.yaml"), JOB.formatted("local", "quadratic"));
    Files.writeString(job.resolve("data/patients.csv"), "secret");
    var good = org.wardfl.cli.WardProcess.run(folder, "job", "validate", job.toString());
    assertThat(good.exitCode()).as(good.err()).isZero();
    assertThat(good.out())
        .contains("local: quadratic, 2 rounds, 1 sites, dataset none")
        .contains("job.yaml")
        .doesNotContain("patients");
    Files.writeString(job.resolve("job.yaml"), JOB.formatted("local", "quadratik"));
    var bad = org.wardfl.cli.WardProcess.run(folder, "job", "validate", job.toString());
    assertThat(bad.exitCode()).isEqualTo(2);
    assertThat(bad.err()).contains("quadratik");
  }
}
