package org.wardfl.server.job;

import org.wardfl.proto.task.TaskOutcome;

/// What became of one task, decided once.
public sealed interface Answer {

  /// The outcome counts.
  ///
  /// @param outcome what the site delivered
  /// @param norm the L2 norm of an update, 0 for outcomes without one
  record Accepted(TaskOutcome outcome, double norm) implements Answer {}

  /// The server refused the outcome.
  ///
  /// @param reason one sentence
  record Refused(String reason) implements Answer {}

  /// The site tried and failed.
  ///
  /// @param phase where
  /// @param reason one sentence
  record Failed(String phase, String reason) implements Answer {}

  /// The site's own policy forbade it.
  ///
  /// @param reason one sentence
  record Declined(String reason) implements Answer {}
}
