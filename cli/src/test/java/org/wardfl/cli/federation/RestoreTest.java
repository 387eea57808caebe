package org.wardfl.cli.federation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Copies of data folders: one that is restored works, an old one is noticed.
@Timeout(240)
class RestoreTest {

  private static final String SITE = "site-1";
  private static final String JOB =
      """
      name: restored
      min_sites: 1
      workflow: {type: fedavg, rounds: 1}
      algorithm: {type: quadratic}
      resources: {memory: 64MiB}
      """;

  @TempDir private Path folder;

  @Test
  void anOldCopyOfASiteIsNoticedAndLetInByThePersonWhoKnows() throws Exception {
    try (var federation = new Federation(folder, SITE)) {
      federation.startServer();
      federation.startSite(SITE).awaitText("connected");
      var copy = keepAndGoOn(federation, SITE);
      federation.startSite(SITE).awaitText("connected");
      federation.kill(SITE);
      restore(federation, SITE, copy);
      var old = federation.startSite(SITE);
      old.awaitText("was started again since");
      Federation.expect(federation.run(Federation.ADMIN, "sites", "rebind", SITE));
      old.awaitText("connected");
    }
  }

  @Test
  void anOldCopyOfTheServerIsNoticedByASiteAndOneThatIsDeclaredTheLatestWorks() throws Exception {
    try (var federation = new Federation(folder, SITE)) {
      federation.startServer();
      var job = federation.submit(federation.job("restored", JOB));
      var copy = keepAndGoOn(federation, Federation.SERVER);
      federation.startServer();
      var site = federation.startSite(SITE);
      site.awaitText("connected");
      federation.kill(Federation.SERVER);
      restore(federation, Federation.SERVER, copy);
      federation.startServer();
      site.awaitText("was replaced by a later one");

      federation.kill(Federation.SERVER);
      Files.writeString(data(federation, Federation.SERVER).resolve("starts"), "1000\n");
      federation.startServer();
      var result = federation.await(job);
      assertThat(result.exitCode()).as(federation.said()).isZero();
      assertThat(result.out()).contains("\"status\": \"COMPLETED\"");
    }
  }

  private static Path data(Federation federation, String name) {
    return federation.kit(name).resolve("data");
  }

  /// Stops a participant, copies its data, and starts it once more and stops it.
  private Path keepAndGoOn(Federation federation, String name) throws Exception {
    federation.process(name).terminate();
    var copy = folder.resolve("copy-of-" + name);
    run("cp", "-a", data(federation, name).toString(), copy.toString());
    if (name.equals(Federation.SERVER)) {
      federation.startServer();
    } else {
      federation.startSite(name).awaitText("connected");
    }
    federation.process(name).terminate();
    return copy;
  }

  private static void restore(Federation federation, String name, Path copy) throws Exception {
    run("rm", "-r", data(federation, name).toString());
    run("cp", "-a", copy.toString(), data(federation, name).toString());
  }

  private static void run(String... command) throws Exception {
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }
}
