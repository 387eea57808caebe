package org.wardfl.provisioning.rights;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Everything that a right is needed for, by FLARE's names, with the category it belongs to.
public enum Right {
  /// Submit a job.
  SUBMIT_JOB(""),
  /// Submit a job again.
  CLONE_JOB(""),
  /// Fetch a job's results.
  DOWNLOAD_JOB(""),
  /// Bring own code.
  BYOC(""),
  /// Stop a job.
  ABORT_JOB("manage_job"),
  /// Stop one task of a job.
  ABORT_TASK("manage_job"),
  /// Delete a job with its results.
  DELETE_JOB("manage_job"),
  /// Delete what a job left at a site.
  DELETE_WORKSPACE("manage_job"),
  /// See who is connected.
  CHECK_STATUS("view"),
  /// See jobs.
  LIST_JOBS("view"),
  /// See everything about one job.
  GET_JOB_META("view"),
  /// See a job's log.
  GET_JOB_LOG("view"),
  /// See a job's figures.
  SHOW_STATS("view"),
  /// See a job's errors.
  SHOW_ERRORS("view"),
  /// Clear a job's errors.
  RESET_ERRORS("view"),
  /// See a site's privacy scopes.
  SHOW_SCOPES("view"),
  /// Restart a process.
  RESTART("operate"),
  /// Stop a process.
  SHUTDOWN("operate"),
  /// Let a site register anew.
  REMOVE_CLIENT("operate"),
  /// Take a site out of new jobs.
  DISABLE_CLIENT("operate"),
  /// Take a site into new jobs again.
  ENABLE_CLIENT("operate"),
  /// See a machine's facts.
  SYS_INFO("operate"),
  /// See a site's free resources.
  REPORT_RESOURCES("operate"),
  /// See which version runs.
  REPORT_VERSION("operate"),
  /// Set the time after which a command is given up.
  SET_TIMEOUT("operate"),
  /// Change what a site logs.
  CONFIGURE_SITE_LOG("operate"),
  /// Change what a job logs.
  CONFIGURE_JOB_LOG("operate"),
  /// See the working folder.
  PWD("shell_commands"),
  /// List log files.
  LS("shell_commands"),
  /// Show a log file.
  CAT("shell_commands"),
  /// Show the beginning of a log file.
  HEAD("shell_commands"),
  /// Show the end of a log file.
  TAIL("shell_commands"),
  /// Search a log file.
  GREP("shell_commands");

  private final String category;

  Right(String category) {
    this.category = category;
  }

  /// The word in policies and on the command line.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The category, empty for a right that stands alone.
  public String category() {
    return category;
  }

  /// The right of this word.
  public static Optional<Right> ofWord(String word) {
    return Arrays.stream(values()).filter(right -> right.word().equals(word)).findFirst();
  }

  /// All words that a policy may have for rights and categories.
  static Set<String> words() {
    var words = new LinkedHashSet<String>();
    for (var right : values()) {
      words.add(right.word());
      if (!right.category.isEmpty()) {
        words.add(right.category);
      }
    }
    return words;
  }
}
