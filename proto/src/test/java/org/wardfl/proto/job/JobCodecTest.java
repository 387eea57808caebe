package org.wardfl.proto.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.statistics.Statistic;
import org.wardfl.proto.WireException;

class JobCodecTest {

  @Test
  void jobsComeBackEqual() throws Exception {
    for (var job : List.of(fullJob(), smallJob(), statistics())) {
      assertThat(JobCodec.fromWire(JobCodec.toWire(job))).isEqualTo(job);
    }
  }

  @Test
  void equalJobsHaveEqualBytes() {
    assertThat(JobCodec.toWire(fullJob()).toByteArray())
        .isEqualTo(JobCodec.toWire(fullJob()).toByteArray());
  }

  @Test
  void argumentsKeepTheirOrderAndTypes() throws Exception {
    var arguments = fullJob().algorithm().arguments();
    var back = ArgumentsCodec.fromWire(ArgumentsCodec.toWire(arguments));
    assertThat(back.values().keySet())
        .containsExactly("layers", "learning_rate", "name", "deep", "on");
    assertThat(back.integers("layers", List.of())).containsExactly(16L, 8L);
    assertThat(back.number("learning_rate")).isEqualTo(0.05);
  }

  @Test
  void anAbsentPartIsRefused() {
    var wire = JobCodec.toWire(fullJob()).toBuilder().clearInitialModel().build();
    assertThatThrownBy(() -> JobCodec.fromWire(wire))
        .isInstanceOf(WireException.class)
        .hasMessage("unknown initial model");
  }

  @Test
  void aContradictionIsRefused() {
    var wire = JobCodec.toWire(fullJob()).toBuilder().setMinSites(9).build();
    assertThatThrownBy(() -> JobCodec.fromWire(wire))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("min_sites: found 9, expected 1 to the number of sites, 2");
  }

  @Test
  void aRepeatedSiteIsRefused() {
    var wire = JobCodec.toWire(fullJob()).toBuilder().addSites("site-1").build();
    assertThatThrownBy(() -> JobCodec.fromWire(wire))
        .hasMessageContaining("site site-1 is listed twice");
  }

  @Test
  void deepArgumentsAreRefused() {
    Object value = "bottom";
    for (int i = 0; i < 40; i++) {
      value = Map.of("deeper", value);
    }
    var wire = ArgumentsCodec.toWire(new Arguments(Map.of("top", value)));
    assertThatThrownBy(() -> ArgumentsCodec.fromWire(wire))
        .hasMessageContaining("nested more than 32 deep");
  }

  @Test
  void aDatasetThatCouldBeAPathIsRefused() {
    for (var path : List.of("../secret", "/data", "a/b", ".hidden")) {
      assertThatThrownBy(() -> new DataDefinition(path, Arguments.none()))
          .hasMessageContaining("names no path");
    }
  }

  /// A job that trains nothing.
  static JobDefinition statistics() {
    var job = smallJob();
    var workflow =
        new WorkflowDefinition.Statistics(
            new TreeSet<>(EnumSet.of(Statistic.MEAN, Statistic.HISTOGRAM)),
            List.of("dose", "age"),
            true,
            20,
            new TreeMap<>(Map.of("age", new WorkflowDefinition.Statistics.Range(0, 120))),
            List.of(0.25, 0.5),
            Duration.ofMinutes(3));
    return new JobDefinition(
        job.name(),
        job.study(),
        job.sites(),
        job.minSites(),
        job.mandatorySites(),
        job.sample(),
        job.seed(),
        List.of(workflow),
        job.algorithm(),
        job.initialModel(),
        job.data(),
        job.filters(),
        job.resources(),
        job.deadline());
  }

