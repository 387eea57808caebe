package org.wardfl.server.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.wardfl.proto.job.JobStatus;
import org.xml.sax.InputSource;

class ReportTest {

  private static final Pattern VERBATIM =
      Pattern.compile("(<(script|style)[^>]*>)(.*?)(</\\2>)", Pattern.DOTALL);

  @Test
  void tellsHowTheJobEndedAndItsFigures() throws Exception {
    var page = parsed(Report.html(new SampleRun(4, 20).make()));
    assertThat(text(page, "h1")).isEqualTo("breast-cancer-fedavg completed");
    assertThat(texts(page, "h2"))
        .containsExactly(
            "Scores of the federation's model", "Sites", "Contributions", "Facts of the run");
    assertThat(texts(page, "dt")).contains("accuracy", "best model", "rounds", "Seed", "CPU");
    assertThat(texts(page, "dd")).contains("accuracy, after round 20", "of 20", "9.4 s", "7");
  }

  @Test
  void drawsTheMeanAndEverySiteOfASmallFederation() throws Exception {
    var page = parsed(Report.html(new SampleRun(4, 20).make()));
    var chart = (Element) page.getElementsByTagName("figure").item(0);
    assertThat(chart.getElementsByTagName("polyline").getLength()).isEqualTo(5);
    assertThat(texts(chart, "li"))
        .anyMatch(entry -> entry.startsWith("mean over sites 0."))
        .anyMatch(entry -> entry.startsWith("site-4 0."));
  }

  @Test
  void aSiteThatTheRuleLeavesOutInEveryRoundHasNotContributed() throws Exception {
    var page = parsed(Report.html(new SampleRun(6, 4).leavingOut(2).make()));
    assertThat(texts(page, "dd")).containsSequence("5", "contributed, of 6");
    var rows = texts(page, "tr").stream().filter(row -> row.contains(" of 4")).toList();
    assertThat(rows).hasSize(6);
    assertThat(rows.get(2)).startsWith("site-3").endsWith("0 of 40.0 %4 left out");
    assertThat(rows.get(3)).contains("4 of 4").endsWith("–");
  }

  @Test
  void showsAFailureWithEveryReason() throws Exception {
    var run =
        new SampleRun(3, 5)
            .failing("site-2, train: loss is NaN; 1 of 2 updates that a round needs")
            .faulty(4, "tensor conv1.weight from site-2: shape [64, 3] expected [64, 1]");
    var page = parsed(Report.html(run.make()));
    assertThat(text(page, "h1")).endsWith("failed");
    assertThat(texts(page, "p")).contains(run.make().failure().orElseThrow());
    assertThat(texts(page, "h2")).contains("What did not count");
    assertThat(texts(page, "td"))
        .contains("tensor conv1.weight from site-2: shape [64, 3] expected [64, 1]");
  }

  @Test
  void comparesEachHospitalAloneWithTheFederation() throws Exception {
    var page = parsed(Report.html(new SampleRun(4, 20).trainingAlone().make()));
    assertThat(texts(page, "h2")).contains("Alone or together");
    assertThat(texts(page, "p"))
        .anyMatch(sentence -> sentence.startsWith("By accuracy, the federation's model is better"));
    assertThat(texts(page, "span")).contains("together");
  }

  @Test
  void hostileNamesAreTextAndNothingElse() throws Exception {
    var attack = "</title><script>alert(1)</script><img src=x onerror=alert(2)>\"'&\u202e";
    var html =
        Report.html(new SampleRun(3, 4).job(attack).failing(attack).faulty(3, attack).make());
    var page = parsed(html);
    assertThat(text(page, "title")).startsWith(attack.substring(0, 40));
    assertThat(text(page, "h1")).doesNotContain("\u202e").contains("\uFFFD");
    assertThat(page.getElementsByTagName("img").getLength()).isZero();
    assertThat(html).doesNotContain("<script>alert").doesNotContain("\u202e");
    assertThat(elements(page, "script"))
        .allMatch(script ->
            script.getAttribute("type").equals("application/json")
                || script.getParentNode().getNodeName().equals("body"));
  }

