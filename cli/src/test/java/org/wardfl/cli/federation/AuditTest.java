package org.wardfl.cli.federation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.cli.Commands;
import org.wardfl.provisioning.audit.AuditVerification;

/// What a site and the server remember of a job, and what `ward audit verify` says of it.
@Timeout(120)
class AuditTest {

  private static final Pattern DELIVERED =
      Pattern.compile(
          "\"action\":\"deliver\",\"object\":\"job [0-9a-f-]{36} round 1 step 0\","
              + "\"hash\":\"[0-9a-f]{64}\",\"result\":\"done\",\"detail\":\"an update, not filtered\"");

  @TempDir private Path folder;

  private Path job(String algorithm) throws IOException {
    var job = Files.createDirectories(folder.resolve("jobs").resolve(algorithm));
    var yaml =
        """
        name: quadratic
        study: ct-lung
        min_sites: 1
        seed: 3
        workflow: {type: fedavg, rounds: 2, key_metric: {name: distance, direction: min}}
        algorithm: {type: %s}
        resources: {memory: 64MiB}
        """
            .formatted(algorithm);
    Files.writeString(job.resolve("job.yaml"), yaml);
    return job;
  }

  private static String submit(InProcess federation, Path job) throws IOException {
    return federation.command(InProcess.LEAD, "job", "submit", job.toString()).strip();
  }

  private record Said(int code, String out, String err) {}

  private static Said verify(Object... words) {
    var all = new ArrayList<>(List.of("audit", "verify"));
    List.of(words).forEach(word -> all.add(word.toString()));
    var out = new StringWriter();
    var err = new StringWriter();
    int code = Commands.run(new PrintWriter(out), new PrintWriter(err), all.toArray(String[]::new));
    return new Said(code, out.toString(), err.toString());
  }

  @Test
  void eachSideKnowsWhetherTheOthersLogWasCutOrDeleted() throws Exception {
    var site = folder.resolve("out/client-data/audit.jsonl");
    var server = folder.resolve("out/server-data/audit.jsonl");
    try (var federation = new InProcess(folder)) {
      federation.startServer();
      federation.startClient();
      awaitWitnessed(federation, 1);
      federation.command(InProcess.LEAD, "job", "wait", submit(federation, job("quadratic")));
      // Nobody waits for a time to come: the job has ended.
      InProcess.await(
          () -> resultsAreCovered(site, server) && resultsAreCovered(server, site),
          () -> "the records of the job's last results are covered");
    }
    assertThat(verify(site, "--witness", server).out())
        .contains("whole, ", " that others keep; ")
        .containsPattern("; [0-9]+ records? since the last of those, covered by nobody else yet");
    assertThat(verify(server, "--witness", site).out()).contains("whole, ", " that others keep");

    var records = Files.readAllLines(site);
    Files.write(site, records.subList(0, 8));
    var cut = verify(site, "--witness", server);
    assertThat(cut.code()).isEqualTo(1);
    assertThat(cut.out()).contains("cut off: records 9 to ", "the checkpoint is in " + server);
    // The server's log against the site's, whose own end is gone, and against the whole one.
    Files.write(site, records);
    Files.write(server, Files.readAllLines(server).subList(0, 5));
    assertThat(verify(server, "--witness", site).out()).contains("cut off: records 6 to ");

    // Each notices by itself when they meet again.
    Files.delete(site);
    try (var federation = InProcess.again(folder)) {
      federation.startServer();
      federation.startClient();
      InProcess.await(
          () ->
              federation.audit().contains("refused: AUDIT_LOG")
                  && federation.siteAudit().contains("\"action\":\"witness\""),
          () -> "the server misses the log");
      assertThat(federation.audit())
          .contains("the audit log of ward://federation/site/site-1 was begun anew");
    }
  }

  /// Whether the keeper has a checkpoint that covers the last result in this log.
  private static boolean resultsAreCovered(Path log, Path keeper) throws IOException {
    var records = Files.readAllLines(log);
    long last = -1;
    for (int i = 0; i < records.size(); i++) {
      last = records.get(i).contains("\"action\":\"deliver\"") ? i : last;
    }
    var found = AuditVerification.of(List.of(log), List.of(keeper)).logs().getFirst();
    return last >= 0 && found.covered() > last;
  }

  private static void awaitWitnessed(InProcess federation, int times) throws Exception {
    InProcess.await(
        () -> count(federation.audit()) >= times && count(federation.siteAudit()) >= times,
        () -> "witnessed " + times + " times");
  }

  private static long count(String log) {
    return log.lines().filter(line -> line.contains("\"action\":\"witness\"")).count();
  }

  @Test
  void aSiteRecordsWhoWasLetInByWhichRuleAndWhatLeft() throws Exception {
    try (var federation = new InProcess(folder)) {
      federation.startServer();
      federation.startClient();
      var id = submit(federation, job("quadratic"));
      federation.command(InProcess.LEAD, "job", "wait", id);
      var policy =
          ModelWriter.hash(federation.kitFolder(InProcess.SITE).resolve("site.yaml")).hex();
      var log = federation.siteAudit();
      assertThat(log)
          .contains("\"actor\":\"ward://federation/site/site-1\",\"action\":\"start\"")
          .contains("\"action\":\"present certificate\"", "\"action\":\"believe\"")
          .contains(
              "\"actor\":\"ward://federation/lead/lead%40uni.org\",\"action\":\"admit job\","
                  + "\"object\":\""
                  + id
                  + "\",\"study\":\"ct-lung\",\"result\":\"allowed\",\"rule\":\"role lead, submit_job: ")
          .contains("\"policy\":\"" + policy + "\"")
          .contains(
              "\"actor\":\"ward://federation/server/localhost\",\"action\":\"task TRAIN\","
                  + "\"object\":\"job "
                  + id
                  + " round 2 step 0\",\"study\":\"ct-lung\",\"hash\":\"")
          .containsPattern(DELIVERED);
      assertThat(federation.audit())
          .contains("\"action\":\"submit\",\"object\":\"" + id + "\",\"study\":\"ct-lung\"");

      var refused = submit(federation, job("faulty"));
      InProcess.await(
          () -> federation.siteAudit().contains("\"result\":\"refused: POLICY\""), () -> "refused");
      assertThat(federation.siteAudit())
          .containsPattern(
              "\"object\":\""
                  + refused
                  + "\",\"study\":\"ct-lung\",\"result\":\"refused: POLICY\",\"rule\":\"algorithms: ");
    }
    var site = folder.resolve("out/client-data/audit.jsonl");
    var server = folder.resolve("out/server-data/audit.jsonl");
    var whole = verify(site, server);
    assertThat(whole.code()).as(whole.out() + whole.err()).isZero();
    assertThat(whole.out())
        .contains("whole, ", "without a --witness nobody can tell")
        .containsPattern("agrees with (1 checkpoint|[02-9] checkpoints) of its own")
        .containsPattern("; [0-9]+ records? since the last of them, signed by nobody yet");
    var lines = new ArrayList<>(Files.readAllLines(site));
    lines.set(1, lines.get(1).replace("result", "Result"));
    Files.write(site, lines);
    var changed = verify(site, "--json");
    assertThat(changed.code()).isEqualTo(1);
    assertThat(changed.out()).contains("\"status\": \"changed\"", "\"line\": 3");
    assertThat(verify(folder.resolve("none")).code()).isEqualTo(2);
    assertThat(verify(folder.resolve("none")).err()).contains("there is no file");
    assertThat(verify(job("quadratic").resolve("job.yaml")).out())
        .contains("the first record that does not fit is in line 1: this is no record");
  }
}
