package org.wardfl.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardfl.algo.Metrics;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.TrainSummary;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.method.ControlVariates;
import org.wardfl.algo.model.Durability;
import org.wardfl.algo.model.ModelFile;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.algo.tensor.DType;
import org.wardfl.algo.tensor.Role;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.algo.tensor.TensorSpec;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.task.TaskOutcome;
import org.wardfl.proto.task.Verdict;
import org.wardfl.server.job.Jobs;
import org.wardfl.server.store.FileEventStore;

/// What SCAFFOLD's variates become when not all sites of a job take part in a round, against
/// numbers computed by hand.
@Timeout(60)
class ParticipationTest {

  private static final String VARIATE = ControlVariates.PREFIX + "w";

  @TempDir private Path folder;

  private static TensorMap model(float weight, float variate) {
    return TensorMap.of(
        Tensor.floats("w", new float[] {weight}, 1),
        Tensor.floats(
            TensorSpec.of(VARIATE, DType.F32, 1).withRole(Role.BUFFER), new float[] {variate}));
  }

  /// The model after one round of two sites, which start from w = 1 and c = 2: site-1 did one step
  /// and comes to w = 2 and c = 6, site-2 did three and comes to w = 4 and c = 10.
  private TensorMap afterOneRound(JobDefinition job, WeightType type) throws Exception {
    boolean full = type == WeightType.FULL;
    try (var events = new FileEventStore(folder.resolve("events-" + type), Durability.PROCESS);
        var federation = new DrivenFederation(folder, events)) {
      federation.submit(Jobs.ID, job, stored(federation, model(1, 2)));
      deliver(federation, DrivenFederation.FIRST, type, full ? model(2, 6) : model(1, 4), 1);
      deliver(federation, DrivenFederation.SECOND, type, full ? model(4, 10) : model(3, 8), 3);
      var next = federation.task(Jobs.ID, DrivenFederation.FIRST, 2).model().orElseThrow();
      try (var file = ModelFile.open(federation.blobs().require(next))) {
        return file.load();
      }
    }
  }

  private static ModelHash stored(DrivenFederation federation, TensorMap tensors) throws Exception {
    var file = federation.blobs().incoming("file");
    var hash = ModelWriter.write(tensors, file);
    federation.blobs().adopt(file, hash);
    return hash;
  }

  private static void deliver(
      DrivenFederation federation, SiteName site, WeightType type, TensorMap update, long steps)
      throws Exception {
    var task = federation.task(Jobs.ID, site, 1);
    var hash = stored(federation, update);
    var outcome =
        new TaskOutcome.Trained(
            new TaskOutcome.UpdateFile(hash, Files.size(federation.blobs().require(hash))),
            type,
            new TrainSummary(steps, 1),
            Metrics.none(),
            List.of());
    assertThat(federation.coordinator().deliver(site, task.key(), outcome))
        .isInstanceOf(Verdict.Accepted.class);
  }

  @ParameterizedTest
  @EnumSource(WeightType.class)
  void theVariateMovesByTheShareOfTheSitesThatTookPart(WeightType type) throws Exception {
    var two = Jobs.over(2).minSites(2).weightType(type);
    var all = afterOneRound(two.build(), type);
    // By steps, 1 and 3: w = 1 + (1 · 1 + 3 · 3) / 4, c = 2 + (1 · 4 + 3 · 8) / 4.
    assertThat(all.tensor("w").toFloats()).containsExactly(3.5f);
    assertThat(all.tensor(VARIATE).toFloats()).containsExactly(9);
  }

  @ParameterizedTest
  @EnumSource(WeightType.class)
  void twoOfEightSitesMoveItByAQuarter(WeightType type) throws Exception {
    var sampled =
        Jobs.over(8).sample(2).minSites(2).mandatory("site-1").mandatory("site-2").weightType(type);
    var some = afterOneRound(sampled.build(), type);
    // The weights are the mean of those who trained; c = 2 + 2 / 8 · 7.
    assertThat(some.tensor("w").toFloats()).containsExactly(3.5f);
    assertThat(some.tensor(VARIATE).toFloats()).containsExactly(3.75f);
  }
}
