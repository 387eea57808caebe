package org.wardfl.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FlareWordsTest {

  /// The admin commands of FLARE 2.2, but for those of the console itself.
  private static final List<String> FLARE =
      List.of(
          "check_status",
          "submit_job",
          "list_jobs",
          "abort_job",
          "clone_job",
          "delete_job",
          "download_job",
          "abort",
          "abort_task",
          "start_app",
          "delete_workspace",
          "remove_client",
          "restart",
          "shutdown",
          "sys_info",
          "report_resources",
          "show_scopes",
          "show_stats",
          "show_errors",
          "reset_errors",
          "pwd",
          "ls",
          "cat",
          "head",
          "tail",
          "grep",
          "set_timeout",
          "list_sessions",
          "list_sp",
          "get_active_sp",
          "promote_sp",
          "shutdown_system",
          "lpwd",
          "info");

  @Test
  void everyCommandOfFlaresIsOneOfWardsOrIsExplained() {
    assertThat(FlareWords.words()).containsAll(FLARE);
    for (var word : FlareWords.words()) {
      switch (FlareWords.of(word)) {
        case FlareWords.Explained(var sentence) ->
            assertThat(sentence).as(word).hasSizeGreaterThan(20).doesNotContain("\n");
        case FlareWords.Ours ours ->
            assertThat(ours.commands())
                .as(word)
                .allMatch(command ->
                    command.getFirst().equals("job") || command.getFirst().equals("sites"));
      }
    }
    assertThat(FlareWords.of("nonsense")).isInstanceOf(FlareWords.Explained.class);
  }

  @Test
  void theStatusOfNamedClientsIsThatOfTheseSitesOnly() {
    assertThat(commands("check_status", "client", "site-1", "site-2"))
        .containsExactly(List.of("sites", "show", "site-1"), List.of("sites", "show", "site-2"));
    assertThat(commands("check_status", "client")).containsExactly(List.of("sites", "list"));
    assertThat(commands("check_status", "server"))
        .containsExactly(List.of("sites", "list"), List.of("job", "list"));
  }

  private static List<List<String>> commands(String... line) {
    return ((FlareWords.Ours) FlareWords.of(List.of(line))).commands();
  }
}
