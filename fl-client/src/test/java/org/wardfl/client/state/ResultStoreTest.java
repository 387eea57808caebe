package org.wardfl.client.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.Metrics;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.TrainSummary;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.model.Durability;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.proto.task.TaskKey;
import org.wardfl.proto.task.TaskOutcome;

class ResultStoreTest {

  private static final JobId JOB = new JobId("00000000-0000-0000-0000-000000000001");

  @TempDir private Path folder;

  @Test
  void updateStateAndOutcomeAreThereTogetherAfterARestart() throws Exception {
    var task = task(1);
    var stored = commit(open(), task, "state 1");
    var found = open().find(task.key()).orElseThrow();
    assertThat(found).isEqualTo(stored);
    assertThat(ModelWriter.hash(found.update().orElseThrow()))
        .isEqualTo(ResultStore.file(found.outcome()).orElseThrow());
    assertThat(open().stateBefore(task(2))).isEqualTo(found.state());
    assertThat(open().stateBefore(task)).isEmpty();
  }

  @Test
  void whatWasNotCommittedIsGoneAfterARestart() throws Exception {
    var store = open();
    var work = store.begin(task(1).key());
    Files.writeString(work.state(), "half");
    leaveFolders(work.scratch());
    assertThat(open().find(task(1).key())).isEmpty();
    try (var left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void theRoundBeforeIsKeptForARepeatedTask() throws Exception {
    var store = open();
    commit(store, task(1), "1");
    commit(store, task(2), "2");
    commit(store, task(3), "3");
    assertThat(store.find(task(1).key())).isEmpty();
    assertThat(Files.readString(store.stateBefore(task(3)).orElseThrow())).isEqualTo("2");
    assertThat(Files.readString(store.stateBefore(task(4)).orElseThrow())).isEqualTo("3");
  }

  @Test
  void anEndedJobLeavesNothing() throws Exception {
    var store = open();
    commit(store, task(1), "1");
    store.forget(JOB);
    assertThat(store.find(task(1).key())).isEmpty();
    try (var left = Files.list(folder)) {
      assertThat(left).containsExactly(folder.resolve("scratch-1"));
    }
  }

  @Test
  void withoutDurabilityTheStateOfTheRoundBeforeIsThereAsEver() throws Exception {
    var store = new ResultStore(folder, Durability.NONE);
    var stored = commit(store, task(1), "1");
    commit(store, task(2), "2");
    assertThat(store.find(task(1).key())).contains(stored);
    assertThat(Files.readString(store.stateBefore(task(2)).orElseThrow())).isEqualTo("1");
    try (var files = Files.list(folder)) {
      assertThat(files).noneMatch(file -> file.toString().endsWith(".outcome"));
    }
    assertThat(new ResultStore(folder, Durability.NONE).jobs()).isEmpty();
  }

  @Test
  void whatAnAlgorithmLeftInItsFolderTheNextTaskDoesNotFind() throws Exception {
    var store = open();
    var work = store.begin(task(1).key());
    leaveFolders(work.scratch());
    store.discard(work);
    var next = store.begin(task(2).key());
    assertThat(next.scratch()).isEqualTo(work.scratch()).isEmptyDirectory();
  }

  private static void leaveFolders(Path scratch) throws IOException {
    Files.writeString(Files.createDirectories(scratch.resolve("cache/deep")).resolve("file"), "x");
  }

  private ResultStore open() throws IOException {
    return new ResultStore(folder, Durability.DISK);
  }

  private static TaskAssignment task(int round) {
    return new TaskAssignment(
        new TaskKey(JOB, round, 0, new SiteName("site-1")),
        TaskKind.TRAIN,
        Optional.of(new ModelHash("ab".repeat(32))),
        5,
        WeightType.DIFF,
        TaskAssignment.GLOBAL);
  }

  private static ResultStore.Stored commit(ResultStore store, TaskAssignment task, String state)
      throws IOException {
    var work = store.begin(task.key());
    var update = work.update();
    var hash = ModelWriter.write(TensorMap.of(Tensor.floats("w", new float[] {1}, 1)), update);
    Files.writeString(work.state(), state);
    return store.commit(
        work,
        task,
        new TaskOutcome.Trained(
            new TaskOutcome.UpdateFile(hash, Files.size(update)),
            WeightType.DIFF,
            new TrainSummary(3, 4),
            Metrics.none(),
            List.of()));
  }
}
