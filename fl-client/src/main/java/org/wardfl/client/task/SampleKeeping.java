package org.wardfl.client.task;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardfl.algo.TaskKind;
import org.wardfl.certs.PrivateFile;
import org.wardfl.client.policy.SitePolicy;
import org.wardfl.proto.job.AlgorithmDefinition;
import org.wardfl.proto.sample.SampleException;
import org.wardfl.proto.sample.SampleSet;
import org.wardfl.proto.task.TaskAssignment;

/// The sample pictures of a task: from the folder in which its algorithm leaves them to the one
/// where the site keeps them, and nowhere else.
///
/// Only a task that scores the federation's model has such a folder, only where the job asks for
/// samples and the site keeps them, and never if the job brings its own code. What goes wrong here
/// does not concern the task.
final class SampleKeeping {

  private static final Logger LOG = LoggerFactory.getLogger(SampleKeeping.class);
  private static final String FOLDER = "samples";

  private final TaskAssignment task;
  private final Path left;
  private final Optional<Path> kept;

  private SampleKeeping(TaskAssignment task, Path left, Optional<Path> kept) {
    this.task = task;
    this.left = left;
    this.kept = kept;
  }

  /// Makes room for the samples of a task, if it may leave some.
  ///
  /// @param scratch the task's folder
  static SampleKeeping of(
      SitePolicy policy, AlgorithmDefinition algorithm, TaskAssignment task, Path scratch)
      throws IOException {
    boolean asked = algorithm.arguments().has(FOLDER) && !algorithm.bringsCode();
    var kept =
        asked && task.kind() == TaskKind.EVALUATE && task.track().equals(TaskAssignment.GLOBAL)
            ? policy.samples(task.key().job())
            : Optional.<Path>empty();
    var left = scratch.resolve(FOLDER);
    if (kept.isPresent()) {
      Files.createDirectory(left);
    }
    return new SampleKeeping(task, left, kept);
  }

  /// Keeps what the task has left.
  void keep() {
    if (kept.isEmpty()) {
      return;
    }
    try {
      var samples = SampleSet.read(left);
      if (samples.isPresent()) {
        PrivateFile.createFolder(kept.get());
        samples.get().write(kept.get());
      }
    } catch (IOException | SampleException e) {
      LOG.atWarn()
          .addKeyValue("task", task.key())
          .setCause(e)
          .log("the samples of a task are not kept");
    }
  }
}
