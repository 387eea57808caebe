package org.wardfl.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.wardfl.algo.DataStats;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.statistics.Bins;
import org.wardfl.algo.statistics.Extremes;
import org.wardfl.algo.statistics.FeatureStatistics;
import org.wardfl.algo.statistics.FeatureValues;
import org.wardfl.algo.statistics.Histogram;
import org.wardfl.algo.statistics.Moments;
import org.wardfl.algo.statistics.Statistic;
import org.wardfl.proto.job.WorkflowDefinition;
import org.wardfl.proto.task.StatisticsTask;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.proto.task.TaskKey;
import org.wardfl.proto.task.TaskOutcome;
import org.wardfl.server.job.Jobs;

/// What a site may not tell, whatever made it.
class StatisticsCheckTest {

  private static final Bins BINS = new Bins(0, 8, 4);

  @Test
  void whatWasAskedIsTaken() {
    var values = new double[] {1, 2, 7};
    assertThat(objection(FeatureValues.describe("age", "", values, Optional.of(BINS)))).isEmpty();
    // Edges may be left out, for bins with few patients.
    assertThat(objection(histogram(List.of(0.0, 6.0, 8.0), List.of(3L, 0L)))).isEmpty();
  }

  @Test
  void whatNobodyAskedForIsRefused() {
    refuse(
        FeatureValues.describe("hiv", "", new double[] {1}, Optional.empty()),
        "hiv: nobody asked for it");
    var dose = FeatureValues.describe("dose", "", new double[] {1}, Optional.of(BINS));
    refuse(dose, "dose: nobody asked for a histogram of it");
  }

  @Test
  void histogramsOverAnotherRangeAreRefused() {
    refuse(histogram(List.of(0.0, 9.0), List.of(3L)), "other edges than 4 bins from 0.0 to 8.0");
    refuse(histogram(List.of(0.0, 1.0, 8.0), List.of(3L, 1L)), "other edges than 4 bins");
    refuse(
        histogram(List.of(0.0, 8.0), List.of(Long.MAX_VALUE)),
        "more than 1000000000000000 values in a bin");
  }

  @Test
  void numbersThatWouldSpoilTheSumsAreRefused() {
    var good = FeatureValues.describe("age", "", new double[] {1, 2, 7}, Optional.empty());
    refuse(
        with(good, Optional.of(new Moments(3, 1e200, 1)), good.extremes()),
        "its values are too large to be added up");
    refuse(
        with(good, good.moments(), Optional.of(new Extremes(-1e300, 0, 1, 0))),
        "its values are too large");
    var many =
        new FeatureStatistics(
            "age",
            "",
            3,
            OptionalLong.of(Long.MAX_VALUE),
            OptionalLong.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of());
    refuse(many, "more than 1000000000000000 values");
  }

  private static void refuse(FeatureStatistics told, String reason) {
    assertThat(objection(told).orElseThrow())
        .startsWith("statistics from site-1: feature " + told.feature())
        .contains(reason);
  }

  private static FeatureStatistics histogram(List<Double> edges, List<Long> counts) {
    var histogram = Optional.of(new Histogram(edges, counts, 0, 0));
    return new FeatureStatistics(
        "age",
        "",
        3,
        OptionalLong.of(3),
        OptionalLong.empty(),
        Optional.empty(),
        Optional.empty(),
        histogram,
        List.of());
  }

  private static FeatureStatistics with(
      FeatureStatistics of, Optional<Moments> moments, Optional<Extremes> extremes) {
    return new FeatureStatistics(
        of.feature(),
        of.group(),
        of.patients(),
        of.count(),
        of.missing(),
        moments,
        extremes,
        of.histogram(),
        of.remarks());
  }

  private static Optional<String> objection(FeatureStatistics told) {
    var workflow =
        new WorkflowDefinition.Statistics(
            new TreeSet<>(EnumSet.allOf(Statistic.class)),
            List.of("age", "dose"),
            false,
            4,
            new TreeMap<>(),
            List.of(0.5),
            Duration.ofHours(1));
    var task =
        new TaskAssignment(
            new TaskKey(Jobs.ID, 2, 0, new SiteName("site-1")),
            TaskKind.DATA_STATS,
            Optional.empty(),
            0,
            WeightType.FULL,
            TaskAssignment.GLOBAL,
            StatisticsTask.parameters(0, new TreeMap<>(Map.of("age", BINS))));
    var job = Jobs.over(1).workflows(List.of(workflow)).build();
    return new StatisticsCheck(job, task)
        .objection(new TaskOutcome.Described(new DataStats(new TreeMap<>(), 3, List.of(told))));
  }
}
