package org.wardfl.server.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.wardfl.aggregator.UpdateLikeness;
import org.wardfl.algo.SiteName;
import org.wardfl.proto.job.JobStatus;
import org.wardfl.proto.job.WorkflowDefinition.Direction;
import org.wardfl.proto.job.WorkflowDefinition.KeyMetric;
import org.wardfl.server.report.RunReport.Contribution;
import org.wardfl.server.report.RunReport.MetricHistory;
import org.wardfl.server.report.RunReport.Point;
import org.wardfl.server.report.RunReport.Round;
import org.wardfl.server.report.RunReport.Site;

class LikenessSectionTest {

  private static final SiteName A = new SiteName("a");
  private static final SiteName B = new SiteName("b");

  @Test
  void everyUpdateHasItsNumbersAndTwinsAreNamed() {
    var accepted = new TreeMap<SiteName, Contribution>();
    accepted.put(A, contribution(1, -0.75, 12.5));
    accepted.put(B, contribution(3, 0.5, 12.5));
    var page = page(List.of(new Round(1, accepted, List.of(), List.of(List.of(A, B)))));
    assertThat(page)
        .contains("Updates compared", "Cosine to the aggregate", "Distance to the other updates")
        .contains("Round 1: least cosine -0.75", "(a); the same update from a, b")
        .contains("<td>12.5", "<td>b</td>", "<td>a</td>");
  }

  @Test
  void withoutAComparisonThereIsNoSection() {
    var accepted = new TreeMap<SiteName, Contribution>();
    accepted.put(A, new Contribution(1, OptionalDouble.of(2)));
    assertThat(page(List.of(new Round(1, accepted, List.of())))).doesNotContain("<section");
  }

  @Test
  void aPersonalModelStandsBesideTheFederations() {
    var page = new Markup();
    var run = run(List.of());
    new PersonalSection(run, run.leading().orElseThrow()).write(page);
    assertThat(page.finish())
        .contains("Personalised models", "<td>0.5", "<td>0.75", "+0.25")
        .doesNotContain(">b<");
  }

  private static Contribution contribution(double weight, double cosine, double distance) {
    return new Contribution(
        weight, OptionalDouble.of(2), Optional.of(new UpdateLikeness(cosine, distance)));
  }

  private static String page(List<Round> rounds) {
    var page = new Markup();
    new LikenessSection(run(rounds)).write(page);
    return page.finish();
  }

  private static RunReport run(List<Round> rounds) {
    var shared = List.of(new Point(1, 0.25), new Point(2, 0.5));
    var personal = List.of(new Point(1, 0.5), new Point(2, 0.75));
    return new RunReport(
        "job",
        JobStatus.COMPLETED,
        Optional.empty(),
        2,
        Duration.ofSeconds(1),
        Optional.of(new KeyMetric("score", Direction.MAX)),
        Optional.empty(),
        List.of(),
        List.of(new Site(A, 20, 10), new Site(B, 20, 10)),
        List.of(
            new MetricHistory(
                "score", shared, new TreeMap<>(Map.of(A, shared, B, shared)), new TreeMap<>()),
            new MetricHistory(
                "personal.score", personal, new TreeMap<>(Map.of(A, personal)), new TreeMap<>())),
        rounds,
        List.of());
  }
}
