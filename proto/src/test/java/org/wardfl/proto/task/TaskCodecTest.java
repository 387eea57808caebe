package org.wardfl.proto.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.wardfl.algo.DataStats;
import org.wardfl.algo.Metrics;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.TrainSummary;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.algo.statistics.Bins;
import org.wardfl.algo.statistics.FeatureStatistics;
import org.wardfl.algo.statistics.FeatureValues;
import org.wardfl.algo.statistics.Remark;
import org.wardfl.algo.statistics.Statistic;
import org.wardfl.proto.WireException;
import org.wardfl.proto.job.JobId;

class TaskCodecTest {

  private static final ModelHash HASH = new ModelHash("0123456789abcdef".repeat(4));
  private static final TaskKey KEY =
      new TaskKey(new JobId("0190a1b2-0000-7000-8000-000000000001"), 3, 1, new SiteName("site-1"));

  @Test
  void outcomesComeBackEqual() throws Exception {
    var metrics = new Metrics(new TreeMap<>(Map.of("accuracy", 0.5)), 12);
    var file = new TaskOutcome.UpdateFile(HASH, 1L << 40);
    var outcomes =
        List.of(
            new TaskOutcome.Initialized(file),
            new TaskOutcome.Trained(
                file,
                WeightType.DIFF,
                new TrainSummary(3, 12, new TreeMap<>(Map.of("loss", 0.25))),
                metrics,
                List.of("norm-clip(bound=1.0)")),
            new TaskOutcome.Evaluated(Metrics.none()),
            new TaskOutcome.Described(new DataStats(new TreeMap<>(Map.of("count", 3.0)), 3)),
            new TaskOutcome.Described(new DataStats(new TreeMap<>(), 5, features())),
            new TaskOutcome.Declined("dataset x is not declared here"),
            new TaskOutcome.Failed("train", "the loss is NaN"));
    for (var outcome : outcomes) {
      assertThat(TaskCodec.fromWire(TaskCodec.toWire(outcome))).isEqualTo(outcome);
    }
  }

  private static List<FeatureStatistics> features() {
    var all =
        FeatureValues.describe(
            "age", "", new double[] {50, 61.5, Double.NaN}, Optional.of(new Bins(0, 100, 4)));
    return List.of(
        all.with(List.of(Remark.coarse("rounded outwards", Statistic.MIN, Statistic.MAX))),
        FeatureStatistics.withheld("age", "ill=1", "fewer than 10 values"));
  }

  @Test
  void statisticsThatCannotBeAreRefused() {
    var wire =
        TaskCodec.toWire(new TaskOutcome.Described(new DataStats(new TreeMap<>(), 5, features())))
            .toBuilder();
    var twice = wire.clone();
    twice.getDescribedBuilder().addFeatures(wire.getDescribed().getFeatures(0));
    assertThatThrownBy(() -> TaskCodec.fromWire(twice.build()))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("feature age is described twice");
    var turned = wire.clone();
    turned.getDescribedBuilder().getFeaturesBuilder(0).getExtremesBuilder().setMax(1);
    assertThatThrownBy(() -> TaskCodec.fromWire(turned.build()))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("min 50.0 and max 1.0");
    var infinite = wire.clone();
    infinite.getDescribedBuilder().getFeaturesBuilder(0).getMomentsBuilder().setSum(Double.NaN);
    assertThatThrownBy(() -> TaskCodec.fromWire(infinite.build()))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("sum NaN");
  }

  @Test
  void tooManyStatisticsForAMessageAreAFailure() {
    var features = new ArrayList<FeatureStatistics>();
    for (int i = 0; i < 2000; i++) {
      features.add(FeatureStatistics.withheld("f" + i, "x".repeat(200), "y".repeat(300)));
    }
    var large = new TaskOutcome.Described(new DataStats(new TreeMap<>(), 5, features));
    assertThat(StatisticsCodec.fitting(large))
        .isInstanceOfSatisfying(
            TaskOutcome.Failed.class,
            failed -> assertThat(failed.reason()).contains("name fewer features"));
    var small = new TaskOutcome.Described(new DataStats(new TreeMap<>(), 5, features()));
    assertThat(StatisticsCodec.fitting(small)).isEqualTo(small);
  }

  @Test
  void assignmentsComeBackEqual() throws Exception {
    var train =
        new TaskAssignment(
            KEY, TaskKind.TRAIN, Optional.of(HASH), 20, WeightType.DIFF, TaskAssignment.GLOBAL);
    var initial =
        new TaskAssignment(
            KEY, TaskKind.INITIAL, Optional.empty(), 20, WeightType.FULL, "alone/site-1");
    for (var assignment : List.of(train, initial)) {
      assertThat(TaskCodec.fromWire(TaskCodec.toWire(assignment))).isEqualTo(assignment);
    }
  }

  @Test
  void trainingWithoutAModelIsRefused() {
    var train =
        new TaskAssignment(
            KEY, TaskKind.TRAIN, Optional.of(HASH), 20, WeightType.DIFF, TaskAssignment.GLOBAL);
    var wire = TaskCodec.toWire(train).toBuilder().clearModel().build();
    assertThatThrownBy(() -> TaskCodec.fromWire(wire))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("has no model");
  }

  @Test
  void aMetricThatIsNotFiniteIsRefused() {
    var wire = TaskCodec.toWire(new TaskOutcome.Evaluated(Metrics.none())).toBuilder();
    wire.getEvaluatedBuilder().getMetricsBuilder().putValues("accuracy", Double.NaN);
    assertThatThrownBy(() -> TaskCodec.fromWire(wire.build()))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("metric accuracy is NaN, expected a finite number");
  }

  @Test
  void aHashOfAnotherLengthIsRefused() {
    assertThatThrownBy(
            () -> TaskCodec.fromWire(com.google.protobuf.ByteString.copyFrom(new byte[31])))
        .hasMessage("a SHA-256 of 31 bytes, expected 32");
  }
}
