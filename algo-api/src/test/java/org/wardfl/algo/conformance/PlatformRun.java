package org.wardfl.algo.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.algo.run.AlgoRunner;
import org.wardfl.algo.run.TaskRequest;
import org.wardfl.algo.run.TaskResult;
import org.wardfl.algo.run.UpdateTransform;

/// A short job as the platform runs it: INITIAL, two rounds of TRAIN, EVALUATE, with model files.
///
/// @param results how each task ended; the last one where one failed
/// @param facts everything that must not depend on where and when it ran, a line each
record PlatformRun(List<TaskResult> results, List<String> facts) {

  /// The folder of the files that the platform writes, in the run's folder.
  static final String OUT = "out";

  /// Runs the job.
  ///
  /// @param base what the author's paths are relative to
  /// @param folder receives everything that is written
  static PlatformRun of(ConformanceSubject subject, Path base, Path folder) throws IOException {
    var out = Files.createDirectories(folder.resolve(OUT));
    var results = new ArrayList<TaskResult>();
    var facts = new ArrayList<String>();
    var model = out.resolve("initial");
    var tasks = new ArrayList<TaskRequest>();
    if (subject.initialModel().isPresent()) {
      Files.copy(base.resolve(subject.initialModel().get()), model);
    } else {
      tasks.add(request(TaskKind.INITIAL, 0, model, Optional.empty(), out.resolve("none")));
    }
    var state = out.resolve("state-1");
    tasks.add(request(TaskKind.TRAIN, 1, out.resolve("update-1"), Optional.of(model), state));
    tasks.add(
        request(
            TaskKind.TRAIN,
            2,
            out.resolve("update-2"),
            Optional.of(model),
            out.resolve("state-2")));
    tasks.add(
        request(
            TaskKind.EVALUATE, 3, out.resolve("none"), Optional.of(model), out.resolve("none")));
    var context = Trial.context(subject, subject.data(), Trial.SITE, base, folder);
    try (var runner = new AlgoRunner(subject.factory().create(), context, subject.grace())) {
      for (var task : tasks) {
        var result = runner.run(task);
        results.add(result);
        facts.add(fact(task, result));
        if (result instanceof TaskResult.Failed) {
          break;
        }
      }
    }
    return new PlatformRun(results, facts);
  }

  /// One task of the kit's job; an update may lack any tensor, which is another test's affair.
  static TaskRequest request(
      TaskKind kind, int round, Path updateOut, Optional<Path> model, Path stateOut) {
    return new TaskRequest(
        kind,
        round,
        ConformanceTask.ROUNDS,
        ConformanceTask.SEED,
        kind == TaskKind.INITIAL ? "" : Trial.SITE.value(),
        model,
        WeightType.DIFF,
        _ -> true,
        Optional.empty(),
        updateOut,
        stateOut,
        UpdateTransform.none(),
        (_, _) -> {});
  }

  // The results name models by their hash; their doubles are printed exactly and in no language.
  private static String fact(TaskRequest task, TaskResult result) throws IOException {
    var said =
        result instanceof TaskResult.Failed failed
            ? "Failed in " + failed.phase().word() + ": " + failed.message()
            : result.toString();
    var state = Files.exists(task.stateOut()) ? ", state " + ModelWriter.hash(task.stateOut()) : "";
    return task.kind() + " in round " + task.round() + ": " + said + state;
  }
}
