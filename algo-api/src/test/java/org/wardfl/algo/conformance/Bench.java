package org.wardfl.algo.conformance;

import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.TaskContext;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.model.ModelDifference;
import org.wardfl.algo.model.ModelFile;
import org.wardfl.algo.model.ModelFileException;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.algo.tensor.TensorMap;

/// What one test of the kit works with: instances of the algorithm, a model to start from, and the
/// comparison with an undisturbed training.
final class Bench {

  private final ConformanceSubject subject;
  private final Path folder;
  private @Nullable TensorMap model;

  Bench(ConformanceSubject subject, Path folder) {
    this.subject = subject;
    this.folder = folder;
  }

  Path folder() {
    return folder;
  }

  /// A new, initialized instance at the kit's site.
  Trial start() throws AlgoException, InterruptedException, IOException {
    return start(Trial.SITE);
  }

  /// A new, initialized instance.
  Trial start(SiteName site) throws AlgoException, InterruptedException, IOException {
    return Trial.start(subject, site, folder);
  }

  /// The model that trainings start from: the author's, or an initial one.
  TensorMap model() throws AlgoException, InterruptedException, IOException, ModelFileException {
    var own = model;
    if (own == null) {
      own = firstModel();
      model = own;
    }
    return own;
  }

  /// That model in a file.
  Path modelFile() throws AlgoException, InterruptedException, IOException, ModelFileException {
    var file = folder.resolve("model");
    ModelWriter.write(model(), file);
    return file;
  }

  private TensorMap firstModel()
      throws AlgoException, InterruptedException, IOException, ModelFileException {
    if (subject.initialModel().isPresent()) {
      try (var file = ModelFile.open(subject.initialModel().get())) {
        return file.load();
      }
    }
    if (!subject.factory().supports().contains(TaskKind.INITIAL)) {
      fail("the algorithm makes no initial model: name one in initialModel()");
    }
    try (var trial = start()) {
      return trial.initial(ConformanceTask.SEED);
    }
  }

  /// What a new instance makes of the bench's model in one task.
  TensorMap trainedAlone(WeightType wanted, TaskContext task)
      throws AlgoException, InterruptedException, IOException, ModelFileException {
    try (var trial = start()) {
      trial.train(model(), task);
      return trial.update(wanted, model(), task);
    }
  }

  /// Fails unless a training left the very bytes that it leaves in a new instance.
  ///
  /// Where two new instances do not agree either nothing can be said: that is another rule.
  ///
  /// @param trial has just trained from the bench's model
  /// @param rule what is wrong if not
  void requireAsAlone(Trial trial, WeightType wanted, TaskContext task, String rule)
      throws AlgoException, InterruptedException, IOException, ModelFileException {
    requireAsAlone(trial.update(wanted, model(), task), wanted, task, rule);
  }

  void requireAsAlone(TensorMap found, WeightType wanted, TaskContext task, String rule)
      throws AlgoException, InterruptedException, IOException, ModelFileException {
    var alone = trainedAlone(wanted, task);
    var difference = ModelDifference.between(alone, found);
    if (!difference.isIdentical()) {
      Assumptions.assumeTrue(
          ModelDifference.between(alone, trainedAlone(wanted, task)).isIdentical(),
          "the training cannot be repeated at all: see theSameSeedGivesTheSameBytes");
      fail(rule + ": " + describe(difference));
    }
  }

  /// The differences in words.
  static String describe(ModelDifference difference) {
    return difference.tensors().stream()
        .filter(tensor -> !tensor.isIdentical())
        .map(tensor ->
            "%d elements of tensor %s differ, by up to %s"
                .formatted(tensor.differing(), tensor.name(), tensor.maxAbsolute()))
        .collect(Collectors.joining("; "));
  }

  /// A file that does not exist yet.
  Path newFile(String name) throws IOException {
    return Files.createTempDirectory(folder, "files").resolve(name);
  }
}
