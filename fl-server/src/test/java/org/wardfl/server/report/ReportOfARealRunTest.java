package org.wardfl.server.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.fixture.Contexts;
import org.wardfl.algo.fixture.QuadraticAlgo;
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
    var job =
        SampleJob.of(
            "quadratic", 4, new KeyMetric("distance", Direction.MIN), "site-1", "site-2", "site-3");
    var report = federation.run(job).resolve("report.html");
    assertThat(report)
        .content()
        .contains("quadratic <span class=\"status completed\">completed</span>")
        .contains("<h3>distance</h3>", "<h3>training loss</h3>", "Size of the updates (L2 norm)")
        .contains("Alone or together", "site-3 alone", "4 of 4")
        .doesNotContain("What did not count");
  }
}
