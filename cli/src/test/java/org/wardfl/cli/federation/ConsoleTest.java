package org.wardfl.cli.federation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.cli.WardProcess;

/// `ward console` against a running server: on a pseudo-terminal, and fed from a file.
@Timeout(180)
class ConsoleTest {

  @TempDir private Path folder;

  @Test
  void aTerminalCompletesCommandsAndSitesAndKeepsAHistory() throws Exception {
    try (var federation = new InProcess(folder)) {
      federation.startServer();
      var typed = "check_status server\nsites reb\tsit\t\nhelp clone_job\nbye\n";
      Files.writeString(folder.resolve("typed"), typed);
      var terminal =
          "export TERM=xterm; set -- script -qefc \"stty cols 120 rows 40; $(printf '%s ' \"$@\")\""
              + " /dev/null; exec < "
              + folder.resolve("typed");
      var said = console(federation, terminal);
      assertThat(said.exitCode()).as(said.out() + said.err()).isZero();
      assertThat(said.out())
          .contains("ward> ")
          .contains("= sites list")
          .containsPattern("site-1 +hospa +away")
          .contains("the next data folder that site-1 connects from is the site's")
          .contains("clone_job is: job clone");
      var history = federation.kitFolder(InProcess.ADMIN).resolve("local/console-history");
      assertThat(Files.readString(history)).contains("sites rebind site-1");
      // What the console leaves in the kit's folder is no change of the kit.
      federation.command(InProcess.ADMIN, "sites", "list");
    }
  }

  @Test
  void linesFromAFileRunOneAfterTheOtherAndTheLastGivesTheExitCode() throws Exception {
    try (var federation = new InProcess(folder)) {
      federation.startServer();
      var lines =
          """
          list_jobs
          shutdown all
          ward sites list --json
          server
          job show 'not an id
          """;
      Files.writeString(folder.resolve("typed"), lines);
      var said = console(federation, "exec < " + folder.resolve("typed"));
      assertThat(said.exitCode()).as(said.out() + said.err()).isEqualTo(2);
      assertThat(said.out())
          .contains("= job list")
          .contains("shutdown: Ward ends and starts no process at another organization")
          .contains("\"name\": \"site-1\"")
          .doesNotContain("ward> ");
      assertThat(said.err()).contains("'ward server' lasts; run it outside the console");

      Files.writeString(
          folder.resolve("typed"), "check_status client\ncheck_status client site-1\n");
      var status = console(federation, "exec < " + folder.resolve("typed"));
      assertThat(status.exitCode()).as(status.err()).isZero();
      assertThat(status.out()).contains("= sites list", "= sites show site-1");
    }
  }

  @Test
  void aServerThatIsAwayIsToldAtOnce() throws Exception {
    try (var federation = new InProcess(folder)) {
      var said = console(federation, ":");
      assertThat(said.exitCode()).isEqualTo(4);
      assertThat(said.err()).contains("accepts no connection");
    }
  }

  private WardProcess.Result console(InProcess federation, String shell) throws Exception {
    return WardProcess.start(
            folder,
            shell,
            "console",
            "--kit",
            federation.kitFolder(InProcess.ADMIN).toString(),
            "--password-file",
            federation.passwordFile(InProcess.ADMIN).toString())
        .await();
  }
}
