package org.wardfl.server.job;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.WeightType;
import org.wardfl.proto.job.AlgorithmDefinition;
import org.wardfl.proto.job.DataDefinition;
import org.wardfl.proto.job.InitialModel;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.job.ResourceRequest;
import org.wardfl.proto.job.WorkflowDefinition;

/// Jobs for tests, changed part by part.
public final class Jobs {

  /// An id like any other.
  public static final JobId ID = new JobId("0190a1b2-0000-7000-8000-000000000001");

  private final TreeSet<SiteName> sites = new TreeSet<>();
  private final TreeSet<SiteName> mandatory = new TreeSet<>();
  private int minSites = 1;
  private int sample;
  private List<Integer> rounds = List.of(3);
  private boolean alone;
  private WeightType weightType = WeightType.DIFF;
  private Optional<Duration> closeEarly = Optional.empty();
  private Duration roundDeadline = Duration.ofHours(2);
  private double maxNorm = Double.POSITIVE_INFINITY;
  private ResourceRequest resources = new ResourceRequest(0, 1, 64L << 20);
  private Optional<List<WorkflowDefinition>> others = Optional.empty();

  private Jobs() {}

  /// A job over `site-1` to `site-N`.
  public static Jobs over(int count) {
    var jobs = new Jobs();
    for (int i = 1; i <= count; i++) {
      jobs.sites.add(new SiteName("site-" + i));
    }
    return jobs;
  }

  /// The least number of accepted updates.
  public Jobs minSites(int count) {
    minSites = count;
    return this;
  }

  /// A site without which nothing goes.
  public Jobs mandatory(String site) {
    mandatory.add(new SiteName(site));
    return this;
  }

  /// Sites drawn a round.
  public Jobs sample(int count) {
    sample = count;
    return this;
  }

  /// Rounds of each workflow.
  public Jobs rounds(Integer... counts) {
    rounds = List.of(counts);
    return this;
  }

  /// Whether sites also train alone.
  public Jobs alone() {
    alone = true;
    return this;
  }

  /// What sites send.
  public Jobs weightType(WeightType type) {
    weightType = type;
    return this;
  }

  /// Workflows of any kind, in place of federated averaging.
  public Jobs workflows(List<WorkflowDefinition> list) {
    others = Optional.of(list);
    return this;
  }

  /// When a round closes early.
  public Jobs closeEarly(Duration wait) {
    closeEarly = Optional.of(wait);
    return this;
  }

  /// A round's deadline.
  public Jobs roundDeadline(Duration deadline) {
    roundDeadline = deadline;
    return this;
  }

  /// The largest accepted norm.
  public Jobs maxNorm(double norm) {
    maxNorm = norm;
    return this;
  }

  /// What it needs at each site.
  public Jobs resources(ResourceRequest request) {
    resources = request;
    return this;
  }

  /// The job.
  public JobDefinition build() {
    List<WorkflowDefinition> workflows =
        rounds.stream()
            .<WorkflowDefinition>map(count ->
                new WorkflowDefinition.FedAvg(
                    count,
                    new WorkflowDefinition.Weighting.Iterations(),
                    weightType,
                    Optional.of(
                        new WorkflowDefinition.KeyMetric(
                            "distance", WorkflowDefinition.Direction.MIN)),
                    roundDeadline,
                    closeEarly,
                    List.of(),
                    WorkflowDefinition.CounterRule.MEAN,
                    maxNorm,
                    alone))
            .toList();
    return new JobDefinition(
        "test",
        "default",
        sites,
        minSites,
        mandatory,
        sample,
        7,
        others.orElse(workflows),
        new AlgorithmDefinition("test", Optional.empty(), Optional.empty(), Arguments.none()),
        new InitialModel.Random(),
        DataDefinition.none(),
        List.of(),
        resources,
        Duration.ofHours(24));
  }
}
