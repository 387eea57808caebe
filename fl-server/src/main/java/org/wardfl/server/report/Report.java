package org.wardfl.server.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.wardfl.algo.SiteName;
import org.wardfl.server.result.CrossSite;
import org.wardfl.server.result.JobStatistics;
import org.wardfl.server.result.MissingScores;
import org.wardfl.server.result.RunRecord;

/// Writes the report of a job as one HTML file.
///
/// The file needs nothing but a browser: style and script are inside, and its content security
/// policy forbids to load or run anything else. All charts are complete without the script, which
/// adds the values under the pointer, sorting and the search for a site.
public final class Report {

  /// More charts would bury the reader; further metrics are in `metrics.jsonl`.
  private static final int CHARTS = 12;

  private static final String STYLE = resource("report.css");
  private static final String SCRIPT = resource("report.js");

  private final RunReport run;
  private final List<String> missing;
  private final List<JobStatistics> statistics;
  private final Optional<CrossSite> crossSite;
  private final SamplesSection samples;

  private Report(
      RunReport run,
      List<String> missing,
      List<JobStatistics> statistics,
      Optional<CrossSite> crossSite,
      SamplesSection samples) {
    this.run = run;
    this.missing = missing;
    this.statistics = statistics;
    this.crossSite = crossSite;
    this.samples = samples;
  }

  /// Writes the report to a new file or in place of an old one, never half.
  ///
  /// @throws IOException if the file cannot be written
  public static void write(RunRecord record, Path file) throws IOException {
    write(record, new TreeMap<>(), file);
  }

  /// Writes the report with the sites' sample pictures in it.
  ///
  /// @param samples of the sites whose folders can be read here
  /// @throws IOException if the file cannot be written
  public static void write(RunRecord record, SortedMap<SiteName, SiteSamples> samples, Path file)
      throws IOException {
    var partial = file.resolveSibling(file.getFileName() + ".partial");
    try {
      Files.writeString(
          partial,
          new Report(
                  RecordView.of(record),
                  MissingScores.of(record),
                  JobStatistics.of(record),
                  CrossSite.of(record),
                  SamplesSection.of(record, samples))
              .page());
      Files.move(
          partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(partial);
    }
  }

  /// The report as text, of a job without statistics and scores across sites.
  static String html(RunReport run) {
    return html(run, SamplesSection.NONE);
  }

  /// The same with samples.
  static String html(RunReport run, SamplesSection samples) {
    return new Report(run, List.of(), List.of(), Optional.empty(), samples).page();
  }

  private String page() {
    var page = new Markup();
    page.open("html", "lang", "en").open("head").empty("meta", "charset", "utf-8");
    page.empty("meta", "http-equiv", "Content-Security-Policy", "content", policy());
    page.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    page.empty("meta", "name", "color-scheme", "content", "light dark");
    page.empty("meta", "name", "referrer", "content", "no-referrer");
    page.element("title", run.job() + " – Ward").verbatim("style", STYLE).close();
    page.open("body").open("main");
    new Summary(run, statistics).write(page);
    missing.forEach(sentence -> page.element("p", sentence, "class", "note"));
    metrics(page);
    samples.write(page);
    crossSite.ifPresent(matrix -> new CrossSiteSection(run, matrix).write(page));
    statistics.forEach(known -> new StatisticsSection(known, run::colour).write(page));
    run.leading().ifPresent(history -> new AloneSection(run, history).write(page));
    run.leading().ifPresent(history -> new PersonalSection(run, history).write(page));
    new SiteTable(run).write(page);
    Absences.write(page, run);
    new ContributionSection(run).write(page);
    new LikenessSection(run).write(page);
    facts(page);
    page.close().verbatim("script", SCRIPT).close().close();
    return page.finish();
  }

  private void metrics(Markup page) {
    if (run.metrics().isEmpty()) {
      return;
    }
    page.open("section").element("h2", "Scores of the federation's model");
    if (run.metrics().size() > CHARTS) {
      page.element(
          "p",
          CHARTS + " of " + run.metrics().size() + " metrics; metrics.jsonl has all.",
          "class",
          "note");
    }
    page.open("div", "class", "grid scores");
    run.byImportance().stream()
        .limit(CHARTS)
        .forEach(history -> {
          var chart =
              SiteCurves.chart(
                  history.name(), LineChart.TRAINING, history.mean(), history.sites(), run::colour);
          if (!chart.isEmpty()) {
            chart.write(page);
          }
        });
    page.close().close();
  }

  private void facts(Markup page) {
    page.open("section").element("h2", "Facts of the run").open("dl", "class", "facts");
    for (var fact : run.facts()) {
      page.open("div").element("dt", fact.name());
      page.element("dd", fact.value(), "class", isHash(fact.value()) ? "hash" : "").close();
    }
    page.close().close();
  }

  private static boolean isHash(String value) {
    return value.matches("(sha256:)?[0-9a-f]{32,}");
  }

  private String policy() {
    return "default-src 'none'; style-src '"
        + digest(STYLE)
        + "'; script-src '"
        + digest(SCRIPT)
        + "'"
        + (samples.hasPictures() ? "; img-src data:" : "")
        + "; base-uri 'none'; form-action 'none'";
  }

  private static String digest(String content) {
    try {
      var sha256 = MessageDigest.getInstance("SHA-256");
      var digest = sha256.digest(content.getBytes(StandardCharsets.UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }

  private static String resource(String name) {
    try (InputStream in = Report.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing beside " + Report.class.getName());
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
