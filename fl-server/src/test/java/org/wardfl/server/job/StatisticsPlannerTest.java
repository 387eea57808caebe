package org.wardfl.server.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.wardfl.algo.DataStats;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.statistics.Bins;
import org.wardfl.algo.statistics.FeatureStatistics;
import org.wardfl.algo.statistics.FeatureValues;
import org.wardfl.algo.statistics.Statistic;
import org.wardfl.proto.job.JobStatus;
import org.wardfl.proto.job.WorkflowDefinition;
import org.wardfl.proto.task.TaskKey;
import org.wardfl.proto.task.TaskOutcome;

class StatisticsPlannerTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void theRangeIsThatOfAllSitesThatTellOne() {
    var bins =
        agreed(
            workflow(4, Map.of()),
            List.of(values("age", 20, 60)),
            List.of(values("age", 10, 30)),
            List.of(FeatureStatistics.withheld("age", "", "this site tells none")));
    assertThat(bins).containsExactlyEntriesOf(Map.of("age", new Bins(10, 60, 4)));
  }

  @Test
  void aRangeThatTheJobGivesCounts() {
    var given = Map.of("age", new WorkflowDefinition.Statistics.Range(0, 120));
    assertThat(agreed(workflow(4, given), List.of(values("age", 20, 60))))
        .containsExactlyEntriesOf(Map.of("age", new Bins(0, 120, 4)));
    assertThat(agreed(workflow(4, given), List.of(values("dose", 20, 60))))
        .containsOnlyKeys("dose");
  }

  @Test
  void aFeatureWithoutWidthHasNoBins() {
    assertThat(agreed(workflow(4, Map.of()), List.of(values("age", 5, 5), values("dose", 1, 2))))
        .containsOnlyKeys("dose");
  }

  @Test
  void manyFeaturesGetFewerBinsAndNoMoreThanFitIntoTheParameters() {
    var features = new ArrayList<FeatureStatistics>();
    for (int i = 0; i < 1000; i++) {
      features.add(values("a feature with a name of some length, number " + i, 0.1, 0.7));
    }
    var bins = agreed(workflow(200, Map.of()), features);
    assertThat(bins.values()).allMatch(known -> known.count() == 50);
    assertThat(bins.size()).isBetween(500, 999);
  }

  @Test
  void aJobOfStatisticsHasTwoRoundsAndNoModel() {
    var quiet =
        new Driven(Jobs.over(3).minSites(2).workflows(List.of(workflow(4, Map.of()))).build());
    quiet.send(new Command.Start(Optional.empty()));
    assertThat(quiet.tasks()).hasSize(3);
    var first = quiet.tasks();
    quiet.answer(first.get(0), values("age", 1, 9));
    quiet.send(new Command.Answered(first.get(1), new Answer.Declined("not on Sundays")));
    quiet.answer(first.get(2), values("age", 2, 4));
    // Who told nothing is not asked for histograms.
    assertThat(quiet.tasks())
        .extracting(key -> key.site().value())
        .containsExactly("site-1", "site-3");
    quiet.send(new Command.Answered(quiet.tasks().get(0), new Answer.Failed("process", "it died")));
    quiet.answer(quiet.tasks().get(1), values("age", 2, 4));
    assertThat(quiet.state.status()).isEqualTo(JobStatus.COMPLETED);
    assertThat(quiet.state.models()).isEmpty();
  }

  @Test
  void withoutHistogramsOneRoundIsEnough() {
    var means =
        new WorkflowDefinition.Statistics(
            new TreeSet<>(EnumSet.of(Statistic.MEAN)),
            List.of(),
            false,
            4,
            new TreeMap<>(),
            List.of(),
            Duration.ofHours(1));
    var quiet = new Driven(Jobs.over(1).workflows(List.of(means)).build());
    quiet.send(new Command.Start(Optional.empty()));
    quiet.answer(quiet.tasks().getFirst(), values("age", 1, 9));
    assertThat(quiet.state.status()).isEqualTo(JobStatus.COMPLETED);
  }

  @Test
  void tooFewSitesFailTheJob() {
    var quiet =
        new Driven(Jobs.over(2).minSites(2).workflows(List.of(workflow(4, Map.of()))).build());
    quiet.send(new Command.Start(Optional.empty()));
    quiet.send(
        new Command.Answered(quiet.tasks().getFirst(), new Answer.Declined("not on Sundays")));
    assertThat(quiet.state.status()).isEqualTo(JobStatus.FAILED);
  }

  /// An engine that is driven by hand.
  private static final class Driven {
    private JobState state;

    Driven(org.wardfl.proto.job.JobDefinition job) {
      state =
          JobEngine.begin(
              new JobEvent.Submitted(
                  Jobs.ID, job, "test", Optional.empty(), Optional.empty(), NOW));
    }

    void send(Command command) {
      for (var event : JobEngine.decide(state, command, NOW, _ -> true)) {
        state = JobEngine.apply(state, event);
      }
    }

    void answer(TaskKey task, FeatureStatistics... features) {
      send(new Command.Answered(task, told(List.of(features))));
    }

    List<TaskKey> tasks() {
      return state.open().orElseThrow().plan().tasks().stream().map(task -> task.key()).toList();
    }
  }

  @SafeVarargs
  private static SortedMap<String, Bins> agreed(
      WorkflowDefinition.Statistics workflow, List<FeatureStatistics>... sites) {
    var answers = new HashMap<TaskKey, Answer>();
    for (int i = 0; i < sites.length; i++) {
      answers.put(new TaskKey(Jobs.ID, 1, 0, new SiteName("site-" + i)), told(sites[i]));
    }
    return new HistogramRanges(workflow, 0).agreed(answers);
  }

  private static Answer told(List<FeatureStatistics> features) {
    return new Answer.Accepted(
        new TaskOutcome.Described(new DataStats(new TreeMap<>(), 9, features)), 0);
  }

  private static FeatureStatistics values(String feature, double... values) {
    return FeatureValues.describe(feature, "", values, Optional.empty());
  }

  private static WorkflowDefinition.Statistics workflow(
      int bins, Map<String, WorkflowDefinition.Statistics.Range> ranges) {
    return new WorkflowDefinition.Statistics(
        new TreeSet<>(EnumSet.allOf(Statistic.class)),
        List.of(),
        false,
        bins,
        new TreeMap<>(ranges),
        List.of(0.5),
        Duration.ofHours(1));
  }
}
