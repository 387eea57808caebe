package org.wardfl.cli.site;

import java.io.PrintWriter;
import java.util.List;
import org.wardfl.cli.TextTable;
import org.wardfl.client.control.SiteJob;
import org.wardfl.client.control.SiteStatus;

/// What the client answers, for people.
final class Views {

  private Views() {}

  static void print(SiteStatus status, PrintWriter out) {
    var table = TextTable.ofWords("site", status.site());
    table.row(
        "server", status.connected() ? "connected" : "away: " + status.trouble().orElse("unknown"));
    table.row("tasks", status.running() + " in work; " + status.closed().orElse("more may begin"));
    table.row(
        "policy",
        status
            .policyTrouble()
            .map(trouble -> "allows nothing: " + trouble)
            .orElse("sha256:" + status.policySha256()));
    table.row(
        "offers",
        status.gpus()
            + " GPUs, "
            + status.cpuThreads()
            + " threads, "
            + (status.memoryBytes() >> 20)
            + " MiB of memory, "
            + status.maxJobs()
            + " jobs at once");
    table.row("sandbox", status.sandbox());
    out.print(table);
  }

  static void print(List<SiteJob> jobs, PrintWriter out) {
    if (jobs.isEmpty()) {
      out.println("no jobs");
      return;
    }
    var table = TextTable.ofWords("id", "name", "submitter", "state", "why");
    for (var job : jobs) {
      table.row(job.id(), job.name(), job.submitter(), job.state(), why(job));
    }
    out.print(table);
    for (var job : jobs) {
      if (job.state().equals(SiteJob.WAITING)) {
        out.println();
        print(job, out);
        out.println("to let it run: ward site approve " + job.id());
      }
    }
  }

  private static String why(SiteJob job) {
    return job.sentence().isEmpty() ? job.rule() : job.sentence() + " (" + job.rule() + ")";
  }

  /// Everything that somebody needs who is to approve a job.
  static void print(SiteJob job, PrintWriter out) {
    var table = TextTable.ofWords("job", job.id());
    table.row("name", job.name());
    table.row("study", job.study());
    table.row("submitter", job.submitter());
    table.row("dataset", job.dataset().isEmpty() ? "none" : job.dataset());
    table.row("algorithm", job.algorithm());
    table.row("code", job.codeSha256().isEmpty() ? "none" : "sha256:" + job.codeSha256());
    table.row("brings", job.files() + " files, " + job.bytes() + " bytes");
    table.row("manifest", "sha256:" + job.manifestSha256());
    table.row("state", job.state());
    out.print(table);
  }
}
