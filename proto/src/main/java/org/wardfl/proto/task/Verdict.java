package org.wardfl.proto.task;

/// The server's answer to a delivered outcome. Delivering the same outcome again gets the same
/// answer.
public sealed interface Verdict {

  /// It is durable and counts.
  record Accepted() implements Verdict {}

  /// It is known and does not count: a wrong shape, a value that is not finite, too large a norm,
  /// ...
  ///
  /// @param reason one sentence
  record Refused(String reason) implements Verdict {}

  /// Nobody waits for it any more: the round is closed, the job has ended, or another outcome of
  /// the task came first.
  ///
  /// @param reason one sentence
  record Obsolete(String reason) implements Verdict {}
}
