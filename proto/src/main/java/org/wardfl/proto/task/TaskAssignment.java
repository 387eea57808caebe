package org.wardfl.proto.task;

import java.util.Optional;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.model.ModelHash;

/// What one site should do now.
///
/// @param key which task
/// @param kind what it asks
/// @param model the model to start from; empty only for INITIAL and DATA_STATS
/// @param totalRounds how many rounds the job has
/// @param wanted the form of the weights to return; ignored by kinds that return none
/// @param track which of the job's models the task belongs to: `global`, or a name of the
///   workflow's own; state that an algorithm keeps across rounds is kept per track
public record TaskAssignment(
    TaskKey key,
    TaskKind kind,
    Optional<ModelHash> model,
    int totalRounds,
    WeightType wanted,
    String track) {

  /// The track of the federation's own model.
  public static final String GLOBAL = "global";

  /// Checks that a model is there where the kind needs one.
  ///
  /// @throws IllegalArgumentException if a TRAIN or EVALUATE task has no model
  public TaskAssignment {
    if (model.isEmpty() && (kind == TaskKind.TRAIN || kind == TaskKind.EVALUATE)) {
      throw new IllegalArgumentException("task " + key + " of kind " + kind + " has no model");
    }
  }
}
