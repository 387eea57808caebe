package org.wardfl.gpu.tabular;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wardfl.algo.AlgoContext;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.run.AlgoRunner;
import org.wardfl.algo.run.Grace;
import org.wardfl.algo.run.TaskRequest;
import org.wardfl.algo.run.TaskResult;
import org.wardfl.algo.run.UpdateTransform;

/// A site that does the tasks of one job as the platform does them: a fresh algorithm for each, its
/// state in a file.
///
/// @param name its name
/// @param data its CSV file
/// @param arguments the job's `algorithm.args`
/// @param settings the job's `data` settings
/// @param jobFolder the job's files
/// @param work where updates and states go
/// @param seed the job's
record Site(
    String name,
    Path data,
    Map<String, Object> arguments,
    Map<String, Object> settings,
    Path jobFolder,
    Path work,
    long seed) {

  static final int ROUNDS = 20;

  /// Runs one task.
  ///
  /// @param model the received model, if the task needs one
  /// @param state the state after the last task, if any
  /// @param out the update or initial model; the new state is written beside it, with `.state`
  TaskResult run(
      TaskKind kind,
      int round,
      Optional<Path> model,
      Optional<Path> state,
      TaskRequest.ProgressListener progress,
      Path out)
      throws IOException {
    try (var runner = runner(List.of())) {
      return runner.run(request(kind, round, model, state, progress, out));
    }
  }

  /// Without a state or anyone who listens.
  TaskResult run(TaskKind kind, int round, Optional<Path> model, Path out) throws IOException {
    return run(kind, round, model, Optional.empty(), (_, _) -> {}, out);
  }

  /// A fresh algorithm.
  AlgoRunner runner(List<Integer> gpus) throws IOException {
    var context =
        new AlgoContext(
            new SiteName(name),
            new Arguments(arguments),
            new AlgoContext.DataBinding("patients", Optional.of(data), new Arguments(settings)),
            jobFolder,
            Files.createTempDirectory(work, "scratch"),
            gpus,
            1);
    return new AlgoRunner(new TorchTabularFactory().create(), context, Grace.DEFAULT);
  }

  TaskRequest request(
      TaskKind kind,
      int round,
      Optional<Path> model,
      Optional<Path> state,
      TaskRequest.ProgressListener progress,
      Path out) {
    return new TaskRequest(
        kind,
        round,
        ROUNDS,
        seed,
        kind == TaskKind.INITIAL ? "" : name,
        model,
        WeightType.DIFF,
        _ -> false,
        state,
        out,
        stateOf(out),
        UpdateTransform.none(),
        progress);
  }

  static Path stateOf(Path out) {
    return out.resolveSibling(out.getFileName() + ".state");
  }
}
