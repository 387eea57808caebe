package org.wardfl.algo;

import java.util.Optional;

/// Tells a running algorithm that it should stop; safe from any thread.
///
/// Ask it at least once a batch.
public interface AbortSignal {

  /// Why to stop; empty while the task may go on.
  Optional<AbortCause> cause();

  /// Whether to stop.
  default boolean isSet() {
    return cause().isPresent();
  }

  /// Ends the task if it is to stop.
  ///
  /// @throws AlgoException.Aborted if the signal is set
  default void throwIfSet() throws AlgoException.Aborted {
    var cause = cause();
    if (cause.isPresent()) {
      throw new AlgoException.Aborted(cause.get());
    }
  }
}
