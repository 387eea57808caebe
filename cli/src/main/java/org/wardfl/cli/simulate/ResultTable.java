package org.wardfl.cli.simulate;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.wardfl.server.job.JobStatus;
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
        "%s after %d rounds in %.1f s%n",
        run.status(),
        ResultFiles.roundsDone(run),
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
    var rows = new ArrayList<List<String>>();
    var head = new ArrayList<String>(List.of("site", "samples"));
    head.addAll(names);
    rows.add(head);
    scores.entrySet().stream()
        .limit(MOST_SITES)
        .forEach(entry -> {
          var row = new ArrayList<String>(List.of(entry.getKey()));
          row.add(Long.toString(entry.getValue().samples()));
          for (var name : names) {
            var value = entry.getValue().values().get(name);
            row.add(value == null ? "" : number(value));
          }
          rows.add(row);
        });
    if (scores.size() > MOST_SITES) {
      var row = new ArrayList<String>(List.of("... " + (scores.size() - MOST_SITES) + " more", ""));
      names.forEach(_ -> row.add(""));
      rows.add(row);
    }
    var means = ResultFiles.finalMeans(run);
    var mean = new ArrayList<String>(List.of("all"));
    mean.add(Long.toString(scores.values().stream().mapToLong(metrics -> metrics.samples()).sum()));
    for (var name : names) {
      var value = means.get(name);
      mean.add(value == null ? "" : number(value));
    }
    rows.add(mean);
    return text(rows);
  }

  private static String text(List<List<String>> rows) {
    int columns = rows.getFirst().size();
    var widths = new int[columns];
    for (var row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    var text = new StringBuilder();
    for (var row : rows) {
      var line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        var cell = row.get(i);
        var space = " ".repeat(widths[i] - cell.length());
        line.append(i == 0 ? cell + space : "  " + space + cell);
      }
      text.append(line.toString().stripTrailing()).append(System.lineSeparator());
    }
    return text.toString();
  }

  /// A number as people read it: four digits that count.
  static String number(double value) {
    double size = Math.abs(value);
    return size != 0 && (size < 1e-3 || size >= 1e5)
        ? String.format(Locale.ROOT, "%.3e", value)
        : String.format(Locale.ROOT, "%.4f", value);
  }
}
