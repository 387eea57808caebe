package org.wardfl.cli.job;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.wardfl.algo.SiteName;
import org.wardfl.cli.TextTable;
import org.wardfl.proto.admin.JobReport;
import org.wardfl.proto.admin.JobSummary;
import org.wardfl.proto.json.Json;

/// Jobs for people, and for scripts, which depend on the keys.
final class JobView {

  private JobView() {}

  /// One line for a terminal that scrolls.
  static String line(JobSummary job) {
    return job.name()
        + ": "
        + job.status()
        + job.waiting().map(what -> " (" + what + ")").orElse("")
        + ", training round "
        + job.round()
        + " of "
        + job.rounds();
  }

  /// A table of jobs.
  static String table(List<JobSummary> jobs) {
    var table = TextTable.ofWords("id", "name", "status", "trained", "submitter", "submitted");
    for (var job : jobs) {
      table.row(
          job.id().value(),
          job.name(),
          job.status() + job.waiting().map(what -> " (" + what + ")").orElse(""),
          job.round() + "/" + job.rounds(),
          job.submitter(),
          job.submitted().toString());
    }
    return table.toString();
  }

  /// Everything.
  static String text(JobReport report) {
    var job = report.summary();
    var lines = new ArrayList<String>();
    lines.add(line(job));
    lines.add("id         " + job.id());
    lines.add("submitted  " + job.submitted() + " by " + job.submitter());
    job.finished().ifPresent(at -> lines.add("finished   " + at));
    report.abortedBy().ifPresent(by -> lines.add("aborted    by " + by));
    report
        .failure()
        .ifPresent(failure ->
            lines.add(
                "failure    "
                    + failure.site().map(site -> site + ", ").orElse("")
                    + failure.phase()
                    + ": "
                    + failure.reason()));
    report.model().ifPresent(hash -> lines.add("model      " + hash));
    if (!report.metrics().isEmpty()) {
      var values = new ArrayList<String>();
      report.metrics().forEach((name, value) -> values.add(name + " " + value));
      lines.add("metrics    " + String.join(", ", values));
    }
    lines.add("");
    var table = TextTable.ofWords("site", "state", "detail");
    report
        .sites()
        .forEach(site -> table.row(site.name().value(), site.state().name(), site.detail()));
    return String.join("\n", lines) + "\n" + table;
  }

  /// A report as JSON.
  static String json(JobReport report) {
    var json = json(report.summary());
    json.put("sites", report.sites().stream().map(JobView::site).toList());
    json.put("failure", report.failure().map(JobView::failure));
    json.put("abortedBy", report.abortedBy());
    json.put("model", report.model().map(hash -> Map.of("sha256", hash)));
    json.put("best", report.best().map(JobView::best));
    json.put("metrics", report.metrics());
    json.put("complaints", report.complaints());
    return Json.document(json);
  }

  /// A summary as the beginning of a JSON object.
  static Map<String, Object> json(JobSummary job) {
    var json = new LinkedHashMap<String, Object>();
    json.put("id", job.id());
    json.put("name", job.name());
    json.put("study", job.study());
    json.put("status", job.status());
    json.put("waiting", job.waiting());
    json.put("submitter", job.submitter());
    json.put("submitted", job.submitted());
    json.put("started", job.started().map(Instant::toString));
    json.put("finished", job.finished().map(Instant::toString));
    json.put("round", job.round());
    json.put("rounds", job.rounds());
    return json;
  }

  private static Map<String, Object> site(JobReport.Site site) {
    var json = new LinkedHashMap<String, Object>();
    json.put("name", site.name());
    json.put("state", site.state());
    json.put("detail", site.detail());
    return json;
  }

  private static Map<String, Object> failure(JobReport.Failure failure) {
    var json = new LinkedHashMap<String, Object>();
    json.put("site", failure.site().map(SiteName::value));
    json.put("phase", failure.phase());
    json.put("reason", failure.reason());
    return json;
  }

  private static Map<String, Object> best(JobReport.Best best) {
    var json = new LinkedHashMap<String, Object>();
    json.put("round", best.round());
    json.put("sha256", best.model());
    json.put("value", best.value());
    return json;
  }
}