  @Test
  void refersToNothingOutsideItself() throws Exception {
    var html = Report.html(new SampleRun(4, 20).trainingAlone().make());
    var page = parsed(html);
    for (var attribute : List.of("src", "href", "action", "style", "onclick", "onload", "data")) {
      assertThat(elements(page, "*")).noneMatch(element -> element.hasAttribute(attribute));
    }
    assertThat(html).doesNotContainPattern("url\\(|@import|fetch\\(|XMLHttpRequest|import\\(");
    assertThat(html.replace("http://www.w3.org/2000/svg", "")).doesNotContain("://");
  }

  @Test
  void allowsItsOwnStyleAndScriptOnly() throws Exception {
    var html = Report.html(new SampleRun(2, 2).make());
    var policy =
        ((Element) parsed(html).getElementsByTagName("meta").item(1)).getAttribute("content");
    assertThat(policy).startsWith("default-src 'none';").doesNotContain("unsafe");
    var matcher = VERBATIM.matcher(html);
    while (matcher.find()) {
      if (!matcher.group(1).contains("application/json")) {
        var digest =
            MessageDigest.getInstance("SHA-256")
                .digest(matcher.group(3).getBytes(StandardCharsets.UTF_8));
        assertThat(policy)
            .contains(
                matcher.group(2) + "-src 'sha256-" + Base64.getEncoder().encodeToString(digest));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 60", "4, 20, 100", "4, 1000, 700", "1000, 1, 1000", "1000, 1000, 2000"})
  void staysSmallEnoughToSend(int sites, int rounds, int mostKilobytes) throws Exception {
    var run = new SampleRun(sites, rounds).sampling(Math.min(sites, 100)).faulty(50, "late").make();
    var html = Report.html(run);
    assertThat(html.length()).isLessThan(mostKilobytes * 1024);
    parsed(html);
  }

  @Test
  void saysWhatItLeavesOut() throws Exception {
    var page = parsed(Report.html(new SampleRun(1000, 300).sampling(100).make()));
    assertThat(texts(page, "p"))
        .anyMatch(note -> note.startsWith("1,000 sites: the mean, how the sites spread"))
        .anyMatch(note -> note.startsWith("60 of 301 rounds"))
        .anyMatch(note -> note.contains("Each bar is the mean of 3 rounds."));
    assertThat(
            elements(page, "tr").stream()
                .filter(row ->
                    row.getParentNode().getParentNode() instanceof Element table
                        && table.getAttribute("class").equals("sites")))
        .hasSize(1001);
  }

  @Test
  void standsWithoutRoundsMetricsOrSites() throws Exception {
    var empty =
        new RunReport(
            "never started",
            JobStatus.FAILED,
            Optional.of("no site was there"),
            20,
            Duration.ZERO,
            Optional.empty(),
            Optional.empty(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of());
    assertThat(text(parsed(Report.html(empty)), "h1")).isEqualTo("never started failed");
  }

  /// The page as a strict parser reads it, without the contents of scripts and style.
  private static Document parsed(String html) throws Exception {
    var wellFormed = VERBATIM.matcher(html).replaceAll("$1$4").replace("<!doctype html>", "");
    return DocumentBuilderFactory.newDefaultInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(wellFormed.strip())));
  }

  private static String text(Document page, String element) {
    return page.getElementsByTagName(element).item(0).getTextContent();
  }

  private static List<String> texts(Document page, String element) {
    return elements(page, element).stream().map(Element::getTextContent).toList();
  }

  private static List<String> texts(Element within, String element) {
    return listed(within.getElementsByTagName(element)).stream()
        .map(Element::getTextContent)
        .toList();
  }

  private static List<Element> elements(Document page, String element) {
    return listed(page.getElementsByTagName(element));
  }

  private static List<Element> listed(NodeList nodes) {
    return java.util.stream.IntStream.range(0, nodes.getLength())
        .mapToObj(i -> (Element) nodes.item(i))
        .toList();
  }
}
