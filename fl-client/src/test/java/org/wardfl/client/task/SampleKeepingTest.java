package org.wardfl.client.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.client.policy.LocalPolicy;
import org.wardfl.proto.job.AlgorithmDefinition;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.proto.task.TaskKey;

/// Which tasks may leave samples, and what is kept of what they leave.
class SampleKeepingTest {

  private static final Arguments ASKED = new Arguments(Map.of("samples", 1L));

  @TempDir private Path folder;
  private Path scratch = Path.of("");
  private Path left = Path.of("");
  private Path kept = Path.of("");

  @BeforeEach
  void makeFolders() throws IOException {
    scratch = Files.createDirectory(folder.resolve("scratch"));
    left = scratch.resolve("samples");
    kept = folder.resolve("kept");
  }

  @Test
  void anEvaluationThatIsAskedForSamplesLeavesSome() throws Exception {
    var keeping = keeping(Optional.of(kept), algorithm(ASKED), TaskKind.EVALUATE, "global");
    write();
    keeping.keep();
    assertThat(kept.resolve("samples.json")).isRegularFile();
    assertThat(kept.resolve("1-image.png")).hasSameBinaryContentAs(left.resolve("1-image.png"));
  }

  @Test
  void otherTasksHaveNoPlaceForThem() throws Exception {
    var asked = algorithm(ASKED);
    keeping(Optional.of(kept), asked, TaskKind.TRAIN, "global");
    assertThat(left).doesNotExist();
    keeping(Optional.of(kept), asked, TaskKind.EVALUATE, "alone/site-1");
    assertThat(left).doesNotExist();
    keeping(Optional.empty(), asked, TaskKind.EVALUATE, "global");
    assertThat(left).doesNotExist();
    keeping(Optional.of(kept), algorithm(Arguments.none()), TaskKind.EVALUATE, "global");
    assertThat(left).doesNotExist();
    var brought =
        new AlgorithmDefinition("java", Optional.of("a.jar"), Optional.of("a.Algo"), ASKED);
    var keeping = keeping(Optional.of(kept), brought, TaskKind.EVALUATE, "global");
    assertThat(left).doesNotExist();
    Files.createDirectory(left);
    write();
    keeping.keep();
    assertThat(kept).doesNotExist();
  }

  @Test
  void whatIsWrongIsNotKeptAndDisturbsNobody() throws Exception {
    var keeping = keeping(Optional.of(kept), algorithm(ASKED), TaskKind.EVALUATE, "global");
    write();
    Files.delete(left.resolve("1-image.png"));
    Files.createSymbolicLink(left.resolve("1-image.png"), Path.of("/etc/hostname"));
    keeping.keep();
    assertThat(kept).doesNotExist();
    // Nor does a place that cannot be made.
    Files.delete(left.resolve("1-image.png"));
    write();
    Files.writeString(kept, "in the way");
    keeping.keep();
    assertThat(kept).hasContent("in the way");
  }

  private void write() throws IOException {
    var picture = new BufferedImage(4, 4, BufferedImage.TYPE_INT_RGB);
    ImageIO.write(picture, "png", left.resolve("1-image.png").toFile());
    Files.writeString(
        left.resolve("samples.json"),
        "{\"samples\": [{\"case\": 1, \"of\": 1, \"truth\": \"a\", \"predicted\": \"a\","
            + " \"probability\": 1}]}");
  }

  private static AlgorithmDefinition algorithm(Arguments arguments) {
    return new AlgorithmDefinition(
        "torch-classification", Optional.empty(), Optional.empty(), arguments);
  }

  private SampleKeeping keeping(
      Optional<Path> place, AlgorithmDefinition algorithm, TaskKind kind, String track)
      throws IOException {
    var policy = new LocalPolicy(Map.of(), true, List.of(), Optional.empty(), place);
    var job = new JobId("018f0000-0000-7000-8000-000000000001");
    var task =
        new TaskAssignment(
            new TaskKey(job, 2, 0, new SiteName("site-1")),
            kind,
            Optional.of(new ModelHash("0".repeat(64))),
            1,
            WeightType.DIFF,
            track);
    return SampleKeeping.of(policy, algorithm, task, scratch);
  }
}
