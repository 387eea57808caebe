package org.wardfl.cli.simulate;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.wardfl.cli.TextTable;
import org.wardfl.proto.job.JobStatus;
import org.wardfl.server.result.JobStatistics;
import org.wardfl.server.result.ResultFiles;
import org.wardfl.server.result.RunRecord;
import org.wardfl.simulator.Simulation;

/// What a simulation came to, for people.
final class ResultTable {

  private static final int MOST_SITES = 25;
  private static final int MOST_COMPLAINTS = 10;

  private ResultTable() {}

  static void print(Simulation.Result result, PrintWriter out, PrintWriter err) {
    var run = result.record();
    var scores = ResultFiles.finalScores(run);
    if (!scores.isEmpty()) {
      out.println();
      out.print(scores(run));
    }
    out.println();
    out.printf(
        Locale.ROOT,
        "%s%s in %.1f s%n",
        run.status(),
        run.definition().rounds() == 0 ? "" : " after " + ResultFiles.roundsDone(run) + " rounds",
        result.elapsed().toMillis() / 1e3);
    run.best()
        .ifPresent(best ->
            out.printf(
                Locale.ROOT,
                "best     %s, after round %d: %s%n",
                number(best.value()),
                best.round(),
                result.folder().resolve("best_model.safetensors")));
    run.model()
        .ifPresent(model -> {
          out.println("model    " + result.folder().resolve("model.safetensors"));
          out.println("sha256   " + model.hex());
        });
    if (!JobStatistics.of(run).isEmpty()) {
      out.println("numbers  " + result.folder().resolve("statistics.json"));
    }
    out.println("report   " + result.folder().resolve("report.html"));
    out.flush();
    printComplaints(run, err);
  }

  /// Says which sites kept out and why, and why the job failed if it did.
  static void printComplaints(RunRecord run, PrintWriter err) {
    var complaints = ResultFiles.complaints(run);
    complaints.stream().limit(MOST_COMPLAINTS).forEach(line -> err.println("ward: " + line));
    if (complaints.size() > MOST_COMPLAINTS) {
      err.println(
          "ward: and "
              + (complaints.size() - MOST_COMPLAINTS)
              + " more like these, all in run.json and report.html");
    }
    if (run.status() == JobStatus.FAILED) {
      run.failure()
          .ifPresent(failure ->
              err.println(
                  "ward: the job failed"
                      + failure.site().map(site -> " at " + site).orElse("")
                      + " ("
                      + failure.phase()
                      + "): "
                      + failure.reason()));
    }
    err.flush();
  }

  private static String scores(RunRecord run) {
    var scores = ResultFiles.finalScores(run);
    var names = new TreeSet<String>();
    scores.values().forEach(metrics -> names.addAll(metrics.values().keySet()));
    var head = new ArrayList<String>(List.of("site", "samples"));
    head.addAll(names);
    var table = new TextTable(head);
    scores.entrySet().stream()
        .limit(MOST_SITES)
        .forEach(entry ->
            table.row(
                row(entry.getKey(), entry.getValue().samples(), names, entry.getValue().values())));
    if (scores.size() > MOST_SITES) {
      var row = new ArrayList<String>(List.of("... " + (scores.size() - MOST_SITES) + " more", ""));
      names.forEach(_ -> row.add(""));
      table.row(row);
    }
    long samples = scores.values().stream().mapToLong(metrics -> metrics.samples()).sum();
    table.row(row("all", samples, names, ResultFiles.finalMeans(run)));
    return table.toString();
  }

  private static List<String> row(
      String title, long samples, Set<String> names, Map<String, Double> values) {
    var row = new ArrayList<String>(List.of(title, Long.toString(samples)));
    for (var name : names) {
      var value = values.get(name);
      row.add(value == null ? "" : number(value));
    }
    return row;
  }

  /// A number as people read it: four digits that count.
  static String number(double value) {
    double size = Math.abs(value);
    return size != 0 && (size < 1e-3 || size >= 1e5)
        ? String.format(Locale.ROOT, "%.3e", value)
        : String.format(Locale.ROOT, "%.4f", value);
  }
}