  static JobDefinition fullJob() {
    var arguments = new java.util.LinkedHashMap<String, Object>();
    arguments.put("layers", List.of(16L, 8L));
    arguments.put("learning_rate", 0.05);
    arguments.put("name", "net");
    arguments.put("deep", Map.of("inner", 1L));
    arguments.put("on", true);
    return new JobDefinition(
        "breast cancer",
        "default",
        sites("site-1", "site-2"),
        1,
        sites("site-2"),
        2,
        -7,
        List.of(
            new WorkflowDefinition.FedAvg(
                20,
                new WorkflowDefinition.Weighting.Given(Map.of(new SiteName("site-1"), 2.0)),
                WeightType.DIFF,
                Optional.of(
                    new WorkflowDefinition.KeyMetric("accuracy", WorkflowDefinition.Direction.MAX)),
                Duration.ofHours(2),
                Optional.of(Duration.ofSeconds(30)),
                List.of("^bn"),
                WorkflowDefinition.CounterRule.MEAN,
                Double.POSITIVE_INFINITY,
                true)),
        new AlgorithmDefinition(
            "torch-tabular", Optional.empty(), Optional.empty(), new Arguments(arguments)),
        new InitialModel.FromFile("model.safetensors"),
        new DataDefinition("breast-cancer", new Arguments(Map.of("label", "malignant"))),
        List.of(new FilterDefinition("norm-clip", new Arguments(Map.of("bound", 1.5)))),
        new ResourceRequest(1, 2, 2L << 30),
        Duration.ofHours(24));
  }

  @Test
  void algorithmsInPythonGoOverTheWire() throws Exception {
    for (var algorithm :
        List.of(
            python(Optional.of("a.b:C"), Optional.of("src")),
            python(Optional.of("a.b:C"), Optional.empty()),
            python(Optional.of("train.py"), Optional.of(".")),
            new AlgorithmDefinition(
                "bundle",
                Optional.empty(),
                Optional.empty(),
                Optional.of("spleen"),
                Optional.of("monai"),
                Arguments.none()))) {
      var small = smallJob();
      var job =
          new JobDefinition(
              small.name(),
              small.study(),
              small.sites(),
              small.minSites(),
              small.mandatorySites(),
              small.sample(),
              small.seed(),
              small.workflows(),
              algorithm,
              small.initialModel(),
              small.data(),
              small.filters(),
              small.resources(),
              small.deadline());
      assertThat(JobCodec.fromWire(JobCodec.toWire(job))).isEqualTo(job);
    }
  }

  @Test
  void anAlgorithmInPythonThatContradictsItselfIsRefused() {
    for (var wrong :
        List.<Optional<String>>of(Optional.empty(), Optional.of("C"), Optional.of("../a.py"))) {
      assertThatThrownBy(() -> python(wrong, Optional.of(".")))
          .isInstanceOf(IllegalArgumentException.class);
    }
    for (var wrong : List.of("..", "/etc", "a/../b", "")) {
      assertThatThrownBy(() -> python(Optional.of("a:B"), Optional.of(wrong)))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> python(Optional.of("train.py"), Optional.empty()))
        .hasMessage("algorithm.script: the job has no script 'train.py'");
  }

  private static AlgorithmDefinition python(Optional<String> name, Optional<String> code) {
    return new AlgorithmDefinition(
        "python", Optional.empty(), name, code, Optional.empty(), Arguments.none());
  }

  static JobDefinition smallJob() {
    return new JobDefinition(
        "small",
        "default",
        sites("a"),
        1,
        new TreeSet<>(),
        0,
        Long.MIN_VALUE,
        List.of(
            new WorkflowDefinition.FedAvg(
                1,
                new WorkflowDefinition.Weighting.Samples(),
                WeightType.FULL,
                Optional.empty(),
                Duration.ofMillis(1),
                Optional.empty(),
                List.of(),
                WorkflowDefinition.CounterRule.KEEP,
                3.5,
                false)),
        new AlgorithmDefinition("java", Optional.of("a.jar"), Optional.of("a.B"), Arguments.none()),
        new InitialModel.Random(),
        DataDefinition.none(),
        List.of(),
        new ResourceRequest(0, 1, 64L << 20),
        Duration.ofSeconds(1));
  }

  private static SortedSet<SiteName> sites(String... names) {
    var sites = new TreeSet<SiteName>();
    for (var name : names) {
      sites.add(new SiteName(name));
    }
    return sites;
  }
}
