package org.wardfl.gpu.tabular;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.run.TaskResult;

/// A process that makes a model of the patients in a file, trains it once and prints the hash of
/// the update, or the failure.
final class TrainOnce {

  private TrainOnce() {}

  /// Runs.
  ///
  /// @param arguments the file, and an empty folder
  public static void main(String[] arguments) throws Exception {
    System.out.println(train(Path.of(arguments[0]), Path.of(arguments[1])));
  }

  static String train(Path data, Path work) throws Exception {
    Map<String, Object> job =
        Map.of("layers", List.of(16L), "learning_rate", 0.05, "momentum", 0.9, "local_epochs", 3L);
    Files.createDirectories(work);
    var site = new Site("site-1", data, job, Map.of("label", "ill"), work, work, 5);
    var model = work.resolve("model");
    var made = site.run(TaskKind.INITIAL, 0, Optional.empty(), model);
    if (made instanceof TaskResult.Failed failed) {
      return failed.message();
    }
    var result = site.run(TaskKind.TRAIN, 1, Optional.of(model), work.resolve("update"));
    return result instanceof TaskResult.Trained trained
        ? trained.update().toString()
        : result.toString();
  }
}
