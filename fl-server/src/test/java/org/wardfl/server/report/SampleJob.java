package org.wardfl.server.report;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.WeightType;
import org.wardfl.proto.job.AlgorithmDefinition;
import org.wardfl.proto.job.DataDefinition;
import org.wardfl.proto.job.InitialModel;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.job.ResourceRequest;
import org.wardfl.proto.job.WorkflowDefinition;
import org.wardfl.proto.job.WorkflowDefinition.CounterRule;
import org.wardfl.proto.job.WorkflowDefinition.KeyMetric;

/// Small jobs of federated averaging in which every site also trains alone.
final class SampleJob {

  private SampleJob() {}

  static JobDefinition of(String name, int rounds, KeyMetric keyMetric, String... sites) {
    var workflow =
        new WorkflowDefinition.FedAvg(
            rounds,
            new WorkflowDefinition.Weighting.Iterations(),
            WeightType.DIFF,
            Optional.of(keyMetric),
            Duration.ofHours(2),
            Optional.empty(),
            List.of(),
            CounterRule.MEAN,
            Double.POSITIVE_INFINITY,
            true);
    return new JobDefinition(
        name,
        "default",
        new TreeSet<>(Stream.of(sites).map(SiteName::new).toList()),
        1,
        new TreeSet<>(),
        0,
        7,
        List.of(workflow),
        new AlgorithmDefinition("sample", Optional.empty(), Optional.empty(), Arguments.none()),
        new InitialModel.Random(),
        DataDefinition.none(),
        List.of(),
        new ResourceRequest(0, 1, 1L << 30),
        Duration.ofHours(1));
  }
}
