package org.wardfl.cli.console;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// The commands of NVIDIA FLARE's console: each is one of Ward's, or is answered by a sentence.
///
/// Source: FLARE 2.2 and later, admin commands.
final class FlareWords {

  private static final String STATUS = "check_status";
  private static final String POLICY =
      "each site decides by its own site.yaml, which nobody else can read; 'job explain' asks all"
          + " of them what they would say to a job";
  private static final String PROCESSES =
      "Ward ends and starts no process at another organization; whoever runs it does: systemctl"
          + " restart ward-NAME";
  private static final String FILES =
      "Ward shows nobody the files of another machine; 'job logs' has what a job said, where the"
          + " site allows it";
  private static final String TIMES =
      "every call of Ward's has its own time limit; none is set here";
  private static final String ONE_SERVER =
      "there is one server, which takes everything up again by itself when it is restarted";
  private static final String LINKS =
      "there is one connection from each site, and no net of cells; 'ward doctor' looks at it";
  private static final String STUDIES = "the study stands in the job itself: study in job.yaml";

  /// What a command of FLARE's becomes.
  sealed interface Meaning {}

  /// Ward's commands, one after the other; what was typed after FLARE's word follows the last.
  ///
  /// @param commands each as its words
  /// @param takes how many words that follow are kept; the rest named a target that Ward needs not
  record Ours(List<List<String>> commands, int takes) implements Meaning {}

  /// There is none.
  ///
  /// @param sentence what Ward does instead
  record Explained(String sentence) implements Meaning {}

  private static final Map<String, Meaning> TABLE = table();

  private FlareWords() {}

  private static Map<String, Meaning> table() {
    var table = new TreeMap<String, Meaning>();
    ours(table, "submit_job", 1, "job submit");
    ours(table, "list_jobs", 0, "job list");
    ours(table, "list_job", 1, "job show");
    ours(table, "get_job_meta", 1, "job show --json");
    ours(table, "show_stats", 1, "job show");
    ours(table, "show_errors", 1, "job show");
    ours(table, "get_job_log", 1, "job logs");
    ours(table, "abort_job", 1, "job abort");
    ours(table, "abort", 1, "job abort");
    ours(table, "clone_job", 1, "job clone");
    ours(table, "delete_job", 1, "job delete");
    ours(table, "delete_workspace", 1, "job delete");
    ours(table, "download_job", 1, "job download");
    ours(table, "download_job_components", 1, "job download");
    ours(table, STATUS, 0, "sites list", "job list");
    ours(table, "report_version", 0, "sites list");
    ours(table, "remove_client", 1, "sites remove");
    ours(table, "disable_client", 1, "sites disable");
    ours(table, "enable_client", 1, "sites enable");
    explained(table, POLICY, "report_resources", "show_scopes");
    explained(
        table,
        "Ward tells nobody about a hospital's machine; 'ward doctor', run there, tells its owner",
        "sys_info",
        "report_env");
    explained(table, PROCESSES, "restart", "shutdown", "shutdown_system");
    explained(table, FILES, "pwd", "ls", "cat", "head", "tail", "grep");
    explained(table, TIMES, "set_timeout", "unset_timeout");
    explained(table, ONE_SERVER, "list_sp", "get_active_sp", "promote_sp");
    explained(
        table,
        LINKS,
        "cells",
        "route",
        "peers",
        "conns",
        "msg_stats",
        "list_pools",
        "show_pool",
        "show_comm_config",
        "process_info",
        "stop_cell",
        "stop_net",
        "dead");
    explained(
        table,
        STUDIES,
        "register_study",
        "add_study_site",
        "remove_study_site",
        "add_study_user",
        "remove_study",
        "list_studies",
        "show_study");
    explained(table, "errors belong to a job and stay with it", "reset_errors");
    explained(
        table,
        "a task is done again by its site, or its job is aborted as a whole: 'job abort'",
        "abort_task");
    explained(
        table,
        "a job starts by itself when enough sites are there: 'job submit'",
        "start_app",
        "deploy_app");
    explained(table, "an algorithm takes no commands while it runs", "app_command");
    explained(
        table,
        "how much a process logs is decided where it runs: --debug",
        "configure_site_log",
        "configure_job_log");
    explained(
        table,
        "every call shows its certificate, so there are no sessions to list; the server's audit"
            + " log has who did what",
        "list_sessions");
    explained(table, "files are read from and written to this folder", "lpwd", "info");
    return table;
  }

  private static void ours(Map<String, Meaning> table, String word, int takes, String... commands) {
    var all = new ArrayList<List<String>>();
    for (var command : commands) {
      all.add(List.of(command.split(" ", -1)));
    }
    table.put(word, new Ours(all, takes));
  }

  private static void explained(Map<String, Meaning> table, String sentence, String... words) {
    for (var word : words) {
      table.put(word, new Explained(sentence));
    }
  }

  /// All of them, for completion.
  static SortedSet<String> words() {
    return new TreeSet<>(TABLE.keySet());
  }

  static Map<String, Meaning> all() {
    return Map.copyOf(TABLE);
  }

  /// Whether this is one.
  static boolean has(String word) {
    return TABLE.containsKey(word);
  }

  /// What a line becomes that begins with such a word.
  static Meaning of(List<String> line) {
    if (line.size() > 1 && line.getFirst().equals(STATUS) && line.get(1).equals("client")) {
      var names = line.subList(2, line.size());
      return new Ours(
          names.isEmpty()
              ? List.of(List.of("sites", "list"))
              : names.stream().map(name -> List.of("sites", "show", name)).toList(),
          0);
    }
    return of(line.getFirst());
  }

  /// What it becomes.
  static Meaning of(String word) {
    return switch (TABLE.get(word)) {
      case null -> new Explained("there is no command " + word);
      case Meaning meaning -> meaning;
    };
  }
}
