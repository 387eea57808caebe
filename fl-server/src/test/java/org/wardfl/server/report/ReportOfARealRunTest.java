package org.wardfl.server.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.fixture.Contexts;
import org.wardfl.algo.fixture.QuadraticAlgo;
import org.wardfl.proto.job.AlgorithmDefinition;
import org.wardfl.proto.job.DataDefinition;
import org.wardfl.proto.job.InitialModel;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.job.ResourceRequest;
import org.wardfl.proto.job.WorkflowDefinition;
import org.wardfl.proto.job.WorkflowDefinition.CounterRule;
import org.wardfl.proto.job.WorkflowDefinition.Direction;
import org.wardfl.proto.job.WorkflowDefinition.KeyMetric;

class ReportOfARealRunTest {

  @TempDir private Path folder;

  @Test
  void aFinishedJobHasAReportOfItsRoundsSitesAndComparison() throws Exception {
    var federation =
        new LocalFederation(
            folder,
            QuadraticAlgo::new,
            site -> Contexts.context(site.value(), Map.of("size", 8L), folder));
    var report = federation.run(job()).resolve("report.html");
    assertThat(report)
        .content()
        .contains("quadratic <span class=\"status completed\">completed</span>")
        .contains("<h3>distance</h3>", "<h3>training loss</h3>", "Size of the updates (L2 norm)")
        .contains("Alone or together", "site-3 alone", "4 of 4")
        .doesNotContain("What did not count");
  }

  private static JobDefinition job() {
    var workflow =
        new WorkflowDefinition.FedAvg(
            4,
            new WorkflowDefinition.Weighting.Iterations(),
            WeightType.DIFF,
            Optional.of(new KeyMetric("distance", Direction.MIN)),
            Duration.ofHours(2),
            Optional.empty(),
            List.of(),
            CounterRule.MEAN,
            Double.POSITIVE_INFINITY,
            true);
    return new JobDefinition(
        "quadratic",
        "default",
        new TreeSet<>(
            List.of(new SiteName("site-1"), new SiteName("site-2"), new SiteName("site-3"))),
        2,
        new TreeSet<>(),
        0,
        7,
        List.of(workflow),
        new AlgorithmDefinition("quadratic", Optional.empty(), Optional.empty(), Arguments.none()),
        new InitialModel.Random(),
        DataDefinition.none(),
        List.of(),
        new ResourceRequest(0, 1, 1L << 30),
        Duration.ofHours(1));
  }
}
