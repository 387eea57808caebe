package org.wardfl.server.job;

import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.proto.task.TaskKey;

/// What a job's state asks of the outside world. Carrying one out twice does no harm.
public sealed interface Effect {

  /// Send [Command.TimePassed] at this time.
  ///
  /// @param at when
  record WakeAt(Instant at) implements Effect {}

  /// Make a track's next model and send [Command.ModelReady] or [Command.ReductionFailed].
  ///
  /// @param round the round, so that an answer that comes late is recognized
  /// @param track whose model
  /// @param recipe how
  /// @param base the model that the answers start from; empty for a first model
  /// @param memory what the last reduction of this kind left behind, if there was one
  /// @param accepted the answers that count, by task
  record Reduce(
      int round,
      String track,
      Recipe recipe,
      Optional<ModelHash> base,
      Optional<ModelHash> memory,
      SortedMap<TaskKey, Answer.Accepted> accepted)
      implements Effect {

    /// Copies.
    public Reduce {
      accepted = Collections.unmodifiableSortedMap(new TreeMap<>(accepted));
    }
  }
}
