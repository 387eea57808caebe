package org.wardfl.server.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardfl.algo.SiteName;
import org.wardfl.proto.sample.Sample;
import org.wardfl.proto.sample.SampleSet;
import org.wardfl.server.report.RunReport.MetricHistory;

/// Opens reports in Chromium, without a window and without a network.
class ReportInBrowserTest {

  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome");

  @TempDir private Path folder;
  private Path browser = Path.of("");

  @BeforeEach
  void findBrowser() {
    var found = browser();
    assumeTrue(found.isPresent(), "no browser on the PATH: looked for " + NAMES);
    browser = found.orElseThrow();
  }

  @Test
  void itsScriptRunsUnderItsOwnPolicy() throws Exception {
    var report = folder.resolve("report.html");
    Files.writeString(report, Report.html(new SampleRun(4, 20).trainingAlone().make()));
    var page = open(report, 1280);
    assertThat(page.errors()).doesNotContain("Content Security Policy").doesNotContain("Uncaught");
    assertThat(count(page.dom(), "<figure>")).isEqualTo(6);
    assertThat(count(page.dom(), "class=\"tip\"")).isEqualTo(6);
    assertThat(count(page.dom(), "<th scope=\"col\"><button>")).isEqualTo(9);
  }

  @Test
  void aScriptThatSomebodySmuggledInDoesNotRun() throws Exception {
    var report = folder.resolve("report.html");
    Files.writeString(report, Report.html(new SampleRun(2, 2).make()));
    var smuggled = "<script>document.title = 'smuggled'</script></main>";
    Files.writeString(report, Files.readString(report).replace("</main>", smuggled));
    var page = open(report, 1280);
    assertThat(page.dom()).doesNotContain("<title>smuggled</title>");
    assertThat(page.errors()).contains("Content Security Policy");
  }

  @ParameterizedTest
  @ValueSource(ints = {1280, 375})
  void nothingIsWiderThanTheWindow(int width) throws Exception {
    var report = folder.resolve("report.html");
    var longWord = "a-job-whose-name-is-a-single-long-word-".repeat(2);
    var run = new SampleRun(1000, 40).sampling(100).job(longWord).faulty(70, longWord.repeat(4));
    Files.writeString(report, Report.html(run.make()));
    assertThat(beyond("html", report, width)).contains("data-measured=\"0\"");
  }

  @Test
  void theTableOfSitesIsNotCutOnALaptop() throws Exception {
    var report = folder.resolve("report.html");
    var run = new SampleRun(4, 20).make();
    var any = run.metrics().getFirst();
    var metrics =
        Stream.of("accuracy", "auc", "balanced_accuracy", "loss", "training loss")
            .map(name -> new MetricHistory(name, any.mean(), any.sites(), any.alone()))
            .toList();
    Files.writeString(
        report,
        Report.html(
            new RunReport(
                run.job(),
                run.status(),
                run.failure(),
                run.plannedRounds(),
                run.elapsed(),
                run.keyMetric(),
                run.best(),
                run.facts(),
                run.sites(),
                metrics,
                run.rounds(),
                run.others())));
    assertThat(beyond(".scroll:has(.sites)", report, 1280)).contains("data-measured=\"0\"");
  }

  @Test
  void samplesAreShownUnderThePolicy() throws Exception {
    var report = folder.resolve("report.html");
    var dot =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
            + "rkJggg==";
    var files = new TreeMap<>(Map.of("1-image.png", Base64.getDecoder().decode(dot)));
    var sample = new Sample.Classified(1, 2, "human", "macaque", 0.5);
    var shown = new SiteSamples.Shown(new SampleSet(List.of(sample), files));
    var samples = new TreeMap<SiteName, SiteSamples>(Map.of(new SiteName("site-1"), shown));
    Files.writeString(
        report, Report.html(new SampleRun(4, 20).make(), new SamplesSection(1, samples)));
    var page = open(report, 1280);
    assertThat(page.errors()).doesNotContain("Content Security Policy").doesNotContain("Uncaught");
    assertThat(page.dom()).contains("src=\"data:image/png;base64," + dot);
    // The script went on behind the figure that is no chart.
    assertThat(count(page.dom(), "<th scope=\"col\"><button>")).isEqualTo(9);
    assertThat(beyond("html", report, 375)).contains("data-measured=\"0\"");
  }

  /// The page that has measured by how much the content of an element is wider than it is.
  private String beyond(String element, Path report, int width) throws Exception {
    // A frame has exactly the given width; a window may have a least one.
    var probe = folder.resolve("probe.html");
    var measured =
        Files.readString(report)
            .replaceFirst("<meta http-equiv=[^>]*>", "")
            .replace(
                "</body>",
                "<script>const measured = document.querySelector('"
                    + element
                    + "');parent.postMessage(measured.scrollWidth - measured.clientWidth, '*')"
                    + "</script></body>");
    Files.writeString(report, measured);
    Files.writeString(
        probe,
        """
        <!doctype html><body>
        <script>
          onmessage = (event) => { document.body.dataset.measured = event.data; };
        </script>
        <iframe src="report.html" width="%d" height="800" frameborder="0"></iframe>
        """
            .formatted(width));
    return open(probe, 1400).dom();
  }

  private Page open(Path file, int width) throws IOException, InterruptedException {
    var dom = folder.resolve("dom");
    var errors = folder.resolve("errors");
    var command = new ArrayList<>(List.of(browser.toString(), "--headless", "--no-sandbox"));
    command.addAll(
        List.of(
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--enable-logging=stderr",
            "--user-data-dir=" + folder.resolve("profile"),
            "--window-size=" + width + ",900",
            "--virtual-time-budget=2000",
            "--dump-dom",
            file.toUri().toString()));
    var process =
        new ProcessBuilder(command)
            .redirectOutput(dom.toFile())
            .redirectError(errors.toFile())
            .start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("the browser ends").isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Page(Files.readString(dom), Files.readString(errors));
  }

  private static Optional<Path> browser() {
    return Stream.of(
            Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator))
        .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static long count(String text, String part) {
    return Pattern.compile(Pattern.quote(part)).matcher(text).results().count();
  }

  private record Page(String dom, String errors) {}
}
