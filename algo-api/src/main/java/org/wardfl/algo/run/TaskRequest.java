package org.wardfl.algo.run;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.statistics.StatisticsRequest;

/// One task for an [AlgoRunner].
///
/// @param kind what is asked
/// @param round the round, 0 for INITIAL
/// @param totalRounds how many rounds there are
/// @param jobSeed the job's seed
/// @param seedSite the site's name, or empty where every site must draw the same (INITIAL)
/// @param model the model file to start from; needed by TRAIN and EVALUATE
/// @param wanted the form of the weights to return
/// @param mayOmit names of tensors that an update may lack
/// @param stateIn the algorithm's state after its last task; empty at the first
/// @param updateOut where the update or initial model is written
/// @param stateOut where the algorithm's state is written, if it keeps one
/// @param transform what happens to the update before it is written
/// @param progress is told how far the task is
/// @param statistics what DATA_STATS asks; ignored by the other kinds
public record TaskRequest(
    TaskKind kind,
    int round,
    int totalRounds,
    long jobSeed,
    String seedSite,
    Optional<Path> model,
    WeightType wanted,
    Predicate<String> mayOmit,
    Optional<Path> stateIn,
    Path updateOut,
    Path stateOut,
    UpdateTransform transform,
    ProgressListener progress,
    StatisticsRequest statistics) {

  /// Checks that a model is there where the kind needs one.
  ///
  /// @throws IllegalArgumentException if it is not
  public TaskRequest {
    if (model.isEmpty() && (kind == TaskKind.TRAIN || kind == TaskKind.EVALUATE)) {
      throw new IllegalArgumentException(kind + " without a model");
    }
  }

  /// A task that asks for no statistics in particular.
  public TaskRequest(
      TaskKind kind,
      int round,
      int totalRounds,
      long jobSeed,
      String seedSite,
      Optional<Path> model,
      WeightType wanted,
      Predicate<String> mayOmit,
      Optional<Path> stateIn,
      Path updateOut,
      Path stateOut,
      UpdateTransform transform,
      ProgressListener progress) {
    this(
        kind,
        round,
        totalRounds,
        jobSeed,
        seedSite,
        model,
        wanted,
        mayOmit,
        stateIn,
        updateOut,
        stateOut,
        transform,
        progress,
        StatisticsRequest.all());
  }

  /// Is told how far a task is.
  @FunctionalInterface
  public interface ProgressListener {
    /// The task is this far.
    ///
    /// @param fraction 0 to 1
    /// @param note a few words
    void progress(double fraction, String note);
  }
}
