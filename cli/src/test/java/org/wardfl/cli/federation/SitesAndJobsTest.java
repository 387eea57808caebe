package org.wardfl.cli.federation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What people ask of sites and say of them, with real processes over mutual TLS.
class SitesAndJobsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Pattern SAID = Pattern.compile("said at ([0-9]+)");
  private static final String JOB =
      """
      name: %s
      sites: [%s]
      min_sites: %d
      workflow: {type: fedavg, rounds: 1}
      algorithm: {type: %s}
      resources: {memory: 64MiB}
      """;

  /// Many short rounds; it ends by itself only if nobody changes anything.
  private static final String LONG =
      """
      name: long
      sites: [site-1, site-2]
      min_sites: 2
      workflow: {type: fedavg, rounds: 100000}
      algorithm: {type: quadratic}
      resources: {memory: 64MiB}
      """;

  @TempDir private Path folder;

  @Test
  void aJobIsExplainedAndSubmittedOnceUnderItsToken() throws Exception {
    try (var federation = new Federation(folder, "site-1", "site-2", "site-3")) {
      federation.edit(
          "site-2", "algorithms: [quadratic, faulty, torch-tabular]", "algorithms: none");
      federation.startServer();
      federation.startSite("site-1").awaitText("connected");
      federation.startSite("site-2").awaitText("connected");
      var job =
          federation.job("one", JOB.formatted("one", "site-1, site-2, site-3", 1, "quadratic"));
      var explained =
          Federation.expect(federation.run(Federation.LEAD, "job", "explain", job.toString()));
      assertThat(explained)
          .containsPattern("site-1 +would take")
          .containsPattern("site-2 +would refuse +this site does not run algorithm quadratic")
          .containsPattern("site-3 +offline")
          .contains("1 of 3 sites would take one now; it needs 1");
      assertThat(Federation.expect(federation.run(Federation.LEAD, "job", "list")))
          .doesNotContain("one");
      var two = federation.job("two", JOB.formatted("two", "site-1, site-2", 2, "quadratic"));
      var notEnough = federation.run(Federation.LEAD, "job", "explain", two.toString(), "--json");
      assertThat(notEnough.exitCode()).as(notEnough.err()).isEqualTo(1);
      assertThat(notEnough.out()).contains("\"verdict\": \"WOULD_REFUSE\"", "\"enough\": false");

      // A running job waits for a site that is offline, so this one is for those that are there.
      var once = federation.job("once", JOB.formatted("once", "site-1, site-2", 1, "quadratic"));
      var id = Federation.expect(token(federation, once));
      assertThat(Federation.expect(token(federation, once))).isEqualTo(id);
      var other = token(federation, two);
      assertThat(other.exitCode()).as(other.err()).isNotZero();
      assertThat(other.err()).contains("another job was submitted before as " + id.strip());
      var ended = federation.await(id.strip());
      assertThat(ended.exitCode()).as(federation.said()).isZero();
      assertThat(ended.out()).contains("this site does not run algorithm quadratic");

      var refused = federation.await(Federation.expect(submit(federation, two)).strip());
      assertThat(refused.exitCode()).isEqualTo(1);
      assertThat(refused.out())
          .contains("\"site\": \"site-2\"", "at most 1 of 2 sites take it; the job needs 2");
    }
  }

  @Test
  void whoeverWaitsForAWaitingJobHearsItsEndAcrossARestartOfTheServer() throws Exception {
    try (var federation = new Federation(folder, "site-1", "site-2")) {
      federation.startServer();
      federation.startSite("site-1").awaitText("connected");
      var job = federation.job("two", JOB.formatted("two", "site-1, site-2", 2, "quadratic"));
      var id = Federation.expect(submit(federation, job)).strip();
      var waiting = federation.begin(Federation.LEAD, "job", "wait", id, "--json");
      waiting.awaitText("offline: site-2");
      federation.kill(Federation.SERVER);
      waiting.awaitText("the server cannot be reached, and is asked again");
      federation.startServer();
      federation.startSite("site-2").awaitText("connected");
      var ended = waiting.await();
      assertThat(ended.exitCode()).as(federation.said()).isZero();
      assertThat(ended.out()).contains("\"status\": \"COMPLETED\"");
    }
  }

  @Test
  void aPolicyThatForbidsARunningJobEndsItThereAtItsNextTask() throws Exception {
    try (var federation = new Federation(folder, "site-1", "site-2").start()) {
      var job = federation.job("long", LONG);
      var id = Federation.expect(submit(federation, job)).strip();
      // The site has allowed it.
      federation.begin(Federation.LEAD, "job", "wait", id).awaitText("RUNNING, training round ");
      federation.edit(
          "site-2", "algorithms: [quadratic, faulty, torch-tabular]", "algorithms: none");
      var ended = federation.await(id);
      assertThat(ended.exitCode()).as(federation.said()).isEqualTo(1);
      assertThat(ended.out())
          .contains("\"site\": \"site-2\"", "this site does not run algorithm quadratic");
      var audit = Files.readString(federation.kit("site-2").resolve("data/audit.jsonl"));
      assertThat(audit).contains("refused: ", "this site does not run algorithm quadratic");
    }
  }

  private static org.wardfl.cli.WardProcess.Result submit(Federation federation, Path job) {
    return federation.run(Federation.LEAD, "job", "submit", job.toString());
  }

  private static org.wardfl.cli.WardProcess.Result token(Federation federation, Path job) {
    return federation.run(
        Federation.LEAD, "job", "submit", job.toString(), "--token", "experiment 7");
  }

  @Test
  void anAdministratorDisablesEnablesAndRemovesASite() throws Exception {
    try (var federation = new Federation(folder, "site-1")) {
      federation.startServer();
      federation.startSite("site-1").awaitText("connected");
      assertThat(Federation.expect(federation.run(Federation.LEAD, "sites", "show", "site-1")))
          .containsPattern("state +connected")
          .containsPattern("GPUs +0");
      var denied = federation.run(Federation.LEAD, "sites", "disable", "site-1");
      assertThat(denied.exitCode()).as(denied.err()).isEqualTo(3);
      var unknown = federation.run(Federation.ADMIN, "sites", "disable", "site-9");
      assertThat(unknown.exitCode()).as(unknown.err()).isEqualTo(2);
      assertThat(unknown.err()).contains("no site 'site-9'; expected one of [site-1]");

      Federation.expect(federation.run(Federation.ADMIN, "sites", "disable", "site-1"));
      federation.process("site-1").awaitText("site-1 was disabled by admin@uni.org");
      assertThat(Federation.expect(federation.run(Federation.LEAD, "sites", "list")))
          .containsPattern("site-1 +site_1 +disabled");
      var id =
          Federation.expect(
                  submit(
                      federation,
                      federation.job("one", JOB.formatted("one", "site-1", 1, "quadratic"))))
              .strip();
      assertThat(Federation.expect(federation.run(Federation.LEAD, "job", "show", id)))
          .contains("WAITING")
          .contains("disabled: site-1")
          .containsPattern("site-1 +WAITING +disabled by admin@uni.org at ")
          .doesNotContain("OFFLINE");

      // It survives a restart of the server, and of the site.
      federation.kill(Federation.SERVER);
      federation.startServer();
      federation.kill("site-1");
      federation.startSite("site-1").awaitText("ward sites enable site-1");
      Federation.expect(federation.run(Federation.ADMIN, "sites", "enable", "site-1"));
      federation.kill("site-1");
      federation.startSite("site-1").awaitText("connected");
      var ended = federation.await(id);
      assertThat(ended.exitCode()).as(federation.said()).isZero();

      Federation.expect(federation.run(Federation.ADMIN, "sites", "remove", "site-1"));
      federation.kill("site-1");
      Files.move(federation.kit("site-1").resolve("data"), federation.out().resolve("elsewhere"));
      Federation.expect(federation.run(Federation.ADMIN, "sites", "enable", "site-1"));
      federation.startSite("site-1").awaitText("connected");
      var audit = Files.readString(federation.kit(Federation.SERVER).resolve("data/audit.jsonl"));
      assertThat(audit)
          .contains("\"disable site\"", "\"enable site\"", "\"remove site\"", "PERMISSION");
    }
  }

  @Test
  void outputIsSeenWhileTheJobRunsWhereTheSiteLetsItOut() throws Exception {
    try (var federation = new Federation(folder, "site-1", "site-2")) {
      federation.edit("site-1", "logs: keep", "logs: stream");
      federation.startServer();
      federation.startSite("site-1").awaitText("connected");
      federation.startSite("site-2").awaitText("connected");
      var job =
          federation.job(
              "talking",
              JOB.formatted("talking", "site-1, site-2", 2, "faulty, args: {fault: talk}"));
      var id = Federation.expect(submit(federation, job)).strip();
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        var following =
            threads.submit(() -> federation.run(Federation.LEAD, "job", "logs", id, "--follow"));
        var seen = seen(federation, id);
        assertThat(seen).contains("site-1  \\u001b[2Jred").doesNotContain("site-2");
        var two = federation.run(Federation.LEAD, "job", "logs", id, "--site", "site-2");
        assertThat(Federation.expect(two)).isEmpty();
        assertThat(two.err()).contains("there are no lines").contains("'logs: stream'");
        var none = federation.run(Federation.LEAD, "job", "logs", id, "--site", "site-3");
        assertThat(none.exitCode()).as(none.err()).isEqualTo(2);
        abortTwice(federation, id);
        var followed = following.get(PATIENCE.toSeconds(), java.util.concurrent.TimeUnit.SECONDS);
        assertThat(Federation.expect(followed)).contains("site-1  said at ");
      }
      Federation.expect(federation.run(Federation.LEAD, "job", "delete", id));
      var gone = federation.run(Federation.LEAD, "job", "logs", id);
      assertThat(gone.exitCode()).as(gone.err()).isEqualTo(2);
      assertThat(federation.kit(Federation.SERVER).resolve("data/logs")).isEmptyDirectory();
    }
  }

  /// Two people at once: one ends it, the other is told that it has ended.
  private static void abortTwice(Federation federation, String id) throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var both = new ArrayList<java.util.concurrent.Future<org.wardfl.cli.WardProcess.Result>>();
      for (var name : new String[] {Federation.LEAD, Federation.ADMIN}) {
        both.add(threads.submit(() -> federation.run(name, "job", "abort", id)));
      }
      for (var one : both) {
        assertThat(Federation.expect(one.get())).contains("ABORTED");
      }
    }
  }

  private static String seen(Federation federation, String id) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      var text = Federation.expect(federation.run(Federation.LEAD, "job", "logs", id));
      if (SAID.matcher(text).find() && text.contains("red")) {
        return text;
      }
      Thread.sleep(50);
    }
    throw new AssertionError("no output of the running job; " + federation.said());
  }
}
