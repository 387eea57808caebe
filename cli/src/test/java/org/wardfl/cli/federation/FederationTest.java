package org.wardfl.cli.federation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a consortium sees, with real processes over real mutual TLS.
@Timeout(180)
class FederationTest {

  private static final String JOB =
      """
      name: quadratic
      min_sites: 1
      seed: 3
      workflow: {type: fedavg, rounds: 4, key_metric: {name: distance, direction: min}}
      algorithm: {type: %s}
      resources: {memory: 64MiB}
      """;

  @TempDir private Path folder;

  @Test
  void aJobEndsWithTheSimulatorsModelAndBadInputHasItsExitCode() throws Exception {
    try (var federation = new Federation(folder, "site-1", "site-2").start()) {
      var job = federation.job("good", JOB.formatted("quadratic"));
      var id = federation.submit(job);
      var result = federation.await(id);
      assertThat(result.exitCode()).as(federation.said()).isZero();
      assertThat(result.out())
          .contains("\"status\": \"COMPLETED\"")
          .contains("\"id\": \"" + id + "\"")
          .contains("\"submitter\": \"lead@uni.org\"");
      assertThat(Federation.model(result.out())).isEqualTo(federation.simulated(job));

      var admin = federation.run(Federation.ADMIN, "sites", "list");
      assertThat(admin.out()).containsPattern("site-1 +site_1 +connected");
      var unknown =
          federation.run(Federation.LEAD, "job", "show", "00000000-0000-0000-0000-000000000000");
      assertThat(unknown.exitCode()).isEqualTo(2);
      assertThat(unknown.err()).contains("no job 00000000");
      var site = federation.run("site-1", "job", "submit", job.toString());
      assertThat(site.exitCode()).as(site.err()).isEqualTo(2);
      assertThat(site.err()).contains("site-1");
    }
  }

  @Test
  void aSiteThatRefusesAndOneThatFailsDoNotStopTheOthersAndAreNamed() throws Exception {
    try (var federation = new Federation(folder, "site-1", "site-2", "site-3")) {
      federation.edit(
          "site-3", "algorithms: [quadratic, faulty, torch-tabular]", "algorithms: none");
      federation.start();
      var id =
          federation.submit(
              federation.job(
                  "faulty", JOB.formatted("faulty, args: {fault: throw, at: [site-2]}")));
      var result = federation.await(id);
      assertThat(result.exitCode()).as(federation.said()).isZero();
      assertThat(result.out())
          .contains("site-2: failed in train")
          .contains("site-3: declined: this site does not run algorithm faulty");
    }
  }

  @Test
  void aRevokedSiteIsGoneAtOnceAndRefusalsAreRecorded() throws Exception {
    try (var federation = new Federation(folder, "site-1", "site-2").start()) {
      Federation.expect(federation.admin("cert", "revoke", "site-2"));
      var push =
          federation.run(
              Federation.ADMIN,
              "cert",
              "push",
              federation.out().resolve("updates").resolve("all.update").toString());
      assertThat(push.exitCode()).as(push.err()).isZero();
      federation.process("site-2").awaitText("has been revoked");
      assertThat(federation.run(Federation.ADMIN, "sites", "list").out())
          .containsPattern("site-2 +site_2 +away");
      var denied = federation.run(Federation.LEAD, "sites", "rebind", "site-1");
      assertThat(denied.exitCode()).as(denied.err()).isEqualTo(3);
      var audit = Files.readString(federation.kit(Federation.SERVER).resolve("data/audit.jsonl"));
      assertThat(audit).contains("update trust").contains("PERMISSION");
      var result = federation.await(federation.submit(job(federation)));
      assertThat(result.exitCode()).as(federation.said()).isZero();
    }
  }

  /// For the sites that are left.
  private static Path job(Federation federation) throws Exception {
    return federation.job("left", JOB.formatted("quadratic") + "sites: [site-1]\n");
  }

  @Test
  void aCopyOfAKitIsRefusedUntilAnAdministratorLetsTheSiteMove() throws Exception {
    try (var federation = new Federation(folder, "site-1").start()) {
      federation.process("site-1").awaitText("connected");
      federation.kill("site-1");
      var data = federation.kit("site-1").resolve("data");
      Files.move(data, federation.out().resolve("elsewhere"));
      var moved = federation.startSite("site-1");
      moved.awaitText("ward sites rebind site-1");
      Federation.expect(federation.run(Federation.ADMIN, "sites", "rebind", "site-1"));
      federation.kill("site-1");
      federation.startSite("site-1").awaitText("connected");
      var result = federation.await(federation.submit(job(federation)));
      assertThat(result.exitCode()).as(federation.said()).isZero();
    }
  }

  @Test
  void bothProcessesEndWhenAsked() throws Exception {
    try (var federation = new Federation(folder, "site-1").start()) {
      federation.process("site-1").awaitText("connected");
      assertThat(federation.process("site-1").terminate()).isEqualTo(143);
      assertThat(federation.process(Federation.SERVER).terminate()).isEqualTo(143);
    }
  }
}
