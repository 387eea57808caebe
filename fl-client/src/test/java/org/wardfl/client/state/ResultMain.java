package org.wardfl.client.state;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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

/// A process that does round after round of a task and says which it has stored, until it is
/// killed.
final class ResultMain {

  static final JobId JOB = new JobId("00000000-0000-0000-0000-000000000001");

  private ResultMain() {}

  /// Stores results.
  ///
  /// @param arguments the folder; the first round; the last
  public static void main(String... arguments) throws Exception {
    var store = new ResultStore(Path.of(arguments[0]), Durability.DISK);
    for (int round = Integer.parseInt(arguments[1]);
        round <= Integer.parseInt(arguments[2]);
        round++) {
      try {
        commit(store, round);
        System.out.println("stored " + round);
      } catch (java.io.IOException e) {
        System.out.println("failed " + round + " " + e.getMessage());
      }
    }
  }

  static ResultStore.Stored commit(ResultStore store, int round) throws java.io.IOException {
    var task = task(round);
    var work = store.begin(task.key());
    var hash = ModelWriter.write(update(round), work.update());
    Files.writeString(work.state(), state(round));
    return store.commit(
        work,
        task,
        new TaskOutcome.Trained(
            new TaskOutcome.UpdateFile(hash, Files.size(work.update())),
            WeightType.DIFF,
            new TrainSummary(round, 4),
            Metrics.none(),
            List.of()));
  }

  static TaskAssignment task(int round) {
    return new TaskAssignment(
        new TaskKey(JOB, round, 0, new SiteName("site-1")),
        TaskKind.TRAIN,
        Optional.of(new ModelHash("ab".repeat(32))),
        5,
        WeightType.DIFF,
        TaskAssignment.GLOBAL);
  }

  static TensorMap update(int round) {
    var values = new float[20_000];
    java.util.Arrays.fill(values, round);
    return TensorMap.of(Tensor.floats("w", values, values.length));
  }

  static String state(int round) {
    return ("state of round " + round + "\n").repeat(6000);
  }
}
