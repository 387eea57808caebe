package org.wardfl.cli.federation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.cli.WardProcess;

/// A kill at the very moment at which something is made durable: before the server or an agent
/// hears that a file, a folder or a new name is safe.
class DurableStepTest {

  private static final String JOB =
      """
      name: quadratic
      min_sites: 2
      seed: 3
      workflow: {type: fedavg, rounds: 3, key_metric: {name: distance, direction: min}}
      algorithm: {type: quadratic}
      resources: {memory: 64MiB}
      """;
  private static final String AGENT = "site-1";

  @TempDir private Path folder;

  @Test
  @Timeout(280)
  void someStepsOfEachSide() throws Exception {
    killedAt(List.of(3, 7, 12), List.of(2, 4, 7));
  }

  @Tag("slow")
  @Test
  @Timeout(5400)
  void everyStep() throws Exception {
    var steps = java.util.stream.IntStream.rangeClosed(1, 500).boxed().toList();
    killedAt(steps, steps);
  }

  private void killedAt(List<Integer> ofServer, List<Integer> ofAgent) throws Exception {
    assumeThat(canTrace()).as("strace may trace processes").isTrue();
    try (var federation = new Federation(folder, AGENT, "site-2").start()) {
      var job = federation.job("short", JOB);
      var expected = federation.simulated(job);
      int server = killedAt(federation, Federation.SERVER, ofServer, job, expected);
      int agent = killedAt(federation, AGENT, ofAgent, job, expected);
      assertThat(server).isPositive();
      assertThat(agent).isPositive();
      System.out.println(
          "killed at durable steps: "
              + server
              + " of the server, "
              + agent
              + " of an agent; every model as in an undisturbed run");
    }
  }

  /// Until a job ends before the step comes. Steps are counted for each thread of a process.
  ///
  /// @return how many kills there were
  private static int killedAt(
      Federation federation, String victim, List<Integer> steps, Path job, String expected)
      throws Exception {
    int kills = 0;
    for (int step : steps) {
      federation.kill(victim);
      var process = federation.startKilledAt(step, victim);
      var id = submitted(federation, victim, process, job);
      boolean killed = awaitEnd(federation, process, id);
      if (killed) {
        kills++;
        restart(federation, victim);
      }
      var result = federation.await(id);
      assertThat(result.exitCode())
          .as("%s, step %s: %s", victim, step, result.err() + federation.said())
          .isZero();
      assertThat(Federation.model(result.out()))
          .as("%s, step %s", victim, step)
          .isEqualTo(expected);
      if (!killed) {
        break;
      }
    }
    return kills;
  }

  /// A server that is killed early takes no job; then it is given once more.
  private static String submitted(
      Federation federation, String victim, WardProcess process, Path job) throws Exception {
    while (true) {
      var answer = federation.run(Federation.LEAD, "job", "submit", job.toString());
      if (answer.exitCode() == 0) {
        return answer.out().strip();
      }
      if (victim.equals(Federation.SERVER) && !process.isAlive()) {
        federation.startServer();
      }
      Thread.sleep(50);
    }
  }

  private static boolean awaitEnd(Federation federation, WardProcess process, String id)
      throws Exception {
    while (process.isAlive()) {
      var shown = federation.run(Federation.LEAD, "job", "show", id, "--json");
      if (shown.out().contains("\"COMPLETED\"")) {
        return false;
      }
      Thread.sleep(50);
    }
    return true;
  }

  private static void restart(Federation federation, String victim) throws Exception {
    if (!victim.equals(Federation.SERVER)) {
      federation.startSite(victim);
    } else if (!federation.process(victim).isAlive()) {
      federation.startServer();
    }
  }

  private static boolean canTrace() throws IOException, InterruptedException {
    try {
      var probe = new ProcessBuilder("strace", "-f", "-qqq", "-o", "/dev/null", "true");
      return probe.redirectErrorStream(true).start().waitFor() == 0;
    } catch (IOException _) {
      return false;
    }
  }
}
