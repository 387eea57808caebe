package org.wardfl.server.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.wardfl.algo.SiteName;
import org.wardfl.proto.job.JobStatus;
import org.wardfl.proto.job.WorkflowDefinition.Direction;
import org.wardfl.proto.job.WorkflowDefinition.KeyMetric;
import org.wardfl.server.report.RunReport.MetricHistory;
import org.wardfl.server.report.RunReport.Point;
import org.wardfl.server.report.RunReport.Site;

class AloneSectionTest {

  private static final SiteName SITE = new SiteName("a");

  @Test
  void aHospitalThatDoesBetterAloneIsToldSo() {
    assertThat(page(Direction.MAX, 0.75, 0.5)).contains(">alone</span>");
    assertThat(page(Direction.MAX, 0.5, 0.75)).contains(">together</span>");
    assertThat(page(Direction.MIN, 0.5, 0.75)).contains(">alone</span>");
  }

  @Test
  void whatThatSuggestsIsSaidInWords() {
    assertThat(page(Direction.MAX, 0.75, 0.5))
        .contains("This site would be better alone", "a personalised model may be worth trying");
    assertThat(page(Direction.MAX, 0.5, 0.75)).contains("Take part: the federation");
    assertThat(page(Direction.MAX, 0.5, 0.6)).contains("No difference that one test sample");
    assertThat(page(Optional.of(Direction.MAX), points(0.75), points(0.5), points(0.9)))
        .contains("Personalised", "use the personalised model here");
    assertThat(page(Optional.of(Direction.MAX), points(0.75), points(0.5), points(0.8)))
        .contains("This site would be better alone: its own model is better here.");
  }

  private static List<Point> points(double value) {
    return List.of(new Point(2, value));
  }

  @Test
  void oneTestSampleIsNoDifference() {
    assertThat(page(Direction.MAX, 0.5, 0.6)).contains(">equal</span>");
    assertThat(page(Direction.MAX, 0.5, 0.61)).contains(">together</span>");
  }

  @Test
  void ofOtherMetricsNobodyKnowsWhatOneSampleWeighs() {
    for (var metric : List.of("dice", "auc", "loss", "balanced_accuracy")) {
      assertThat(page(metric, Optional.of(Direction.MAX), points(0.5), points(0.55), List.of()))
          .contains(">together</span>", "+0.0500", "Take part: the federation")
          .doesNotContain("test sample");
      assertThat(page(metric, Optional.of(Direction.MAX), points(0.5), points(0.5), List.of()))
          .contains(">equal</span>", "No difference.")
          .doesNotContain("test sample");
    }
  }

  @Test
  void withoutAKeyMetricNothingIsCalledBetter() {
    assertThat(page(Optional.empty(), List.of(new Point(2, 0.5)), List.of(new Point(2, 0.75))))
        .contains("Without a key metric", "+0.2500")
        .doesNotContain("class=\"tag");
  }

  @Test
  void bothAreComparedAfterTheSameTraining() {
    var alone = List.of(new Point(1, 0.25), new Point(2, 0.5));
    var together = List.of(new Point(1, 0.75));
    assertThat(page(Optional.of(Direction.MAX), alone, together)).contains("+0.5000");
  }

  private static String page(Direction better, double alone, double together) {
    return page(Optional.of(better), List.of(new Point(2, alone)), List.of(new Point(2, together)));
  }

  private static String page(Optional<Direction> better, List<Point> alone, List<Point> together) {
    return page(better, alone, together, List.of());
  }

  private static String page(
      Optional<Direction> better, List<Point> alone, List<Point> together, List<Point> personal) {
    return page("accuracy", better, alone, together, personal);
  }

  private static String page(
      String metric,
      Optional<Direction> better,
      List<Point> alone,
      List<Point> together,
      List<Point> personal) {
    var own =
        new MetricHistory(
            "personal." + metric,
            List.of(),
            new TreeMap<>(Map.of(SITE, personal)),
            new TreeMap<>());
    var history =
        new MetricHistory(
            metric,
            together,
            new TreeMap<>(Map.of(SITE, together)),
            new TreeMap<>(Map.of(SITE, alone)));
    var run =
        new RunReport(
            "job",
            JobStatus.COMPLETED,
            Optional.empty(),
            2,
            Duration.ofSeconds(1),
            better.map(way -> new KeyMetric(metric, way)),
            Optional.empty(),
            List.of(),
            List.of(new Site(SITE, 20, 10)),
            List.of(history, own),
            List.of(),
            List.of());
    var page = new Markup();
    new AloneSection(run, history).write(page);
    return page.finish();
  }
}
