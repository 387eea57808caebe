package org.wardfl.proto.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.statistics.Bins;
import org.wardfl.algo.statistics.Statistic;
import org.wardfl.proto.WireException;
import org.wardfl.proto.job.AlgorithmDefinition;
import org.wardfl.proto.job.DataDefinition;
import org.wardfl.proto.job.InitialModel;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.job.ResourceRequest;
import org.wardfl.proto.job.WorkflowDefinition;

class StatisticsTaskTest {

  @Test
  void binsComeBackToTheBit() throws Exception {
    SortedMap<String, Bins> bins = new TreeMap<>();
    bins.put("age", new Bins(0.1 + 0.2, 1e300, 20));
    bins.put("a \"quoted\" name", new Bins(-1, 5, 3));
    var asked = StatisticsTask.of(job(List.of()), task(StatisticsTask.parameters(0, bins)));
    assertThat(asked.request().histograms()).isEqualTo(bins);
    assertThat(asked.request().byClass()).isTrue();
    assertThat(asked.definition()).isEqualTo(job(List.of()).workflows().getFirst());
    var first = StatisticsTask.parameters(0, Collections.emptySortedMap());
    assertThat(StatisticsTask.of(job(List.of()), task(first)).request().histograms()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                                                   | asks for no such statistics
          {"workflow": 1}                                      | asks for no such statistics
          {"workflow": -1}                                     | asks for no such statistics
          {}                                                   | asks for no such statistics
          {"workflow": 0, "histograms": {"age": [0, 1, 21]}}   | asks for no histogram of age with 21 bins
          {"workflow": 0, "histograms": {"hiv": [0, 1, 3]}}    | asks for no histogram of hiv with 3 bins
          {"workflow": 0, "histograms": {"age": [1, 1, 3]}}    | a range from 1.0 to 1.0
          {"workflow": 0, "histograms": {"age": [1, 2]}}       | bins that are no three numbers
          {"workflow": 0, "histograms": [1]}                   | histograms that are no object
          """)
  void whatTheSignedJobDoesNotAskForIsRefused(String parameters, String reason) {
    assertThatThrownBy(() -> StatisticsTask.of(job(List.of("age")), task(parameters)))
        .isInstanceOf(WireException.class)
        .hasMessageContaining(reason);
  }

  private static TaskAssignment task(String parameters) {
    return new TaskAssignment(
        new TaskKey(
            new JobId("0190a1b2-0000-7000-8000-000000000001"), 1, 0, new SiteName("site-1")),
        TaskKind.DATA_STATS,
        Optional.empty(),
        0,
        WeightType.FULL,
        TaskAssignment.GLOBAL,
        parameters);
  }

  private static JobDefinition job(List<String> features) {
    return new JobDefinition(
        "statistics",
        "default",
        new TreeSet<>(List.of(new SiteName("site-1"))),
        1,
        Collections.emptySortedSet(),
        0,
        0,
        List.of(
            new WorkflowDefinition.Statistics(
                new TreeSet<>(EnumSet.allOf(Statistic.class)),
                features,
                true,
                20,
                new TreeMap<>(Map.of()),
                List.of(0.5),
                Duration.ofHours(1))),
        new AlgorithmDefinition(
            "table-statistics", Optional.empty(), Optional.empty(), Arguments.none()),
        new InitialModel.Random(),
        DataDefinition.none(),
        List.of(),
        new ResourceRequest(0, 1, 64L << 20),
        Duration.ofHours(24));
  }
}
