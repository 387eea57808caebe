package org.wardfl.proto.task;

import java.nio.charset.StandardCharsets;
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
/// @param parameters what the workflow tells the site beyond the model, by its own agreement; at
///   most [#MAX_PARAMETER_BYTES] of UTF-8, empty for nothing. Part of no signature
public record TaskAssignment(
    TaskKey key,
    TaskKind kind,
    Optional<ModelHash> model,
    int totalRounds,
    WeightType wanted,
    String track,
    String parameters) {

  /// The track of the federation's own model.
  public static final String GLOBAL = "global";

  /// The longest parameters, in bytes of UTF-8.
  public static final int MAX_PARAMETER_BYTES = 1 << 16;

  /// Checks that a model is there where the kind needs one, and that the parameters are short.
  ///
  /// @throws IllegalArgumentException if a TRAIN or EVALUATE task has no model, or the parameters
  ///   are too long
  public TaskAssignment {
    if (model.isEmpty() && (kind == TaskKind.TRAIN || kind == TaskKind.EVALUATE)) {
      throw new IllegalArgumentException("task " + key + " of kind " + kind + " has no model");
    }
    int bytes = parameters.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_PARAMETER_BYTES) {
      throw new IllegalArgumentException(
          "task "
              + key
              + " has parameters of "
              + bytes
              + " bytes, expected at most "
              + MAX_PARAMETER_BYTES);
    }
  }

  /// A task without parameters.
  public TaskAssignment(
      TaskKey key,
      TaskKind kind,
      Optional<ModelHash> model,
      int totalRounds,
      WeightType wanted,
      String track) {
    this(key, kind, model, totalRounds, wanted, track, "");
  }
}
