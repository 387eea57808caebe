package org.wardfl.cli.federation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `kill -9` of the server, of an agent and of job processes, at seeded random moments of jobs that
/// must end with the bytes of an undisturbed run.
class CrashTest {

  private static final String JOB =
      """
      name: quadratic
      min_sites: 2
      seed: 3
      workflow: {type: fedavg, rounds: 60, key_metric: {name: distance, direction: min}}
      algorithm: {type: quadratic}
      resources: {memory: 64MiB}
      """;
  private static final String AGENT = "site-1";
  private static final String JOB_PROCESS = "job process";
  private static final List<String> VICTIMS =
      List.of(Federation.SERVER, AGENT, Federation.SERVER, JOB_PROCESS);
  private static final int KILLS_OF_A_JOB = 6;

  private static final Path DATA =
      Path.of(System.getProperty("ward.root"), "examples/breast-cancer/data");

  @TempDir private Path folder;

  @Test
  @Timeout(280)
  void aDozenKillsOfEachSideChangeNothing() throws Exception {
    killed(12, 1);
  }

  @Tag("slow")
  @Test
  @Timeout(5400)
  void hundredsOfKillsChangeNothing() throws Exception {
    killed(200, 2);
  }

  private void killed(int eachSide, long seed) throws Exception {
    var random = new Random(seed);
    int kills = 0;
    int jobs = 0;
    var recoveries = new Recoveries();
    try (var federation = new Federation(folder, AGENT, "site-2").start()) {
      var job = federation.job("long", JOB);
      var expected = federation.simulated(job);
      while (kills < 2 * eachSide) {
        var id = federation.submit(job);
        jobs++;
        for (int i = 0; i < KILLS_OF_A_JOB; i++) {
          Thread.sleep(random.nextInt(700));
          var victim = VICTIMS.get(kills % VICTIMS.size());
          var killed = Instant.now();
          killOne(federation, victim);
          if (!victim.equals(JOB_PROCESS)) {
            recoveries.add(id, killed, Instant.now());
          }
          kills++;
        }
        var result = federation.await(id);
        assertThat(result.exitCode()).as(result.err() + federation.said()).isZero();
        assertThat(Federation.model(result.out())).isEqualTo(expected);
      }
      var audit = federation.kit(Federation.SERVER).resolve("data/audit.jsonl");
      System.out.println(
          kills
              + " kills in "
              + jobs
              + " jobs, every model as in an undisturbed run; "
              + recoveries.longest(audit));
      // What takes minutes is no recovery but a deadline that ran out; the rest is for the printed
      // number, which a loaded machine makes larger.
      assertThat(recoveries.measured(audit))
          .isNotEmpty()
          .allMatch(recovery -> recovery.compareTo(Duration.ofMinutes(1)) < 0);
    }
  }

  /// With kept state an optimizer's momentum must survive, too.
  @Test
  @Timeout(280)
  void torchWithKeptStateEndsWithTheSameBytes() throws Exception {
    torchEndsWithTheSameBytes("keep");
  }

  @Tag("slow")
  @Test
  @Timeout(280)
  void torchEndsWithTheSameBytes() throws Exception {
    torchEndsWithTheSameBytes("reset");
  }

  private void torchEndsWithTheSameBytes(String optimizerState) throws Exception {
    var random = new Random(4);
    try (var federation = new Federation(folder, AGENT, "site-2")) {
      for (var site : List.of(AGENT, "site-2")) {
        federation.edit(
            site,
            "datasets: {}",
            "datasets: {breast-cancer: {path: %s.csv, minimum: 20, used_by: any}}"
                .formatted(DATA.resolve(site)));
      }
      federation.start();
      var job =
          federation.job(
              "torch",
              """
              name: torch
              min_sites: 2
              seed: 3
              workflow: {type: fedavg, rounds: 8, key_metric: {name: accuracy, direction: max}}
              algorithm:
                type: torch-tabular
                args: {layers: [4], learning_rate: 0.05, momentum: 0.9, batch_size: 16, local_epochs: 1, optimizer_state: %s, standardization: own}
              data: {dataset: breast-cancer, format: csv, label: malignant, evaluate: test}
              """
                  .formatted(optimizerState));
      var expected = federation.simulated(job, "--data", DATA.toString());
      var id = federation.submit(job);
      for (var victim : VICTIMS) {
        Thread.sleep(500 + random.nextInt(1500));
        killOne(federation, victim);
      }
      var result = federation.await(id);
      assertThat(result.exitCode()).as(result.err() + federation.said()).isZero();
      assertThat(Federation.model(result.out())).isEqualTo(expected);
    }
  }

  private static void killOne(Federation federation, String victim) throws Exception {
    switch (victim) {
      case Federation.SERVER -> {
        federation.kill(victim);
        federation.startServer();
      }
      case AGENT -> {
        federation.kill(victim);
        federation.startSite(victim);
      }
      default ->
          federation
              .process(AGENT)
              .descendants()
              .findAny()
              .ifPresent(ProcessHandle::destroyForcibly);
    }
  }
}
